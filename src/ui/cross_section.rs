//! Lines with soft edges as one strip of triangles: a texture holds what lies across a line.
//!
//! Without it, a line needs vertices of its own along both of its edges, where it fades, and takes
//! twice as many triangles.

use eframe::egui::{
    Color32, ColorImage, Context, Id, Pos2, TextureHandle, TextureId, TextureOptions, pos2,
};

/// Texels from one edge of a line to the other.
const ACROSS: usize = 64;
/// Steps of width: the finest line is a pixel wide, each row of the texture is a quarter wider.
const ROWS: usize = 80;
/// From one row to the next, in pixels.
const STEP: f32 = 0.25;

/// What lies across a line of one width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CrossSection {
    /// From the middle to where nothing of it is left, in pixels.
    pub reach: f32,
    /// Places on the texture of one edge and of the other.
    pub edges: [f32; 2],
    /// The row of the texture.
    pub row: f32,
}

/// The cross-section of a line so many pixels wide, at least one.
pub fn of_width(pixels: f32) -> CrossSection {
    let row = ((pixels - 1.0) / STEP).round().clamp(0.0, (ROWS - 1) as f32);
    let half_texel = 0.5 / ACROSS as f32;
    CrossSection {
        reach: reach(row),
        edges: [half_texel, 1.0 - half_texel],
        row: (row + 0.5) / ROWS as f32,
    }
}

/// The place on the texture where a line covers everything.
pub fn covered() -> Pos2 {
    pos2(0.5, 1.0 - 0.5 / ROWS as f32)
}

/// Half the width, and half of the pixel over which the edge fades.
fn reach(row: f32) -> f32 {
    (1.0 + row * STEP + 1.0) / 2.0
}

/// The texture of all cross-sections, made when it is first asked for and kept as long as the
/// window.
pub fn texture(ctx: &Context) -> TextureId {
    let name = "cross-sections of lines";
    let kept = ctx.data(|data| data.get_temp::<TextureHandle>(Id::unique(name)));
    let texture = kept.unwrap_or_else(|| {
        let texture = ctx.load_texture(name, picture(), TextureOptions::LINEAR);
        ctx.data_mut(|data| data.insert_temp(Id::unique(name), texture.clone()));
        texture
    });
    texture.id()
}

fn picture() -> ColorImage {
    let mut image = ColorImage::filled([ACROSS, ROWS], Color32::TRANSPARENT);
    for (row, texels) in image.pixels.chunks_exact_mut(ACROSS).enumerate() {
        let reach = reach(row as f32);
        for (column, texel) in texels.iter_mut().enumerate() {
            let across = 2.0 * column as f32 / (ACROSS - 1) as f32 - 1.0;
            let covered = (reach * (1.0 - across.abs())).min(1.0);
            *texel = Color32::from_white_alpha((covered * 255.0).round() as u8);
        }
    }
    image
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_place_without_any_edge() {
        let (image, place) = (picture(), covered());
        let texel = (place.y * ROWS as f32) as usize * ACROSS + (place.x * ACROSS as f32) as usize;
        assert_eq!(
            (image.pixels[texel - 1], image.pixels[texel]),
            (Color32::WHITE, Color32::WHITE)
        );
    }

    #[test]
    fn a_line_covers_as_much_as_it_is_wide() {
        let image = picture();
        for width in [1.0, 2.0, 4.5, 17.0] {
            let section = of_width(width);
            let row = (section.row * ROWS as f32) as usize;
            let texels = &image.pixels[row * ACROSS..][..ACROSS];
            assert!(texels[0].a() == 0 && texels[ACROSS - 1].a() == 0, "nothing at the edges");
            let mean = texels.iter().map(|texel| f32::from(texel.a()) / 255.0).sum::<f32>()
                / (ACROSS - 1) as f32;
            let covered = mean * 2.0 * section.reach;
            assert!((covered - width).abs() < 0.03, "{width}: {covered}");
        }
    }
}
