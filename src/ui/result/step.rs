//! What the last update did and why: its length, what it promised and what came of it, what went
//! on inside the method, and which weights moved most.

use eframe::egui::{Align, Button, CollapsingHeader, Label, Layout, RichText, Ui, vec2};

use super::step_picture;
use crate::app::Action;
use crate::app::command::{Command, Outbox};
use crate::optim::{self, Observed, Picture, StepReport};
use crate::train::Snapshot;
use crate::ui::view::Selection;
use crate::ui::{Scene, View, format, icon, inspector, method_page, theme, widget};

/// Height of a line of the tables, in points.
const LINE: f32 = 20.0;

/// Shows the page.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &View, out: &mut Outbox) {
    let method = scene.snapshot.and_then(|s| optim::method(&s.prepared.spec.training.optimizer));
    let report = scene.snapshot.and_then(|snapshot| Some((snapshot, snapshot.report.as_ref()?)));
    let Some((snapshot, report)) = report else {
        return invite(ui, scene, out);
    };
    // Room for the scroll bar, so that it covers nothing.
    ui.set_max_width(ui.available_width() - theme::SPACE_2);
    let palette = theme::palette(ui);
    let name = method.map_or("", |method| method.name);
    let title = RichText::new(format!("Last update of {name}")).heading();
    ui.add(Label::new(title.color(palette.text_strong)).wrap());
    let story = report.detail.as_ref().map_or_else(|| told(report), |detail| detail.story.clone());
    ui.add(Label::new(story).wrap());
    quantities(ui, report);
    if let Some(detail) = &report.detail {
        watching(ui, snapshot, view, &detail.picture, out);
        step_picture::show(ui, snapshot, &detail.picture);
    }
    moved(ui, scene, snapshot, report);
    if let Some(method) = method {
        ui.add_space(theme::SPACE_2);
        CollapsingHeader::new(format!("About {name}")).id_salt("about the method").show(ui, |ui| {
            method_page::show(ui, method);
        });
    }
}

/// Nothing has happened yet.
fn invite(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox) {
    ui.add_space(theme::SPACE_2);
    let text = "Make one update, and read here what it did and why: how long the step was, what \
                it promised, what came of it, and which weights moved most.";
    ui.add(Label::new(text).wrap());
    ui.add_space(theme::SPACE_1);
    let button = Button::new((icon::STEP, Action::StepUpdate.text()));
    let help = widget::action_help(ui, Action::StepUpdate);
    if ui.add_enabled(scene.can_train(), button).on_hover_text(help).clicked() {
        out.act(Action::StepUpdate);
    }
}

/// The step of a method that follows the gradient, in words.
fn told(report: &StepReport) -> String {
    let Some(observed) = report.observed else {
        return format!("The loss of the batch was {}.", format::number(f64::from(report.loss)));
    };
    let mut story = String::new();
    let length = format::number(f64::from(observed.step_norm));
    match observed.gradient_norm {
        Some(0.0) => story.push_str("The gradient is zero: the loss is flat here. "),
        Some(norm) => {
            let norm = format::number(f64::from(norm));
            story.push_str(&format!("The gradient is {norm} long, the step {length}. "));
        }
        None => story.push_str(&format!("The step is {length} long. ")),
    }
    if let Some(angle) = angle(&observed) {
        story.push_str(&if angle < 1.0 {
            "It goes straight downhill. ".to_owned()
        } else if angle < 90.0 {
            format!("It turns {angle:.0}° away from straight downhill. ")
        } else {
            format!("It goes uphill, {angle:.0}° away from straight downhill. ")
        });
    }
    if let (Some(predicted), Some(actual)) = (observed.predicted_change, observed.actual_change) {
        let (predicted, actual) = (f64::from(predicted), f64::from(actual));
        let came = format!("came {}", signed(actual));
        story.push_str(&format!("The slope promised {} on this batch, {came}", signed(predicted)));
        story.push_str(if predicted < 0.0 && actual > 0.0 {
            ": the step was too long, it went past the valley."
        } else if predicted < 0.0 && actual / predicted < 0.5 {
            ": much less, because the loss curves upwards along the way."
        } else {
            "."
        });
    }
    story
}

/// The angle between the step and straight downhill, in degrees, for steps whose promise is the
/// slope's alone.
fn angle(observed: &Observed) -> Option<f64> {
    let lengths = f64::from(observed.gradient_norm?) * f64::from(observed.step_norm);
    let along = -f64::from(observed.predicted_change?);
    (lengths > 0.0).then(|| (along / lengths).clamp(-1.0, 1.0).acos().to_degrees())
}

/// A change with its sign.
fn signed(value: f64) -> String {
    if value > 0.0 { format!("+{}", format::number(value)) } else { format::number(value) }
}

