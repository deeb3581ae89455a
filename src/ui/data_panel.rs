//! The data panel: which set, how many points, how much noise, which inputs, which columns.

use eframe::egui::{self, Sense, Slider, Ui, Vec2};

use super::thumbnail::Thumbnails;
use super::{Scene, icon, table_panel, theme, widget};
use crate::app::{Action, Command, Outbox};
use crate::data::{self, CURVES, Feature, SyntheticSet, SyntheticSettings};
use crate::experiment::data_spec::{PointsSpec, SyntheticSpec, TableOrigin};
use crate::experiment::{DataSource, DataSpec, Edit, Place};

/// What the panel keeps between frames.
#[derive(Default)]
pub struct DataPanelState {
    thumbnails: Thumbnails,
    /// A formula while it is being typed.
    formula: Option<String>,
    table: table_panel::TablePanelState,
}

/// Draws the panel.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox, state: &mut DataPanelState) {
    widget::heading(
        ui,
        "Data",
        "What the network learns from. Each row is an example: inputs and the right answer.",
    );
    pictures(ui, scene, out, state);
    tables(ui, scene, out);
    ui.add_space(theme::SPACE_2);
    for problem in scene.problems_at(Place::Data) {
        widget::problem(ui, problem, out);
    }
    if let Some(error) = scene.data_error {
        widget::message(ui, icon::WARNING, error, |_| {});
    }
    match &scene.spec.data.source {
        DataSource::Synthetic(spec) => synthetic(ui, scene, spec, out, state),
        DataSource::Points(spec) => painted(ui, scene, spec, out),
        DataSource::Table(spec) => table_panel::show(ui, scene, spec, out, &mut state.table),
    }
    train_share(ui, scene, out);
    if !matches!(scene.spec.data.source, DataSource::Points(_)) {
        widget::action_button(ui, Action::NewData, true, out);
    }
    if let Some(features) = scene.spec.data.source.features() {
        inputs(ui, scene, features, out);
    }
}

/// Puts a changed copy of the data part into the outbox.
pub fn change(
    scene: &Scene<'_>,
    out: &mut Outbox,
    text: &'static str,
    apply: impl FnOnce(&mut DataSpec),
) {
    let mut data = scene.spec.data.clone();
    apply(&mut data);
    out.edit(Edit::SetData(data, text));
}

fn pictures(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox, state: &mut DataPanelState) {
    let chosen = match &scene.spec.data.source {
        DataSource::Synthetic(spec) => Some(spec.set.as_str()),
        _ => None,
    };
    let room = ui.available_width();
    let columns = ((room + 4.0) / 52.0).floor().clamp(3.0, 6.0);
    let side = ((room - 4.0 * (columns - 1.0)) / columns).floor();
    ui.spacing_mut().item_spacing = Vec2::splat(theme::SPACE_1);
    ui.horizontal_wrapped(|ui| {
        for set in data::SYNTHETIC {
            let texture = state.thumbnails.of(ui.ctx(), set).id();
            if picture(ui, set, texture, side, chosen == Some(set.id)) {
                out.send(Command::ChooseData(set.id.to_owned()));
            }
        }
    });
    ui.reset_style();
}

fn picture(
    ui: &mut Ui,
    set: &'static SyntheticSet,
    texture: egui::TextureId,
    side: f32,
    selected: bool,
) -> bool {
    let palette = theme::palette(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::click());
    if ui.is_rect_visible(rect) {
        let uv = egui::Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
        egui::Image::new((texture, rect.size()))
            .corner_radius(theme::CONTROL_RADIUS)
            .uv(uv)
            .paint_at(ui, rect);
        let stroke = if selected {
            egui::Stroke::new(2.0, palette.accent_text)
        } else if response.hovered() || response.has_focus() {
            egui::Stroke::new(1.0, palette.text)
        } else {
            egui::Stroke::new(1.0, palette.outline)
        };
        ui.painter().rect_stroke(rect, theme::CONTROL_RADIUS, stroke, egui::StrokeKind::Inside);
    }
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::Role::RadioButton, true, selected, set.name)
    });
    response.on_hover_text(format!("{}\n{}", set.name, set.summary)).clicked()
}

