//! How the solvers are told apart: by colour, by marker and by the dashes of their lines.
//!
//! Several solvers often walk the very same way (CG and BiCG on a symmetric matrix, MINRES and
//! GMRES on most). Full lines are drawn first and wide, dashed ones over them and narrow, so that
//! both can be seen.

use eframe::egui::{Color32, Painter, Pos2, Rect, Sense, Shape, Stroke, Ui, pos2, vec2};

use crate::krylov::Solver;
use crate::ui::theme::{self, Marker};

/// Width of a swatch, in points.
pub const SWATCH: f32 = 26.0;

/// The solver's colour.
pub fn color(solver: Solver) -> Color32 {
    theme::class_color(index(solver))
}

/// The solver's marker.
pub fn marker(solver: Solver) -> Marker {
    theme::class_marker(index(solver))
}

/// The solver's place in the lists.
pub fn index(solver: Solver) -> usize {
    Solver::ALL.iter().position(|other| *other == solver).unwrap_or(0)
}

/// Width of the line, and length of its dashes and gaps; full lines have none.
const fn pen(solver: Solver) -> (f32, Option<(f32, f32)>) {
    match solver {
        Solver::SteepestDescent => (1.6, None),
        Solver::Cg | Solver::Minres => (3.2, None),
        Solver::Gmres => (1.8, Some((8.0, 6.0))),
        Solver::Bicg => (1.8, Some((4.0, 5.0))),
        Solver::Bicgstab => (1.8, Some((1.5, 4.0))),
    }
}

/// The solver's line through these places.
pub fn line(shapes: &mut Vec<Shape>, solver: Solver, places: &[Pos2]) {
    let (width, dashes) = pen(solver);
    let stroke = Stroke::new(width, color(solver));
    match dashes {
        None => shapes.push(Shape::line(places.to_vec(), stroke)),
        Some((dash, gap)) => shapes.extend(Shape::dashed_line(places, stroke, dash, gap)),
    }
}

/// The solver's marker at a place, set off from what lies under it. Those drawn later are smaller,
/// so that at a place where several solvers meet all can be seen.
pub fn dot(shapes: &mut Vec<Shape>, solver: Solver, at: Pos2, radius: f32, ground: Color32) {
    let size = match solver {
        Solver::SteepestDescent | Solver::Gmres => 1.0,
        Solver::Cg => 1.4,
        Solver::Minres => 1.3,
        Solver::Bicg => 0.8,
        Solver::Bicgstab => 0.9,
    };
    let outline = Stroke::new(1.0, ground);
    marker(solver).draw(shapes, at, radius * size, color(solver), outline);
}

/// A piece of the solver's line with its marker, for lists.
pub fn swatch(ui: &mut Ui, solver: Solver) {
    let size = vec2(SWATCH, ui.spacing().interact_size.y.min(20.0));
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    sample(ui.painter(), solver, rect, 1.0, theme::palette(ui).panel);
}

/// Paints such a piece into a place; less than 1 is paler.
pub fn sample(painter: &Painter, solver: Solver, rect: Rect, strength: f32, ground: Color32) {
    let mut shapes = Vec::new();
    let y = rect.center().y;
    line(&mut shapes, solver, &[pos2(rect.left(), y), pos2(rect.right(), y)]);
    dot(&mut shapes, solver, rect.center(), 4.0, ground);
    let mut painter = painter.clone();
    painter.multiply_opacity(strength);
    painter.extend(shapes);
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_solvers_look_alike() {
        let colors: HashSet<_> = Solver::ALL.iter().map(|&solver| color(solver)).collect();
        let markers: HashSet<_> = Solver::ALL.iter().map(|&solver| marker(solver)).collect();
        assert_eq!((colors.len(), markers.len()), (Solver::ALL.len(), Solver::ALL.len()));
    }

    #[test]
    fn who_walks_the_same_way_has_another_pen() {
        assert_ne!(pen(Solver::Cg), pen(Solver::Bicg));
        assert_ne!(pen(Solver::Minres), pen(Solver::Gmres));
    }
}
