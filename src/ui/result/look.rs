//! What classes and numbers look like on the map, in its legend and in the answers: the colour and
//! the marker of a class, the colour of a number.

use eframe::egui::Color32;

use crate::data::{Samples, TargetEncoding, Values};
use crate::ui::Scene;
use crate::ui::theme::{self, Marker, Palette, signed_color, signed_colors};

/// The classes of a task with the number that decides how each looks.
///
/// For a table that is the class's place among the classes. For points it is the place of its
/// colour among the colours to paint with: a class nobody has painted yet does not change how the
/// others look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    /// Names of the classes, in the order of the network's outputs.
    pub names: Vec<String>,
    /// For each class, which colour and marker it has.
    looks: Vec<usize>,
}

impl Looks {
    /// The classes of the samples; none for a regression.
    pub fn of(samples: &Samples, points: bool) -> Self {
        let TargetEncoding::Classes { name, classes } = &samples.encoder.target else {
            return Self::default();
        };
        let levels = match samples.table.column(name).map(|column| &column.values) {
            Some(Values::Category { levels, .. }) if points => levels.as_slice(),
            _ => &[],
        };
        let look = |(index, class): (usize, &String)| {
            levels.iter().position(|level| level == class).unwrap_or(index)
        };
        Self { names: classes.clone(), looks: classes.iter().enumerate().map(look).collect() }
    }

    /// The classes that a person can paint, for a map without any samples.
    pub fn painted(classes: usize) -> Self {
        Self {
            names: (1..=classes).map(|class| format!("class {class}")).collect(),
            looks: (0..classes).collect(),
        }
    }

    /// Which colour and marker a class has.
    pub fn look(&self, class: usize) -> usize {
        self.looks.get(class).copied().unwrap_or(class)
    }

    /// The colour of a class.
    pub fn color(&self, class: usize) -> Color32 {
        theme::class_color(self.look(class))
    }

    /// The marker of a class.
    pub fn marker(&self, class: usize) -> Marker {
        theme::class_marker(self.look(class))
    }

    /// The name of a class.
    pub fn name(&self, class: usize) -> &str {
        self.names.get(class).map_or("?", String::as_str)
    }

    /// Whether the two classes are the orange and the blue of signed values.
    fn signed(&self) -> bool {
        self.looks == [0, 1]
    }

    /// The colours of probabilities of the second of two classes, −1 (surely the first) to 1.
    pub fn between(&self, palette: &Palette) -> impl Fn(f32) -> Color32 {
        let (signed, signed_color) = (self.signed(), signed_colors(palette));
        let (neutral, ends) = (palette.neutral, [self.color(0), self.color(1)]);
        move |value| {
            if signed || value.is_nan() {
                return signed_color(value);
            }
            let [first, second] = ends;
            blend(neutral, if value < 0.0 { first } else { second }, value.abs())
        }
    }
}

/// The looks of the scene's classes.
pub fn looks(scene: &Scene<'_>) -> Looks {
    if let Some(samples) = scene.samples {
        return Looks::of(samples, scene.is_points());
    }
    match &scene.spec.data.source {
        crate::experiment::DataSource::Points(points) => Looks::painted(points.classes),
        _ => Looks::default(),
    }
}

/// The colour of a number within a range: orange at its lower end, blue at its upper.
pub fn number_color(value: f64, (low, high): (f64, f64), palette: &Palette) -> Color32 {
    let middle = f64::midpoint(low, high);
    let half = ((high - low) / 2.0).max(f64::MIN_POSITIVE);
    signed_color(((value - middle) / half) as f32, palette)
}

/// `share` of the way from one colour to another.
pub fn blend(from: Color32, to: Color32, share: f32) -> Color32 {
    from.lerp_to_gamma(to, share.clamp(0.0, 1.0))
}
