//! Textures and how a colour is read from between their texels.

use eframe::egui::epaint::{ImageData, ImageDelta};
use eframe::egui::{Color32, TextureFilter, TextureOptions, TextureWrapMode};

/// An image that triangles are covered with: premultiplied texels, row by row.
#[derive(Debug)]
pub(super) struct Texture {
    size: [usize; 2],
    texels: Vec<Color32>,
    options: TextureOptions,
}

impl Texture {
    /// A whole texture.
    pub(super) fn new(delta: &ImageDelta) -> Self {
        let ImageData::Color(image) = &delta.image;
        Texture { size: image.size, texels: image.pixels.clone(), options: delta.options }
    }

    /// Replaces a rectangle of the texture. What would lie outside is left out.
    pub(super) fn patch(&mut self, delta: &ImageDelta) {
        let ImageData::Color(image) = &delta.image;
        let [left, top] = delta.pos.unwrap_or_default();
        let [width, height] = self.size;
        let columns = image.size[0].min(width.saturating_sub(left));
        let rows = image.size[1].min(height.saturating_sub(top));
        if columns == 0 {
            return;
        }
        for (row, source) in image.pixels.chunks(image.size[0]).take(rows).enumerate() {
            let start = (top + row) * width + left;
            if let (Some(target), Some(source)) =
                (self.texels.get_mut(start..start + columns), source.get(..columns))
            {
                target.copy_from_slice(source);
            }
        }
        self.options = delta.options;
    }

    /// Width and height in texels.
    pub(super) fn size(&self) -> [usize; 2] {
        self.size
    }

    /// A reader for a surface on which this many texels (by length) fall on one pixel.
    pub(super) fn sampler(&self, texels_per_pixel: f32) -> Sampler<'_> {
        let filter = if texels_per_pixel > 1.0 {
            self.options.minification
        } else {
            self.options.magnification
        };
        Sampler { texture: self, filter }
    }

    /// The texel in this column and row, with what lies outside wrapped as the texture asks.
    fn texel(&self, column: i64, row: i64) -> [f32; 4] {
        let [width, height] = self.size;
        let wrap = |position, size| wrap(position, size, self.options.wrap_mode);
        self.texels
            .get(wrap(row, height) * width + wrap(column, width))
            .map_or([0.0; 4], |texel| texel.to_array().map(f32::from))
    }
}

/// Reads colours from a texture with one of its two filters.
#[derive(Clone, Copy)]
pub(super) struct Sampler<'a> {
    texture: &'a Texture,
    filter: TextureFilter,
}

/// A fraction of a texel below which a sample counts as lying on the texel's centre. The texels of
/// text lie exactly on pixels, and this is what makes text cheap; the colour changes by no more
/// than half a step.
const ON_CENTER: f32 = 1.0 / 512.0;

impl Sampler<'_> {
    /// The colour at a texture coordinate from 0 to 1; channels run from 0 to 255.
    pub(super) fn sample(self, uv: [f32; 2]) -> [f32; 4] {
        let [width, height] = self.texture.size;
        // The centre of the first texel lies half a texel from the edge.
        let (x, y) = (uv[0] * width as f32 - 0.5, uv[1] * height as f32 - 0.5);
        if self.filter == TextureFilter::Nearest {
            return self.texture.texel((x + 0.5).floor() as i64, (y + 0.5).floor() as i64);
        }
        let (left, top) = ((x + ON_CENTER).floor(), (y + ON_CENTER).floor());
        let (right_share, bottom_share) = (x - left, y - top);
        let (column, row) = (left as i64, top as i64);
        let texture = self.texture;
        if right_share < ON_CENTER && bottom_share < ON_CENTER {
            return texture.texel(column, row);
        }
        let upper = mix(texture.texel(column, row), texture.texel(column + 1, row), right_share);
        let lower =
            mix(texture.texel(column, row + 1), texture.texel(column + 1, row + 1), right_share);
        mix(upper, lower, bottom_share)
    }
}

fn mix(a: [f32; 4], b: [f32; 4], share: f32) -> [f32; 4] {
    [
        a[0] + share * (b[0] - a[0]),
        a[1] + share * (b[1] - a[1]),
        a[2] + share * (b[2] - a[2]),
        a[3] + share * (b[3] - a[3]),
    ]
}

