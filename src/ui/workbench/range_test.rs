//! The learning-rate range test: the loss against the rate, where it explodes, and a rate to take.

use eframe::egui::{
    Align2, Button, Color32, ProgressBar, RichText, Role, ScrollArea, TextStyle, Ui, WidgetInfo,
    vec2,
};
use egui_plot::{LineStyle, PlotPoint, PlotPoints, PlotUi, Points, Polygon, Text, VLine};

use super::super::result::measure::{log_label, log_marks};
use super::super::result::{caption, chart};
use super::super::theme::{self, Emphasis, Palette};
use super::super::{Scene, format, icon, widget};
use crate::app::compare::RateSearch;
use crate::app::{Action, Command, Outbox};
use crate::experiment::{Edit, ExperimentSpec, TrainingSpec};
use crate::optim;
use crate::train::range_test::{LARGEST, SMALLEST};
use crate::ui::result::trace::Trace;

/// Least height of the plot, in points.
const PLOT: f32 = 160.0;

/// What the page keeps between frames.
#[derive(Default)]
pub struct RangeTestPage {
    /// The method was changed in the last frame: the test follows in this one.
    begin: bool,
}

/// Draws the page.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox, page: &mut RangeTestPage) {
    if std::mem::take(&mut page.begin) {
        out.send(Command::StartRangeTest);
    }
    let Some(method) = optim::method(&scene.spec.training.optimizer) else { return };
    if !method.uses_learning_rate {
        return without_a_rate(ui, scene, method, out, page);
    }
    if let Some(share) = scene.range_test.progress() {
        return progress(ui, share, out);
    }
    match scene.range_test.result() {
        Some(Ok(search)) => {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| result(ui, scene, search, out));
        }
        Some(Err(error)) => {
            widget::message(ui, icon::WARNING, error, |ui| again(ui, scene, out));
        }
        None => nothing(ui, scene, out),
    }
}

/// A method without a learning rate has none to find.
fn without_a_rate(
    ui: &mut Ui,
    scene: &Scene<'_>,
    method: &optim::Method,
    out: &mut Outbox,
    page: &mut RangeTestPage,
) {
    let text = format!(
        "{} finds the length of its steps by itself: it has no learning rate. Methods that follow \
         the gradient have one.",
        method.name
    );
    widget::message(ui, icon::INFO, &text, |ui| {
        let Some(adam) = optim::method("adam") else { return };
        let help = "Makes Adam the training method of your experiment and tries learning rates. \
                    Undo takes it back.";
        if ui.button("Change to Adam and try").on_hover_text(help).clicked() {
            let mut training = scene.spec.training.clone();
            training.choose(adam);
            out.edit(Edit::SetTraining(training, "change method"));
            page.begin = true;
        }
    });
}

fn progress(ui: &mut Ui, share: f32, out: &mut Outbox) {
    ui.label("Trying learning rates from tiny to huge, one update with each …");
    ui.horizontal(|ui| {
        ui.add(ProgressBar::new(share).desired_width(240.0).show_percentage());
        if ui.button("Cancel").on_hover_text("Gives up the test.").clicked() {
            out.send(Command::CancelRangeTest);
        }
    });
}

fn nothing(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox) {
    ui.label("No learning rates have been tried yet.");
    if let Some(reason) = scene.obstacle() {
        widget::message(ui, icon::WARNING, reason, |_| {});
    }
    again(ui, scene, out);
}

fn again(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox) {
    let help = "Tries the rates again on the experiment as it is now, from its starting weights.";
    let button = Button::new((icon::REPEAT, "Try again"));
    if ui.add_enabled(scene.can_train(), button).on_hover_text(help).clicked() {
        out.send(Command::StartRangeTest);
    }
}

fn result(ui: &mut Ui, scene: &Scene<'_>, search: &RateSearch, out: &mut Outbox) {
    let current = scene.spec.training.learning_rate;
    let palette = theme::palette(ui);
    ui.label(RichText::new(finding(search)).color(palette.text_strong));
    ui.add_space(theme::SPACE_1);
    ui.horizontal_wrapped(|ui| {
        if let Some(rate) = search.test.suggestion {
            use_button(ui, scene, rate, current, out);
        }
        ui.scope(|ui| again(ui, scene, out));
        if !same_experiment(&search.spec, scene.spec) {
            widget::note(ui, "The experiment has changed since this test: try again.");
        }
    });
    ui.add_space(theme::SPACE_2);
    // Room for the lines of the explanation below.
    let lines = (2300.0 / ui.available_width()).ceil() + 1.0;
    let line = ui.text_style_height(&TextStyle::Small);
    let below = 22.0 + lines * line + 2.0 * theme::SPACE_2;
    let height = (ui.available_height() - below).max(PLOT);
    plot(ui, search, current, height);
    ui.vertical_centered(|ui| caption(ui, "Learning rate (each step to the right is a factor)"));
    ui.add_space(theme::SPACE_1);
    widget::note(
        ui,
        "How to read it: one short run, the learning rate grows with every update. Left, the steps \
         are too small to change anything. Where the strong line falls most steeply, the network \
         learns fastest. Right, the steps jump out of the valley and the loss explodes: stay well \
         below. The strong line is measured on the same rows every time; the faint one is the loss \
         of single batches.",
    );
}

