//! What the map says under the pointer, in words.

use super::answer::cell_text;
use super::points::MapPoint;
use crate::data::TargetEncoding;
use crate::insight::map::Drawn;
use crate::insight::{Axis, InsightFrame, Map, MapValues};
use crate::ui::{Scene, format};

/// The place, the network's answer there and the row nearby.
pub fn text(
    scene: &Scene<'_>,
    frame: Option<&InsightFrame>,
    (x, y): (&Axis, &Axis),
    [across, up]: [f64; 2],
    near: Option<MapPoint>,
) -> String {
    let place = format!(
        "{} {} · {} {}",
        x.name,
        cell_text(&x.cell(across)),
        y.name,
        cell_text(&y.cell(up))
    );
    let answer = frame.and_then(|frame| match &frame.drawn {
        Some(Drawn::Map(map)) => {
            answer_at(map, &frame.prepared.samples.encoder.target, [across, up])
        }
        _ => None,
    });
    let mut text = match answer {
        Some(answer) => format!("{place} → {answer}"),
        None => place,
    };
    if let Some(point) = near {
        text.push_str("\nNearest: ");
        text.push_str(&row_text(scene, &point));
    }
    text
}

/// The network's answer at a place, read from the map.
fn answer_at(map: &Map, target: &TargetEncoding, [across, up]: [f64; 2]) -> Option<String> {
    let column = cell_index(across, map.x.range(), map.resolution)?;
    let row = cell_index(up, map.y.range(), map.resolution)?;
    let index = row * map.resolution + column;
    let name = |class: usize| target.classes().get(class).map_or("?", String::as_str);
    match &map.values {
        MapValues::Number { values, .. } => Some(format::number(f64::from(*values.get(index)?))),
        MapValues::Binary(values) => {
            let probability = f64::from(*values.get(index)?);
            let class = usize::from(probability >= 0.5);
            let probability = if class == 1 { probability } else { 1.0 - probability };
            Some(format!("{} {}", name(class), format::percent(probability)))
        }
        MapValues::Classes { classes, certainty } => {
            let class = usize::from(*classes.get(index)?);
            let probability = f64::from(*certainty.get(index)?);
            Some(format!("{} {}", name(class), format::percent(probability)))
        }
    }
}

fn cell_index(value: f64, (low, high): (f64, f64), count: usize) -> Option<usize> {
    let share = (value - low) / (high - low);
    (0.0..=1.0)
        .contains(&share)
        .then(|| ((share * count as f64) as usize).min(count.saturating_sub(1)))
}

/// A row in words: its number, its target, its part.
pub fn row_text(scene: &Scene<'_>, point: &MapPoint) -> String {
    let number = u64::from(point.row) + 1;
    let part = if point.train { "training" } else { "validation" };
    let Some(samples) = scene.samples else {
        return format!("point {}", format::count(number));
    };
    let target = samples.encoder.target.name();
    let value = samples.table.column(target).map(|column| column.values.cell(point.row as usize));
    let value = value.map_or_else(String::new, |cell| cell_text(&cell));
    let name = match &samples.encoder.target {
        TargetEncoding::Classes { .. } => value,
        TargetEncoding::Number { name, .. } => format!("{name} {value}"),
    };
    format!("row {}, {name} ({part})", format::count(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_on_the_grid() {
        assert_eq!(cell_index(-6.0, (-6.0, 6.0), 100), Some(0));
        assert_eq!(cell_index(6.0, (-6.0, 6.0), 100), Some(99));
        assert_eq!(cell_index(0.01, (-6.0, 6.0), 100), Some(50));
        assert_eq!(cell_index(7.0, (-6.0, 6.0), 100), None);
    }
}