/// A position along one side of a texture with `size` texels, brought inside.
fn wrap(position: i64, size: usize, mode: TextureWrapMode) -> usize {
    let size = i64::try_from(size).unwrap_or(i64::MAX / 2).max(1);
    let inside = match mode {
        TextureWrapMode::ClampToEdge => position.clamp(0, size - 1),
        TextureWrapMode::Repeat => position.rem_euclid(size),
        TextureWrapMode::MirroredRepeat => {
            let position = position.rem_euclid(2 * size);
            position.min(2 * size - 1 - position)
        }
    };
    inside as usize
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "the expected values are exact")]
mod tests {
    use super::*;
    use eframe::egui::ColorImage;
    use std::sync::Arc;

    fn grey(size: [usize; 2], levels: &[u8]) -> ImageData {
        let pixels = levels.iter().map(|&level| Color32::from_gray(level));
        ImageData::Color(Arc::new(ColorImage::new(size, pixels.collect())))
    }

    fn red(texture: &Texture, texels_per_pixel: f32, uv: [f32; 2]) -> f32 {
        texture.sampler(texels_per_pixel).sample(uv)[0]
    }

    #[test]
    fn linear_filter_mixes_neighbours_and_nearest_does_not() {
        let image = grey([2, 1], &[0, 200]);
        let linear = Texture::new(&ImageDelta::full(image.clone(), TextureOptions::LINEAR));
        let nearest = Texture::new(&ImageDelta::full(image, TextureOptions::NEAREST));
        assert_eq!(red(&linear, 0.1, [0.25, 0.5]), 0.0);
        assert_eq!(red(&linear, 0.1, [0.5, 0.5]), 100.0);
        assert_eq!(red(&linear, 0.1, [0.75, 0.5]), 200.0);
        assert_eq!(red(&nearest, 0.1, [0.49, 0.5]), 0.0);
        assert_eq!(red(&nearest, 0.1, [0.51, 0.5]), 200.0);
    }

    #[test]
    fn the_filter_depends_on_the_scale() {
        let options = TextureOptions {
            magnification: TextureFilter::Nearest,
            minification: TextureFilter::Linear,
            ..TextureOptions::default()
        };
        let texture = Texture::new(&ImageDelta::full(grey([2, 1], &[0, 200]), options));
        assert_eq!(red(&texture, 0.5, [0.45, 0.5]), 0.0);
        assert_eq!(red(&texture, 2.0, [0.45, 0.5]).round(), 80.0);
    }

    #[test]
    fn positions_outside_are_clamped_repeated_or_mirrored() {
        let row = |mode| -> Vec<usize> { (-3..6).map(|at| wrap(at, 3, mode)).collect() };
        assert_eq!(row(TextureWrapMode::ClampToEdge), [0, 0, 0, 0, 1, 2, 2, 2, 2]);
        assert_eq!(row(TextureWrapMode::Repeat), [0, 1, 2, 0, 1, 2, 0, 1, 2]);
        assert_eq!(row(TextureWrapMode::MirroredRepeat), [2, 1, 0, 0, 1, 2, 2, 1, 0]);
    }

    #[test]
    fn a_patch_replaces_its_rectangle_only() {
        let options = TextureOptions::NEAREST;
        let mut texture = Texture::new(&ImageDelta::full(grey([3, 3], &[0; 9]), options));
        texture.patch(&ImageDelta::partial([1, 1], grey([2, 2], &[1, 2, 3, 4]), options));
        let levels: Vec<u8> = texture.texels.iter().map(Color32::r).collect();
        assert_eq!(levels, [0, 0, 0, 0, 1, 2, 0, 3, 4]);
    }

    #[test]
    fn a_patch_that_sticks_out_is_cut() {
        let options = TextureOptions::NEAREST;
        let mut texture = Texture::new(&ImageDelta::full(grey([2, 2], &[0; 4]), options));
        for position in [[1, 1], [2, 0], [0, 9]] {
            let patch = ImageDelta::partial(position, grey([2, 2], &[7; 4]), options);
            texture.patch(&patch);
        }
        let levels: Vec<u8> = texture.texels.iter().map(Color32::r).collect();
        assert_eq!(levels, [0, 0, 0, 7]);
    }
}
