//! Draws egui's output to a picture without a GPU.
//!
//! Owns a small software rasteriser: meshes of triangles in, an image out, with the same bytes on
//! every machine. `netsmith render` and the tests of the window look through it. It does not know
//! what is drawn, only triangles and textures.
//!
//! It follows what egui's own painters do: colours are premultiplied and blended in gamma space,
//! a pixel belongs to a triangle if its centre does, a centre on the edge between two triangles
//! belongs to exactly one of them (the top-left rule), and clip rectangles are rounded to pixels.
//! Left out are mipmaps and paint callbacks, which Netsmith does not use.

mod texture;
mod triangle;

use std::collections::HashMap;

use eframe::egui::epaint::{ClippedPrimitive, Mesh, Primitive};
use eframe::egui::{Color32, Rect, TextureId, TexturesDelta};
use image::RgbaImage;

use texture::{Sampler, Texture};
use triangle::{Corner, Triangle};

/// Draws the meshes that egui tessellates, keeping the textures they refer to.
///
/// ```
/// use eframe::egui::{self, Color32, Rect, pos2};
/// use netsmith::app::raster::Rasteriser;
///
/// let ctx = egui::Context::default();
/// let mut input = egui::RawInput::default();
/// input.screen_rect = Some(Rect::from_min_max(pos2(0.0, 0.0), pos2(32.0, 16.0)));
/// let mut output = ctx.run_ui(input, |ui| {
///     ui.painter().rect_filled(
///         Rect::from_min_max(pos2(4.0, 4.0), pos2(8.0, 8.0)), 0.0, Color32::RED);
/// });
///
/// let mut rasteriser = Rasteriser::default();
/// rasteriser.update(&output.textures_delta);
/// output.textures_delta.clear();
/// let primitives = ctx.tessellate(output.shapes, 1.0);
/// let picture = rasteriser.draw(&primitives, [32, 16], 1.0, Color32::BLACK);
///
/// assert_eq!(picture.get_pixel(6, 6).0, [255, 0, 0, 255]);
/// assert_eq!(picture.get_pixel(20, 6).0, [0, 0, 0, 255]);
/// ```
#[derive(Debug, Default)]
pub struct Rasteriser {
    textures: HashMap<TextureId, Texture>,
    /// Textures to drop at the next update: the frame that frees a texture may still show it.
    freed: Vec<TextureId>,
}

impl Rasteriser {
    /// Takes over the textures that egui made, changed and freed in one frame.
    ///
    /// Call once for every frame's output, in order, before [`Rasteriser::draw`]. A patch of a
    /// texture that was never set is ignored.
    pub fn update(&mut self, delta: &TexturesDelta) {
        for id in self.freed.drain(..) {
            self.textures.remove(&id);
        }
        for (&id, deltas) in &delta.set {
            for delta in deltas {
                if delta.pos.is_none() {
                    self.textures.insert(id, Texture::new(delta));
                } else if let Some(texture) = self.textures.get_mut(&id) {
                    texture.patch(delta);
                }
            }
        }
        self.freed.extend(&delta.free);
    }

    /// Draws the `primitives` of a frame over `background`.
    ///
    /// `size_px` is the width and height of the picture in pixels and `pixels_per_point` the scale
    /// with which egui tessellated. A mesh whose texture is unknown is left out, and so is a
    /// triangle with an index out of range. A size too large for an image gives an empty one.
    pub fn draw(
        &self,
        primitives: &[ClippedPrimitive],
        size_px: [usize; 2],
        pixels_per_point: f32,
        background: Color32,
    ) -> RgbaImage {
        let [Ok(width), Ok(height)] = size_px.map(u32::try_from) else {
            return RgbaImage::default();
        };
        let mut canvas = Canvas {
            width: size_px[0],
            height: size_px[1],
            pixels: vec![background.to_array(); size_px[0].saturating_mul(size_px[1])],
        };
        for ClippedPrimitive { clip_rect, primitive } in primitives {
            let Primitive::Mesh(mesh) = primitive else {
                continue;
            };
            let Some(texture) = self.textures.get(&mesh.texture_id) else {
                continue;
            };
            let clip = canvas.clip(*clip_rect, pixels_per_point);
            canvas.mesh(mesh, texture, clip, pixels_per_point);
        }
        RgbaImage::from_raw(width, height, canvas.pixels.into_flattened()).unwrap_or_default()
    }
}