fn tables(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox) {
    let chosen = match &scene.spec.data.source {
        DataSource::Table(spec) => Some(&spec.origin),
        _ => None,
    };
    let half = ((ui.available_width() - theme::SPACE_1) / 2.0).floor();
    for pair in data::LIBRARY.chunks(2) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = theme::SPACE_1;
            for set in pair {
                let selected = matches!(chosen, Some(TableOrigin::Library { id }) if id == set.id);
                let help = format!("{}\nLicence: {}. {}", set.summary, set.licence, set.source);
                let button = egui::Button::new(egui::RichText::new(set.name).small())
                    .selected(selected)
                    .truncate()
                    .min_size(egui::vec2(half, theme::CONTROL_HEIGHT));
                let size = egui::vec2(half, theme::CONTROL_HEIGHT);
                if ui.add_sized(size, button).on_hover_text(help).clicked() {
                    out.send(Command::ChooseData(set.id.to_owned()));
                }
            }
        });
    }
    let button = egui::Button::new((icon::FILE_CSV, "Open CSV…"))
        .min_size(egui::vec2(ui.available_width(), theme::CONTROL_HEIGHT));
    let help = "Opens a table of your own: one row an example, the first line holding the names \
                of the columns. You can also drop the file on the window.";
    if ui.add(button).on_hover_text(help).clicked() {
        out.act(Action::Open);
    }
}

fn synthetic(
    ui: &mut Ui,
    scene: &Scene<'_>,
    spec: &SyntheticSpec,
    out: &mut Outbox,
    state: &mut DataPanelState,
) {
    let Some(set) = data::synthetic_set(&spec.set) else { return };
    widget::heading(ui, set.name, set.summary);
    let mut next = spec.clone();
    let mut text = None;
    let (few, many) = SyntheticSettings::SAMPLES;
    widget::row(
        ui,
        "Samples",
        "How many points are drawn. More points, a smoother answer.",
        |ui| {
            let slider = Slider::new(&mut next.samples, few..=many.min(5000)).logarithmic(true);
            let response = widget::slider(ui, slider);
            text = text.or(response.changed().then_some("change samples"));
            response
        },
    );
    let help = "Noise moves points or mixes up their labels. With noise, a perfect score on the \
                training part means learning by heart.";
    widget::row(ui, "Noise", help, |ui| {
        let slider = Slider::new(&mut next.noise, 0.0..=0.5).step_by(0.01);
        let response = widget::slider(ui, slider);
        text = text.or(response.changed().then_some("change noise"));
        response
    });
    if set.id == "blobs" {
        let (few, many) = SyntheticSettings::CLASSES;
        widget::row(ui, "Classes", "How many groups of points there are.", |ui| {
            let response = widget::slider(ui, Slider::new(&mut next.classes, few..=many));
            text = text.or(response.changed().then_some("change classes"));
            response
        });
    }
    if scene.spec.data.source.is_curve() && formula(ui, &mut next.formula, state) {
        text = Some("change formula");
    }
    if let Some(text) = text {
        change(scene, out, text, |data| data.source = DataSource::Synthetic(next));
    }
}