/// What was measured, as a table.
fn quantities(ui: &mut Ui, report: &StepReport) {
    let mut rows: Vec<(&str, String, &str)> = vec![(
        "Loss before",
        format::loss(f64::from(report.loss)),
        "The loss of this batch, penalties included, before the step.",
    )];
    if let Some(observed) = report.observed {
        let number = |value: f32| format::number(f64::from(value));
        let change = |value: f32| signed(f64::from(value));
        let all = [
            (
                "Gradient |g|",
                observed.gradient_norm.map(number),
                "How long the gradient is: how steep the loss is here. Near zero at the bottom \
                 of a valley, and on a plateau.",
            ),
            ("Step |Δ|", Some(number(observed.step_norm)), "How far all weights together moved."),
            (
                "Promised change",
                observed.predicted_change.map(change),
                "The change of the loss that the method expected from its picture of the loss: \
                 g·Δ from the slope, and the curvature's part for methods that know it.",
            ),
            (
                "Actual change",
                observed.actual_change.map(change),
                "The change of the loss that came, on the same batch. The nearer to what was \
                 promised, the better the method's picture of the loss.",
            ),
        ];
        rows.extend(all.into_iter().filter_map(|(name, value, help)| Some((name, value?, help))));
    }
    if let Some(detail) = &report.detail {
        // The gradient's length stands above already.
        let more = detail.quantities.iter().filter(|quantity| !quantity.name.contains("|g|"));
        rows.extend(more.map(|q| (q.name, format::number(q.value), q.help)));
    }
    ui.add_space(theme::SPACE_1);
    let columns = if ui.available_width() > 340.0 { 2 } else { 1 };
    ui.columns(columns, |uis| {
        for (index, (name, value, help)) in rows.iter().enumerate() {
            if let Some(ui) = uis.get_mut(index % columns) {
                quantity(ui, name, value, help);
            }
        }
    });
}

/// A name and, at the right end, its value.
fn quantity(ui: &mut Ui, name: &str, value: &str, help: &str) {
    let palette = theme::palette(ui);
    let size = vec2(ui.available_width(), LINE);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.label(RichText::new(value).color(palette.text_strong)).on_hover_text(help);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let name = RichText::new(name).small().color(palette.text_weak);
            ui.add(Label::new(name).truncate()).on_hover_text(help);
        });
    });
}

/// Which two parameters a cloud is drawn over, and how to choose others.
fn watching(ui: &mut Ui, snapshot: &Snapshot, view: &View, picture: &Picture, out: &mut Outbox) {
    let Picture::Cloud { watched, .. } = picture else { return };
    let Some(Selection::Weight { layer, address }) = view.selection else { return };
    let prepared = &snapshot.prepared;
    let place = prepared.layer_ids.iter().position(|&id| id == layer);
    let dense = place.and_then(|place| prepared.network.layers().get(place)?.as_dense());
    let Some(index) = dense.and_then(|dense| dense.parameter(address.unit, address.input)) else {
        return;
    };
    if watched.contains(&index) {
        return;
    }
    let help = "Draws the candidates over the selected weight and the one that is on the \
                horizontal axis now.";
    if ui.button("Watch the selected weight").on_hover_text(help).clicked() {
        out.send(Command::Watch([watched[0], index]));
    }
}

/// The weights that moved most.
fn moved(ui: &mut Ui, scene: &Scene<'_>, snapshot: &Snapshot, report: &StepReport) {
    if report.moved.is_empty() {
        return;
    }
    let palette = theme::palette(ui);
    ui.add_space(theme::SPACE_2);
    widget::heading(ui, "What moved most", "The weights and biases that changed most.");
    for moved in &report.moved {
        let name =
            inspector::parameter_name(&scene.spec.network, &snapshot.prepared, moved.parameter);
        let number = |value: f32| format::number(f64::from(value));
        let change = signed(f64::from(moved.to - moved.from));
        let size = vec2(ui.available_width(), LINE);
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(change).color(palette.text_strong));
            let text = format!("{} → {}", number(moved.from), number(moved.to));
            ui.label(RichText::new(text).small().color(palette.text_weak));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(name).small()).truncate());
            });
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(predicted: f32, actual: f32) -> StepReport {
        let observed = Observed {
            gradient_norm: Some(2.0),
            step_norm: 0.5,
            predicted_change: Some(predicted),
            actual_change: Some(actual),
        };
        StepReport { observed: Some(observed), ..StepReport::plain(0.7) }
    }

    #[test]
    fn the_story_tells_what_came_of_the_promise() {
        let story = told(&report(-1.0, -0.98));
        assert!(story.contains("straight downhill") && story.contains("−0.98"), "{story}");
        assert!(!story.contains("too long"));
        assert!(told(&report(-1.0, 0.3)).contains("past the valley"));
        assert!(told(&report(-1.0, -0.1)).contains("curves upwards"));
        assert!(told(&report(-0.5, -0.4)).contains("60° away"));
        assert!(told(&report(0.5, 0.4)).contains("uphill"));
    }
}