/// A rectangle of whole pixels; the maximum is outside.
#[derive(Debug, Clone, Copy)]
struct Clip {
    min: [i64; 2],
    max: [i64; 2],
}

/// The picture while it is drawn. Its pixels are premultiplied RGBA.
struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 4]>,
}

impl Canvas {
    /// A clip rectangle in points, as pixels within the picture.
    fn clip(&self, rect: Rect, pixels_per_point: f32) -> Clip {
        let pixel = |point: f32, size: usize| {
            ((point * pixels_per_point).round() as i64)
                .clamp(0, i64::try_from(size).unwrap_or(i64::MAX))
        };
        Clip {
            min: [pixel(rect.min.x, self.width), pixel(rect.min.y, self.height)],
            max: [pixel(rect.max.x, self.width), pixel(rect.max.y, self.height)],
        }
    }

    fn mesh(&mut self, mesh: &Mesh, texture: &Texture, clip: Clip, pixels_per_point: f32) {
        for indices in mesh.indices.chunks_exact(3) {
            let &[a, b, c] = indices else { continue };
            let corner = |index: u32| {
                let vertex = mesh.vertices.get(index as usize)?;
                Some(Corner {
                    x: vertex.pos.x * pixels_per_point,
                    y: vertex.pos.y * pixels_per_point,
                    color: vertex.color.to_array(),
                    uv: [vertex.uv.x, vertex.uv.y],
                })
            };
            let (Some(a), Some(b), Some(c)) = (corner(a), corner(b), corner(c)) else {
                continue;
            };
            if let Some(triangle) = Triangle::new([a, b, c]) {
                self.triangle(&triangle, texture, clip);
            }
        }
    }

    /// Fills a triangle in the cheapest way that it allows: one colour, a blend of colours, or a
    /// textured surface. Nearly everything but text and pictures has one point of the texture.
    fn triangle(&mut self, triangle: &Triangle, texture: &Texture, clip: Clip) {
        let sampler = texture.sampler(triangle.texels_per_pixel(texture.size()));
        if let Some(uv) = triangle.constant_uv() {
            let tint = sampler.sample(uv);
            if let Some(color) = triangle.constant_color() {
                self.fill(triangle, clip, modulate(color, tint));
            } else {
                self.shade(triangle, clip, tint);
            }
        } else {
            self.texture(triangle, clip, sampler);
        }
    }

    fn fill(&mut self, triangle: &Triangle, clip: Clip, color: [f32; 4]) {
        let opaque = color[3] >= 254.5;
        let solid = color.map(|channel| (channel + 0.5) as u8);
        for span in triangle.spans(clip.min, clip.max) {
            let row = self.row(span.y, span.x_min, span.x_max);
            if opaque {
                row.fill(solid);
            } else {
                for pixel in row {
                    blend(pixel, color);
                }
            }
        }
    }

    fn shade(&mut self, triangle: &Triangle, clip: Clip, tint: [f32; 4]) {
        for span in triangle.spans(clip.min, clip.max) {
            let mut surface = triangle.at(span.x_min, span.y);
            for pixel in self.row(span.y, span.x_min, span.x_max) {
                blend(pixel, modulate(surface.color, tint));
                surface.step_right(triangle);
            }
        }
    }

    fn texture(&mut self, triangle: &Triangle, clip: Clip, sampler: Sampler<'_>) {
        for span in triangle.spans(clip.min, clip.max) {
            let mut surface = triangle.at(span.x_min, span.y);
            for pixel in self.row(span.y, span.x_min, span.x_max) {
                let texel = sampler.sample(surface.uv);
                if texel.iter().any(|&channel| channel > 0.0) {
                    blend(pixel, modulate(surface.color, texel));
                }
                surface.step_right(triangle);
            }
        }
    }

    /// The pixels of row `y` from `x_min` up to but without `x_max`; none if they lie outside.
    fn row(&mut self, y: i64, x_min: i64, x_max: i64) -> &mut [[u8; 4]] {
        let start = y as usize * self.width;
        self.pixels.get_mut(start + x_min as usize..start + x_max as usize).unwrap_or_default()
    }
}