/// The curve: one of the list or a formula of the person's own. Returns whether it was changed.
fn formula(ui: &mut Ui, formula: &mut String, state: &mut DataPanelState) -> bool {
    let preset = CURVES.iter().position(|curve| curve.id == *formula || curve.formula == *formula);
    let entries = CURVES
        .iter()
        .enumerate()
        .map(|(index, curve)| (Some(index), curve.name.to_owned()))
        .chain([(None, "Formula".to_owned())]);
    let explain = |index: Option<usize>| {
        let curve = index.and_then(|index| CURVES.get(index));
        curve.map_or("A formula of your own in x.", |curve| curve.formula).to_owned()
    };
    let help = "Which curve the points lie on.";
    let mut chosen = None;
    ui.horizontal(|ui| {
        ui.label("Curve").on_hover_text(help);
        chosen = widget::choice(ui, "Curve", help, preset, entries, explain);
    });
    if let Some(Some(curve)) = chosen.map(|index| index.and_then(|index| CURVES.get(index))) {
        curve.id.clone_into(formula);
        state.formula = None;
        return true;
    }
    let shown = preset.and_then(|index| CURVES.get(index)).map_or(formula.as_str(), |c| c.formula);
    let mut text = state.formula.clone().unwrap_or_else(|| shown.to_owned());
    let help = "A formula in x, with + − * / ^, sin cos tan exp log sqrt abs … Press Enter to use \
                it. Try sin(x) + 0.3*x.";
    let response = ui
        .add(egui::TextEdit::singleline(&mut text).desired_width(f32::INFINITY))
        .accessible_name("Formula")
        .on_hover_text(help);
    if response.changed() {
        state.formula = Some(text.clone());
    }
    if let Some(typed) = &state.formula {
        match data::Formula::parse(typed) {
            Err(error) => {
                widget::note(ui, error.to_string());
            }
            Ok(_) if response.lost_focus() => {
                formula.clone_from(typed);
                state.formula = None;
                return true;
            }
            Ok(_) => {
                widget::note(ui, "Press Enter to draw this curve.");
            }
        }
    }
    false
}

fn painted(ui: &mut Ui, scene: &Scene<'_>, spec: &PointsSpec, out: &mut Outbox) {
    widget::heading(ui, "Painted points", "Points you put on the map with the brush.");
    let count = super::format::counted(spec.points.len() as u64, "point", "points");
    widget::note(ui, format!("{count}. Choose Paint above the map and click on it."));
    let classes = spec.classes;
    let mut next = classes;
    widget::row(ui, "Classes", "How many classes there are to paint with.", |ui| {
        widget::slider(ui, Slider::new(&mut next, 2..=6))
    });
    if next != classes {
        let mut points = spec.clone();
        points.classes = next;
        // Points of a class that is gone join the last one that is left.
        for point in &mut points.points {
            point.class = point.class.min(next - 1);
        }
        change(scene, out, "change classes", |data| data.source = DataSource::Points(points));
    }
}

fn train_share(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox) {
    let mut percent = scene.spec.data.train_share * 100.0;
    let help = "The share of the rows that is trained on. The rest, the validation part, is held \
                back to see how well the network does on rows it has never seen.";
    let response = widget::row(ui, "Training", help, |ui| {
        let slider = Slider::new(&mut percent, 10.0..=90.0).step_by(1.0);
        widget::slider(ui, slider.max_decimals(0).suffix(" %"))
    });
    if response.changed() {
        change(scene, out, "change training share", |data| data.train_share = percent / 100.0);
    }
    if let Some(samples) = scene.samples {
        widget::note(
            ui,
            format!(
                "{} to train on, {} to validate with",
                super::format::count(samples.train.len() as u64),
                super::format::count(samples.validation.len() as u64)
            ),
        );
    }
}

fn inputs(ui: &mut Ui, scene: &Scene<'_>, chosen: &[Feature], out: &mut Outbox) {
    ui.add_space(theme::SPACE_2);
    widget::heading(
        ui,
        "Inputs",
        "What the network is given for each point. A square or a sine can make a hard task easy: \
         try x₁² and x₂² on the circle.",
    );
    let curve = scene.spec.data.source.is_curve();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = Vec2::splat(theme::SPACE_1);
        for &feature in Feature::ALL {
            if curve && feature.needs_plane() {
                continue;
            }
            let on = chosen.contains(&feature);
            if widget::toggle(ui, on, feature.name(), feature.summary()) {
                change(scene, out, "change inputs", |data| {
                    if let Some(features) = data.source.features_mut() {
                        toggle(features, feature);
                    }
                });
            }
        }
    });
}

/// Switches a feature, keeping the standard order.
fn toggle(features: &mut Vec<Feature>, feature: Feature) {
    if features.contains(&feature) {
        features.retain(|other| *other != feature);
    } else {
        features.push(feature);
        features.sort_by_key(|feature| Feature::ALL.iter().position(|other| other == feature));
    }
}
