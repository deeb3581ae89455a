//! What the tests of the window share: a renderer without a GPU.

pub mod app;

use eframe::egui;
use egui_kittest::{Harness, HarnessBuilder, TestRenderer};
use netsmith::app::raster::Rasteriser;
use netsmith::ui::theme;

/// Lets kittest take pictures with Netsmith's own rasteriser.
#[derive(Default)]
pub struct SoftwareRenderer {
    rasteriser: Rasteriser,
}

impl TestRenderer for SoftwareRenderer {
    fn handle_delta(&mut self, delta: &mut egui::TexturesDelta) {
        self.rasteriser.update(delta);
        delta.clear();
    }

    fn render(
        &mut self,
        ctx: &egui::Context,
        output: &egui::FullOutput,
    ) -> Result<image::RgbaImage, String> {
        let pixels_per_point = ctx.pixels_per_point();
        let size = ctx.content_rect().size() * pixels_per_point;
        let primitives = ctx.tessellate(output.shapes.clone(), pixels_per_point);
        Ok(self.rasteriser.draw(
            &primitives,
            [size.x.round() as usize, size.y.round() as usize],
            pixels_per_point,
            theme::palette(ctx).background,
        ))
    }
}

/// A harness for the window's size and theme that can take pictures.
///
/// Give it what it shows with `build_eframe` (the whole app, which installs the theme itself) or
/// with `build_ui` (a part; see [`part`]).
pub fn window<State>(size: [f32; 2], theme: egui::Theme) -> HarnessBuilder<State> {
    Harness::builder().with_size(size).with_theme(theme).renderer(SoftwareRenderer::default())
}

/// A harness that shows one part of the window, in Netsmith's look.
pub fn part<'a>(
    size: [f32; 2],
    theme: egui::Theme,
    show: impl FnMut(&mut egui::Ui) + 'a,
) -> Harness<'a> {
    window(size, theme).with_context_setup(theme::install).build_ui(show)
}