/// The product of two colours whose channels run from 0 to 255.
fn modulate(color: [f32; 4], tint: [f32; 4]) -> [f32; 4] {
    [
        color[0] * tint[0] / 255.0,
        color[1] * tint[1] / 255.0,
        color[2] * tint[2] / 255.0,
        color[3] * tint[3] / 255.0,
    ]
}

/// Lays a premultiplied colour over a pixel. The cast to `u8` saturates, as a GPU does.
fn blend(pixel: &mut [u8; 4], color: [f32; 4]) {
    let keep = 1.0 - color[3] / 255.0;
    *pixel = [
        (color[0] + keep * f32::from(pixel[0]) + 0.5) as u8,
        (color[1] + keep * f32::from(pixel[1]) + 0.5) as u8,
        (color[2] + keep * f32::from(pixel[2]) + 0.5) as u8,
        (color[3] + keep * f32::from(pixel[3]) + 0.5) as u8,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use eframe::egui::epaint::{ImageData, ImageDelta, Vertex, WHITE_UV};
    use eframe::egui::{ColorImage, Pos2, TextureOptions, pos2};

    const PAGE: TextureId = TextureId::Managed(0);
    const PICTURE: TextureId = TextureId::User(7);

    fn image(size: [usize; 2], color: Color32) -> ImageData {
        ImageData::Color(Arc::new(ColorImage::filled(size, color)))
    }

    /// A rasteriser that knows a white texture, as egui's first one has a white corner.
    fn rasteriser() -> Rasteriser {
        let mut rasteriser = Rasteriser::default();
        let white = ImageDelta::full(image([1, 1], Color32::WHITE), TextureOptions::LINEAR);
        apply(&mut rasteriser, |delta| delta.push(PAGE, white));
        rasteriser
    }

    fn apply(rasteriser: &mut Rasteriser, change: impl FnOnce(&mut TexturesDelta)) {
        let mut delta = TexturesDelta::default();
        change(&mut delta);
        rasteriser.update(&delta);
        delta.clear();
    }

    fn triangle(corners: [Pos2; 3], color: Color32) -> Mesh {
        let mut mesh = Mesh::default();
        mesh.add_triangle(0, 1, 2);
        mesh.vertices = corners.map(|pos| Vertex { pos, uv: WHITE_UV, color }).to_vec();
        mesh
    }

    fn rectangle(rect: Rect, texture_id: TextureId) -> Mesh {
        let mut mesh = Mesh::with_texture(texture_id);
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        mesh.add_rect_with_uv(rect, whole, Color32::WHITE);
        mesh
    }

    fn rect(left: f32, top: f32, right: f32, bottom: f32) -> Rect {
        Rect::from_min_max(pos2(left, top), pos2(right, bottom))
    }

    fn clipped(mesh: Mesh, clip_rect: Rect) -> ClippedPrimitive {
        ClippedPrimitive { clip_rect, primitive: Primitive::Mesh(mesh) }
    }

    fn draw(rasteriser: &Rasteriser, primitives: &[ClippedPrimitive]) -> RgbaImage {
        rasteriser.draw(primitives, [16, 16], 1.0, Color32::BLACK)
    }

    fn painted(picture: &RgbaImage) -> usize {
        picture.pixels().filter(|pixel| pixel.0[0] > 0).count()
    }

    /// Adding light twice would show: premultiplied colours without alpha add up.
    #[test]
    fn light_is_added_exactly_once_along_shared_edges() {
        let light = Color32::from_rgba_premultiplied(100, 0, 0, 0);
        let corners = [pos2(0.0, 0.0), pos2(16.0, 0.0), pos2(16.0, 16.0), pos2(0.0, 16.0)];
        let middle = pos2(5.3, 9.8);
        let fan: Vec<ClippedPrimitive> = (0..4)
            .map(|i| triangle([corners[i], corners[(i + 1) % 4], middle], light))
            .map(|mesh| clipped(mesh, Rect::EVERYTHING))
            .collect();
        let picture = draw(&rasteriser(), &fan);
        assert!(picture.pixels().all(|pixel| pixel.0 == [100, 0, 0, 255]));
    }

    #[test]
    fn transparency_mixes_with_what_lies_below() {
        let half = triangle(
            [pos2(0.0, 0.0), pos2(40.0, 0.0), pos2(0.0, 40.0)],
            Color32::from_rgba_premultiplied(0, 128, 0, 128),
        );
        let picture = rasteriser().draw(
            &[clipped(half, Rect::EVERYTHING)],
            [4, 4],
            1.0,
            Color32::from_rgb(200, 0, 0),
        );
        assert_eq!(picture.get_pixel(0, 0).0, [100, 128, 0, 255]);
    }

    #[test]
    fn colours_run_smoothly_between_corners() {
        let mut mesh = rectangle(rect(0.0, 0.0, 16.0, 16.0), PAGE);
        for vertex in &mut mesh.vertices {
            vertex.uv = WHITE_UV;
            vertex.color = Color32::from_gray((vertex.pos.x * 10.0) as u8);
        }
        let picture = draw(&rasteriser(), &[clipped(mesh, Rect::EVERYTHING)]);
        for x in 0..16 {
            let level = picture.get_pixel(x, 9).0[0];
            assert!(level.abs_diff(x as u8 * 10 + 5) <= 1, "{x}: {level}");
        }
    }

    #[test]
    fn nothing_is_drawn_outside_the_clip() {
        let mesh = rectangle(rect(-5.0, -5.0, 30.0, 30.0), PAGE);
        let picture = draw(&rasteriser(), &[clipped(mesh, rect(2.4, 3.0, 7.6, 5.0))]);
        assert_eq!(painted(&picture), 6 * 2);
        assert_eq!(picture.get_pixel(2, 3).0[0], 255);
        assert_eq!(picture.get_pixel(7, 4).0[0], 255);
    }

    #[test]
    fn points_become_pixels_by_the_scale() {
        let mesh = rectangle(rect(1.0, 1.0, 3.0, 2.0), PAGE);
        let primitives = [clipped(mesh, rect(0.0, 0.0, 2.5, 9.0))];
        let picture = rasteriser().draw(&primitives, [16, 16], 2.0, Color32::BLACK);
        assert_eq!(painted(&picture), 3 * 2);
        assert_eq!(picture.get_pixel(2, 2).0[0], 255);
    }

    #[test]
    fn user_textures_patches_and_frees_are_followed() {
        let mut rasteriser = rasteriser();
        let show = [clipped(rectangle(rect(0.0, 0.0, 4.0, 4.0), PICTURE), Rect::EVERYTHING)];
        assert_eq!(painted(&draw(&rasteriser, &show)), 0, "unknown texture");

        let black = ImageDelta::full(image([4, 4], Color32::BLACK), TextureOptions::NEAREST);
        apply(&mut rasteriser, |delta| delta.push(PICTURE, black));
        let patch = image([2, 1], Color32::from_gray(90));
        let patch = ImageDelta::partial([1, 2], patch, TextureOptions::NEAREST);
        apply(&mut rasteriser, |delta| {
            delta.push(PICTURE, patch);
            delta.free(PICTURE);
        });
        let picture = draw(&rasteriser, &show);
        assert_eq!(painted(&picture), 2, "freed, but still shown in this frame");
        assert_eq!(picture.get_pixel(1, 2).0, [90, 90, 90, 255]);
        assert_eq!(picture.get_pixel(2, 2).0, [90, 90, 90, 255]);

        apply(&mut rasteriser, |_| {});
        assert_eq!(painted(&draw(&rasteriser, &show)), 0, "gone");
    }

    #[test]
    fn broken_meshes_and_sizes_are_left_out() {
        let mut mesh = rectangle(rect(0.0, 0.0, 4.0, 4.0), PAGE);
        mesh.indices = vec![0, 1, 99, 0, 1];
        let picture = draw(&rasteriser(), &[clipped(mesh, Rect::NAN)]);
        assert_eq!(painted(&picture), 0);
        assert_eq!(rasteriser().draw(&[], [0, 5], 1.0, Color32::BLACK).dimensions(), (0, 5));
    }
}
