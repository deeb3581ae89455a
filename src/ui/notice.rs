//! Short messages at the lower edge of the window.

use eframe::egui::{self, Align2, Area, Context, Id, RichText};

use super::{icon, theme};
use crate::app::notice::{Gravity, Notices};

/// Draws the messages; a click on the cross closes one.
pub fn show(ctx: &Context, notices: &mut Notices) {
    let palette = theme::palette(ctx);
    let mut closed = None;
    Area::new(Id::unique("notices"))
        .anchor(Align2::CENTER_BOTTOM, [0.0, -52.0])
        .order(egui::Order::Foreground)
        .interactable(true)
        .show(ctx, |ui| {
            for (index, notice) in notices.list().iter().enumerate() {
                let (icon, color) = match notice.gravity {
                    Gravity::Information => (icon::INFO, palette.accent_text),
                    Gravity::Warning => (icon::WARNING, palette.warning),
                    Gravity::Error => (icon::WARNING, palette.danger_text),
                };
                theme::card_frame(palette).stroke(egui::Stroke::new(1.0, palette.outline)).show(
                    ui,
                    |ui| {
                        ui.set_width(340.0);
                        ui.horizontal_top(|ui| {
                            icon.show(ui, color);
                            let text = RichText::new(&notice.text).color(palette.text_strong);
                            let width = ui.available_width() - theme::CONTROL_HEIGHT - 8.0;
                            ui.scope(|ui| {
                                ui.set_width(width);
                                ui.add(egui::Label::new(text).wrap());
                            });
                            if icon::CLOSE.button(ui, "Close message").clicked() {
                                closed = Some(index);
                            }
                        });
                    },
                );
                ui.add_space(theme::SPACE_1);
            }
        });
    if let Some(index) = closed {
        notices.close(index);
    }
}
