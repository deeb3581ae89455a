//! The look as a whole: every kind of widget, in both themes, drawn by the software rasteriser.

use eframe::egui::{self, Theme};
use egui_kittest::kittest::Queryable;
use image::RgbaImage;
use netsmith::app::offscreen::{Picture, render};
use netsmith::experiment::ExperimentSpec;
use netsmith::ui::icon;
use netsmith::ui::theme::{self, Emphasis};

/// What the sample's widgets edit.
struct Values {
    share: f32,
    rate: f64,
    name: String,
    on: bool,
}

/// One of each widget, with text in every style.
fn sample(ui: &mut egui::Ui, values: &mut Values) {
    let palette = theme::palette(ui);
    theme::card_frame(palette).show(ui, |ui| {
        ui.heading("Heading, 16 points");
        ui.label("Body text: ŷ = σ(w·x + b), ∇L ∈ ℝⁿ");
        ui.label(egui::RichText::new("Weak text, 0123456789").color(palette.text_weak));
        ui.horizontal(|ui| {
            ui.scope(|ui| {
                theme::emphasize(ui, Emphasis::Primary);
                ui.button((icon::PLAY, "Train"))
            });
            let _ = ui.button((icon::RESET, "Reset"));
            ui.scope(|ui| {
                theme::emphasize(ui, Emphasis::Danger);
                ui.button((icon::TRASH, "Delete"))
            });
            icon::UNDO.button(ui, "Undo");
        });
        let label = ui.label("Training share").id;
        ui.add(egui::Slider::new(&mut values.share, 0.0..=1.0)).labelled_by(label);
        ui.horizontal(|ui| {
            let label = ui.label("Learning rate").id;
            ui.add(egui::DragValue::new(&mut values.rate)).labelled_by(label);
            let label = ui.label("Name").id;
            ui.add(egui::TextEdit::singleline(&mut values.name).desired_width(80.0))
                .labelled_by(label);
            ui.checkbox(&mut values.on, "Shuffle");
        });
        let (rect, _) = ui.allocate_exact_size([320.0, 24.0].into(), egui::Sense::hover());
        let mut shapes = Vec::new();
        for class in 0..theme::CLASSES {
            let center = rect.left_center() + egui::vec2(12.0 + 28.0 * class as f32, 0.0);
            let outline = egui::Stroke::new(1.0, palette.canvas);
            theme::class_marker(class).draw(
                &mut shapes,
                center,
                8.0,
                theme::class_color(class),
                outline,
            );
        }
        ui.painter().extend(shapes);
    });
}

#[test]
fn both_themes_look_as_they_did() {
    let mut results = egui_kittest::SnapshotResults::new();
    for (theme, name) in [(Theme::Dark, "look_dark"), (Theme::Light, "look_light")] {
        let mut values = Values { share: 0.5, rate: 0.03, name: "first".to_owned(), on: true };
        let mut harness = crate::support::part([400.0, 280.0], theme, |ui| sample(ui, &mut values));
        harness.run();
        results.add(harness.try_snapshot(name));
    }
}

#[test]
fn a_button_is_found_by_its_word_whether_it_shows_one_or_not() {
    let harness = crate::support::part([400.0, 280.0], Theme::Dark, |ui| {
        let _ = ui.button((icon::PLAY, "Train"));
        icon::UNDO.button(ui, "Undo");
    });
    harness.get_by_role_and_label(egui::accesskit::Role::Button, "Train");
    harness.get_by_role_and_label(egui::accesskit::Role::Button, "Undo");
}

/// Half as wide and high: each pixel is the mean of four. The picture stays small on disk.
fn halved(image: &RgbaImage) -> RgbaImage {
    RgbaImage::from_fn(image.width() / 2, image.height() / 2, |x, y| {
        let corners = [(0, 0), (1, 0), (0, 1), (1, 1)];
        let pixels = corners.map(|(right, down)| image.get_pixel(2 * x + right, 2 * y + down).0);
        let mean = |channel: usize| {
            let sum: u32 = pixels.iter().map(|pixel| u32::from(pixel[channel])).sum();
            ((sum + 2) / 4) as u8
        };
        image::Rgba([mean(0), mean(1), mean(2), mean(3)])
    })
}

#[test]
fn the_whole_window_looks_as_it_did() {
    let mut results = egui_kittest::SnapshotResults::new();
    for (dark, name) in [(true, "window_dark"), (false, "window_light")] {
        let picture = Picture { size: (1024, 640), dark, zoom: 1.0, epochs: 40 };
        let image = render(ExperimentSpec::default(), None, &picture).expect("it can be drawn");
        results.add(egui_kittest::try_image_snapshot(&halved(&image), name));
    }
}