/// Takes the rate and goes back to the experiment.
fn use_button(ui: &mut Ui, scene: &Scene<'_>, rate: f64, current: f64, out: &mut Outbox) {
    ui.scope(|ui| {
        theme::emphasize(ui, Emphasis::Primary);
        let text = format!("Use {}", format::number(rate));
        let button =
            Button::new((icon::CHECK, text)).min_size(vec2(96.0, theme::CONTROL_HEIGHT));
        let help = "Makes this the learning rate of your experiment and goes back to it. Undo takes \
                    it back.";
        let response = ui.add_enabled(rate != current, button).on_hover_text(help);
        let response =
            response.on_disabled_hover_text("This is your experiment's learning rate already.");
        if response.clicked() {
            let training =
                TrainingSpec { learning_rate: rate, ..scene.spec.training.clone() };
            out.edit(Edit::SetTraining(training, "take learning rate"));
            out.act(Action::Experiment);
        }
    });
}

/// What was found, in words.
fn finding(search: &RateSearch) -> String {
    let diverges = search.test.diverges_from.map_or_else(
        || "none of the rates tried made it explode".to_owned(),
        |rate| format!("from {} on it explodes", format::number(two_digits(rate))),
    );
    match search.test.suggestion {
        Some(rate) => {
            format!("The loss falls fast around {}; {diverges}.", format::number(rate))
        }
        None => format!(
            "The loss did not fall at any of the rates tried; {diverges}. Try other starting \
             weights (W), another loss, or more neurons."
        ),
    }
}

fn two_digits(value: f64) -> f64 {
    format!("{value:.1e}").parse().unwrap_or(value)
}

/// Whether a test on one experiment says something about the other: the learning rate itself and
/// when to stop play no part in it.
fn same_experiment(tested: &ExperimentSpec, now: &ExperimentSpec) -> bool {
    let mut training = tested.training.clone();
    training.learning_rate = now.training.learning_rate;
    training.stop = now.training.stop.clone();
    training.schedule = now.training.schedule;
    training == now.training
        && tested.data == now.data
        && tested.network == now.network
        && tested.seed == now.seed
}

/// The range of the vertical axis: from 0 to a little above where the loss began, so that the
/// explosion does not press everything else flat.
fn heights(search: &RateSearch) -> (f64, f64) {
    let start = search.test.points.first().map_or(1.0, |point| point.loss);
    let batches = search.test.points.iter().map(|point| point.batch_loss);
    let highest = batches.filter(|loss| loss.is_finite()).fold(start, f64::max);
    (0.0, (1.08 * highest).min(2.2 * start).max(f64::MIN_POSITIVE))
}

fn plot(ui: &mut Ui, search: &RateSearch, current: f64, height: f32) {
    let palette = theme::palette(ui);
    let points = &search.test.points;
    // Room at both ends for a label in the middle of its mark.
    let across = (SMALLEST.log10() - 0.2, LARGEST.log10() + 0.1);
    let up = heights(search);
    let plot = chart::plot(ui, "learning-rate range test", height)
        .x_grid_spacer(|input| log_marks(&input))
        .x_axis_formatter(|mark, _| log_label(mark.value));
    let response = chart::show(ui, plot, |plot| {
        plot.set_plot_bounds(chart::area(across, up));
        if let Some(from) = search.test.diverges_from {
            diverging(plot, from.log10(), across.1, up, palette);
        }
        let line = |value: fn(&crate::train::range_test::RatePoint) -> f64| {
            let places = points.iter().map(|point| [point.rate.log10(), value(point)]);
            PlotPoints::from(places.filter(|place| place[1].is_finite()).collect::<Vec<_>>())
        };
        let faint = palette.training.gamma_multiply(0.4);
        let batches = Trace::new("batch loss", line(|point| point.batch_loss));
        plot.add(batches.color(faint).width(1.0));
        let average = Trace::new("average loss", line(|point| point.loss));
        plot.add(average.color(palette.training).width(2.6));
        let now = (current, format!("now {}", format::number(current)));
        let suggested = search.test.suggestion.filter(|&rate| rate != current);
        // Each label on the side away from the other line.
        let left = suggested.is_none_or(|rate| current < rate);
        mark(plot, now, LineStyle::dashed_dense(), palette.text, (up.1, left));
        if let Some(rate) = suggested {
            let text = (rate, format!("suggested {}", format::number(rate)));
            mark(plot, text, LineStyle::Solid, palette.success, (up.1, !left));
        }
        let pointer = plot.pointer_coordinate().filter(|_| plot.response().hovered());
        if let Some(pointer) = pointer {
            reading(plot, search, pointer.x, palette, up);
        }
    });
    let text = format!(
        "Loss against learning rate, {} rates from {} to {}. {}",
        points.len(),
        format::number(SMALLEST),
        format::number(points.last().map_or(LARGEST, |point| point.rate)),
        finding(search)
    );
    response.response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &text));
}

