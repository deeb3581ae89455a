//! Holds the controls of a card still under the pointer.
//!
//! A layer that gets another neuron grows, and the network is laid out anew around its middle.
//! Without this, the next click on + would land on something else. What is held stays where it is
//! until the pointer comes to the controls of another card, or the drawing is moved or zoomed.

use eframe::egui::{Pos2, Rect, Vec2, vec2};

use super::layout::{Canvas, CardBox, Layout, MARGIN};
use super::model::Card;

/// The controls that the pointer was over last, where they were when it came, and what must not
/// have changed since.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Held {
    layer: u32,
    footer: Rect,
    canvas: Canvas,
    zoom: f32,
    pan: Vec2,
}

/// Tries to find a height at which the network leaves the controls where they are.
const TRIES: usize = 8;

/// Lays the network out so that the controls the pointer was over last stay where they were.
pub(super) fn lay_out(
    held: &mut Option<Held>,
    pointer: Option<Pos2>,
    cards: &[Card],
    canvas: Canvas,
    zoom: Option<f32>,
    pan: &mut Vec2,
) -> Layout {
    let still = held.and_then(|held| keep(held, cards, canvas, zoom, pan));
    if still.is_none() {
        *held = None;
    }
    let layout = still.unwrap_or_else(|| Layout::new(cards, canvas, zoom, pan));
    let mut places = cards.iter().zip(&layout.boxes);
    let here = places.find(|(_, place)| pointer.is_some_and(|at| place.footer.contains(at)));
    if let Some((card, place)) = here
        && held.is_none_or(|held| held.layer != card.id)
    {
        let zoom = layout.measure.zoom;
        *held = Some(Held { layer: card.id, footer: place.footer, canvas, zoom, pan: *pan });
    } else if let Some(held) = held {
        held.pan = *pan;
    }
    layout
}

/// The layout with the held controls in their place; `None` where the drawing was moved, zoomed or
/// changed otherwise. A network without room to grow further is drawn less high.
fn keep(
    held: Held,
    cards: &[Card],
    canvas: Canvas,
    zoom: Option<f32>,
    pan: &mut Vec2,
) -> Option<Layout> {
    if held.pan != *pan || held.canvas != canvas {
        return None;
    }
    let inner = canvas.rect.shrink(MARGIN);
    let mut height = inner.height();
    for _ in 0..TRIES {
        let mut moved = *pan;
        let mut layout = Layout::of_height(cards, canvas, zoom, &mut moved, height);
        let card = box_of(held.layer, cards, &layout)?;
        let same = layout.measure.zoom.to_bits() == held.zoom.to_bits()
            && (card.footer.left() - held.footer.left()).abs() < 1.0;
        if !same {
            return None;
        }
        let way = held.footer.top() - card.footer.top();
        let room = (inner.top() - layout.content.top()).min(0.0)
            ..=(inner.bottom() - layout.content.bottom()).max(0.0);
        let possible = way.clamp(*room.start(), *room.end());
        if (possible - way).abs() < 1.0 {
            layout.shift(vec2(0.0, possible));
            *pan = moved + vec2(0.0, possible);
            return Some(layout);
        }
        height = layout.content.height() - 2.0 * (way - possible).abs();
    }
    None
}

fn box_of<'a>(layer: u32, cards: &[Card], layout: &'a Layout) -> Option<&'a CardBox> {
    let position = cards.iter().position(|card| card.id == layer)?;
    layout.boxes.get(position)
}

#[cfg(test)]
mod tests {
    use eframe::egui::pos2;

    use super::*;
    use crate::experiment::NetworkSpec;
    use crate::nn::Activation;
    use crate::ui::canvas::model::{Facts, cards};

    const CANVAS: Canvas =
        Canvas { rect: Rect { min: pos2(0.0, 0.0), max: pos2(620.0, 460.0) }, magnified: 1.0 };

    fn of(units: usize) -> Vec<Card> {
        cards(&NetworkSpec::dense(&[units, 2], Activation::Tanh), &Facts::default())
    }

    #[test]
    fn the_controls_of_a_growing_layer_stay_under_the_pointer() {
        let (mut held, mut pan) = (None, Vec2::ZERO);
        let first = lay_out(&mut held, None, &of(2), CANVAS, None, &mut pan);
        let footer = first.boxes[1].footer;
        let pointer = Some(footer.center());
        lay_out(&mut held, pointer, &of(2), CANVAS, None, &mut pan);
        let mut other = Vec2::ZERO;
        let free = Layout::new(&of(8), CANVAS, None, &mut other);
        assert!((free.boxes[1].footer.top() - footer.top()).abs() > 20.0, "the layer grows");
        for units in [3, 4, 5, 6, 7, 8, 5, 2] {
            let layout = lay_out(&mut held, pointer, &of(units), CANVAS, None, &mut pan);
            assert!((layout.boxes[1].footer.top() - footer.top()).abs() < 1.5, "{units}");
            assert!(CANVAS.rect.contains_rect(layout.content), "{units}");
        }
    }

    #[test]
    fn moving_the_drawing_lets_go() {
        let (mut held, mut pan) = (None, Vec2::ZERO);
        let layout = lay_out(&mut held, None, &of(2), CANVAS, None, &mut pan);
        let pointer = Some(layout.boxes[1].footer.center());
        lay_out(&mut held, pointer, &of(2), CANVAS, None, &mut pan);
        assert!(held.is_some());
        pan += vec2(0.0, 30.0);
        let away = Some(pos2(2.0, 2.0));
        let moved = lay_out(&mut held, away, &of(2), CANVAS, None, &mut pan);
        assert_eq!(held, None);
        assert!((moved.content.center().y - layout.content.center().y - 30.0).abs() < 1.0);
    }
}
