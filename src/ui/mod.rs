//! Panels and widgets: they read a [`Scene`], keep what is looked at in a [`View`], and send
//! commands. They change neither the document nor the run themselves.

pub mod canvas;
pub mod cross_section;
pub mod data_panel;
pub mod dialog;
pub mod format;
pub mod icon;
pub mod inspector;
pub mod menu;
pub mod method_page;
pub mod notice;
pub mod result;
pub mod scene;
pub mod status_bar;
pub mod table_panel;
pub mod theme;
pub mod thumbnail;
pub mod top_bar;
pub mod training_panel;
pub mod view;
pub mod widget;
pub mod workbench;

use eframe::egui::{Button, CentralPanel, Frame, Panel, Role, ScrollArea, Ui, WidgetInfo};

pub use scene::Scene;
pub use view::View;

use crate::app::Outbox;
use view::Workbench;

/// Width and height of a window, in points, below which it shows one panel at a time: a small
/// screen, or everything drawn twice as large.
const COMPACT: (f32, f32) = (780.0, 450.0);

/// The panels of a small window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Page {
    Data,
    #[default]
    Network,
    Training,
    Result,
}

impl Page {
    const ALL: [(Self, &str); 4] = [
        (Self::Data, "Data"),
        (Self::Network, "Network"),
        (Self::Training, "Training"),
        (Self::Result, "Result"),
    ];
}

/// What the panels keep between frames: textures, what is being dragged or typed.
#[derive(Default)]
pub struct Panels {
    /// The window's title, as last set.
    pub title: String,
    canvas: canvas::CanvasState,
    result: result::ResultState,
    data: data_panel::DataPanelState,
    workbench: workbench::WorkbenchState,
    page: Page,
}

impl std::fmt::Debug for Panels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Panels").field("title", &self.title).finish_non_exhaustive()
    }
}

/// Widths of the side panels in a window of a certain width, in points. Each class remembers the
/// widths that the person gave its panels.
struct Widths {
    class: u8,
    data: f32,
    result: f32,
}

impl Widths {
    fn of(window: f32) -> Self {
        match window {
            w if w < 940.0 => Self { class: 0, data: 184.0, result: 272.0 },
            w if w < 1160.0 => Self { class: 1, data: 212.0, result: 320.0 },
            _ => Self { class: 2, data: 248.0, result: 404.0 },
        }
    }
}

impl Panels {
    /// Draws the whole window.
    pub fn show(&mut self, ui: &mut Ui, scene: &Scene<'_>, view: &mut View, out: &mut Outbox) {
        let palette = theme::palette(ui);
        let size = ui.max_rect().size();
        let compact = size.x < COMPACT.0 || size.y < COMPACT.1;
        Panel::top("top_bar")
            .frame(theme::toolbar_frame(palette))
            .resizable(false)
            .show_separator_line(false)
            .show(ui, |ui| top_bar::show(ui, scene, compact, out));
        Panel::bottom("status_bar")
            .frame(theme::toolbar_frame(palette))
            .resizable(false)
            .show_separator_line(false)
            .show(ui, |ui| status_bar::show(ui, scene, out));
        if view.bench != Workbench::Experiment {
            workbench::show(ui, scene, view, out, &mut self.workbench);
        } else if compact {
            self.show_page(ui, scene, view, out);
        } else {
            self.show_all(ui, size.x, scene, view, out);
        }
    }

    /// All panels side by side.
    fn show_all(
        &mut self,
        ui: &mut Ui,
        width: f32,
        scene: &Scene<'_>,
        view: &mut View,
        out: &mut Outbox,
    ) {
        let palette = theme::palette(ui);
        let widths = Widths::of(width);
        Panel::left(("data", widths.class))
            .frame(theme::panel_frame(palette))
            .default_size(widths.data)
            .size_range(160.0..=(width * 0.34).max(161.0))
            .show_separator_line(false)
            .show(ui, |ui| {
                ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                    // Room for the scroll bar, so that it covers nothing.
                    ui.set_max_width(ui.available_width() - theme::SPACE_2);
                    data_panel::show(ui, scene, out, &mut self.data);
                });
            });
        Panel::right(("result", widths.class))
            .frame(theme::panel_frame(palette))
            .default_size(widths.result)
            .size_range(240.0..=(width * 0.5).max(241.0))
            .show_separator_line(false)
            .show(ui, |ui| result::show(ui, scene, view, out, &mut self.result));
        CentralPanel::no_frame()
            .frame(Frame::new().fill(palette.background))
            .show(ui, |ui| self.show_centre(ui, scene, view, out));
    }

    /// One panel, and the names of all to choose from.
    fn show_page(&mut self, ui: &mut Ui, scene: &Scene<'_>, view: &mut View, out: &mut Outbox) {
        let palette = theme::palette(ui);
        Panel::top("pages").frame(theme::toolbar_frame(palette)).show_separator_line(false).show(
            ui,
            |ui| {
                ui.horizontal(|ui| {
                    for (page, name) in Page::ALL {
                        let chosen = self.page == page;
                        let response = ui.add(Button::selectable(chosen, name));
                        response.widget_info(|| {
                            WidgetInfo::selected(Role::Tab, true, chosen, format!("{name} panel"))
                        });
                        let help = "The window is small, so it shows one panel at a time.";
                        if response.on_hover_text(help).clicked() {
                            self.page = page;
                        }
                    }
                });
            },
        );
        let frame = theme::panel_frame(palette);
        CentralPanel::no_frame().frame(frame).show(ui, |ui| match self.page {
            Page::Data => {
                ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                    ui.set_max_width(ui.available_width() - theme::SPACE_2);
                    data_panel::show(ui, scene, out, &mut self.data);
                });
            }
            Page::Network => canvas::show(ui, scene, view, out, &mut self.canvas),
            Page::Training => training_panel::show(ui, scene, out),
            Page::Result => result::show(ui, scene, view, out, &mut self.result),
        });
    }

    fn show_centre(&mut self, ui: &mut Ui, scene: &Scene<'_>, view: &mut View, out: &mut Outbox) {
        let palette = theme::palette(ui);
        let height = ui.max_rect().height();
        Panel::bottom(("training", height < 640.0))
            .frame(theme::panel_frame(palette))
            .default_size(if height < 640.0 { 176.0 } else { 220.0 })
            .size_range(96.0..=(height * 0.5).max(97.0))
            .show_separator_line(false)
            .show(ui, |ui| training_panel::show(ui, scene, out));
        CentralPanel::no_frame()
            .frame(Frame::new().fill(palette.background).inner_margin(theme::SPACE_2))
            .show(ui, |ui| canvas::show(ui, scene, view, out, &mut self.canvas));
    }
}