/// The region in which the loss explodes, shaded and named.
fn diverging(
    plot: &mut PlotUi<'_>,
    from: f64,
    to: f64,
    (low, high): (f64, f64),
    palette: &Palette,
) {
    let corners = vec![[from, low], [to, low], [to, high], [from, high]];
    let region = Polygon::new("diverges", PlotPoints::from(corners))
        .fill_color(palette.danger.gamma_multiply(0.16))
        .stroke((0.0, Color32::TRANSPARENT))
        .allow_hover(false);
    plot.polygon(region);
    let edge = VLine::new("diverges", from).color(palette.danger_text).width(1.0);
    plot.vline(edge.style(LineStyle::Solid).allow_hover(false));
    // A narrow region has its name beside it.
    let (at, align) = if to - from > 1.0 {
        (f64::midpoint(from, to), Align2::CENTER_BOTTOM)
    } else {
        (from, Align2::RIGHT_BOTTOM)
    };
    let text = RichText::new(" diverges ").color(palette.danger_text);
    let text = Text::new("diverges", PlotPoint::new(at, 0.04 * high), text);
    plot.text(text.anchor(align).allow_hover(false));
}

/// A vertical line at a rate, with words beside it: on its left, unless that is the edge.
fn mark(
    plot: &mut PlotUi<'_>,
    (rate, text): (f64, String),
    style: LineStyle,
    color: Color32,
    (height, left): (f64, bool),
) {
    let at = rate.max(SMALLEST).log10();
    plot.vline(VLine::new("rate", at).color(color).width(1.6).style(style).allow_hover(false));
    let text = RichText::new(format!(" {text} ")).color(color);
    let text = Text::new("rate", PlotPoint::new(at, height), text);
    let align = if left && at > -5.0 || at > 0.0 { Align2::RIGHT_TOP } else { Align2::LEFT_TOP };
    plot.text(text.anchor(align).allow_hover(false));
}

/// The loss at the rate under the pointer.
fn reading(
    plot: &mut PlotUi<'_>,
    search: &RateSearch,
    at: f64,
    palette: &Palette,
    (_, high): (f64, f64),
) {
    let distance = |rate: f64| (rate.log10() - at).abs();
    let nearest = search
        .test
        .points
        .iter()
        .min_by(|one, other| distance(one.rate).total_cmp(&distance(other.rate)));
    let Some(point) = nearest.filter(|point| distance(point.rate) < 0.2) else { return };
    let place = [point.rate.log10(), point.loss];
    let dot = Points::new("pointer", vec![place]).radius(4.0).color(palette.text_strong);
    plot.points(dot.allow_hover(false));
    let words = format!(
        " rate {}: loss {} ",
        format::number(two_digits(point.rate)),
        format::loss(point.loss)
    );
    let left_half = at < f64::midpoint(SMALLEST.log10(), LARGEST.log10());
    let align = if left_half { Align2::LEFT_BOTTOM } else { Align2::RIGHT_BOTTOM };
    let height = (point.loss + 0.04 * high).min(0.94 * high);
    // The lines beneath do not run through the words.
    let text = RichText::new(words).color(palette.text_strong).background_color(palette.canvas);
    let text = Text::new("pointer", PlotPoint::new(place[0], height), text);
    plot.text(text.anchor(align).allow_hover(false));
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::train::RangeTest;
    use crate::train::range_test::RatePoint;

    fn search(suggestion: Option<f64>, diverges_from: Option<f64>) -> RateSearch {
        let point = |rate, loss| RatePoint { rate, batch_loss: loss, loss };
        let points = vec![point(0.001, 0.7), point(0.1, 0.3), point(1.0, 90.0)];
        RateSearch {
            spec: Arc::new(ExperimentSpec::default()),
            test: RangeTest { points, diverges_from, suggestion },
        }
    }

    #[test]
    fn the_finding_says_what_to_use_and_what_to_avoid() {
        let text = finding(&search(Some(0.03), Some(0.912)));
        assert_eq!(text, "The loss falls fast around 0.03; from 0.91 on it explodes.");
        let text = finding(&search(None, None));
        assert!(text.contains("did not fall"), "{text}");
    }

    #[test]
    fn an_explosion_does_not_press_the_rest_flat() {
        let (low, high) = heights(&search(None, None));
        assert_eq!(low, 0.0);
        assert!(high < 2.0 && high > 0.7, "{high}");
    }

    #[test]
    fn the_rate_itself_does_not_make_a_test_old() {
        let tested = ExperimentSpec::default();
        let mut now = tested.clone();
        now.training.learning_rate *= 3.0;
        assert!(same_experiment(&tested, &now));
        now.training.batch_size += 1;
        assert!(!same_experiment(&tested, &now));
    }
}
