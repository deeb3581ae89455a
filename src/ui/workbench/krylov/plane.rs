//! Two unknowns: the plane with its level lines, and the path of every solver drawn in it.

use std::sync::Arc;

use eframe::egui::{
    Align2, Color32, CursorIcon, FontId, Painter, Pos2, Rect, Response, RichText, Role, Sense,
    Shape, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::level::LevelImage;
use super::look;
use crate::insight::linear::{Landscape, SolverRun};
use crate::insight::{Axis, LinearStudy, Scale};
use crate::krylov::{Outcome, Solver};
use crate::ui::result::plane::{BELOW, Plane};
use crate::ui::{format, theme};

/// Room for the figures beside the plane, in points.
const BESIDE: f32 = 52.0;
/// Radius of a point of a path, in points.
const POINT: f32 = 4.2;
/// Two figures at points are at least so far apart, in points.
const APART: f32 = 20.0;
/// Points that are numbered, at most.
const NUMBERED: usize = 12;
/// How near the pointer must be to a point to read it, in points.
const NEAR: f32 = 14.0;

/// What is kept between frames.
#[derive(Default)]
pub struct PlaneState {
    image: LevelImage,
    /// While x₀ is dragged the view stays as it is.
    held: Option<Plane>,
}

/// Draws the plane. Returns where x₀ was moved to.
pub fn show(
    ui: &mut Ui,
    study: &Arc<LinearStudy>,
    solvers: &[Solver],
    position: f64,
    size: Vec2,
    state: &mut PlaneState,
) -> Option<[f64; 2]> {
    let landscape = study.landscape.as_ref()?;
    let (room, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let rect = Rect::from_min_max(
        pos2(room.left() + BESIDE, room.top() + theme::SPACE_1),
        pos2(room.right() - theme::SPACE_2, room.bottom() - BELOW),
    );
    let plane = state.held.filter(|held| held.rect == rect);
    let plane = plane.unwrap_or_else(|| equal_scales(landscape, rect));
    let pressed = response.is_pointer_button_down_on();
    state.held = pressed.then_some(plane);
    state.image.draw(ui, study, plane);
    plane.draw_axes(ui, &axis("x₁", plane.x), &axis("x₂", plane.y));
    let painter = ui.painter().with_clip_rect(rect);
    let mut placed = Vec::new();
    for &solver in solvers {
        if let Some(run) = study.run(solver) {
            path(&painter, theme::palette(ui).canvas, plane, run, position);
        }
    }
    landmarks(ui, &painter, plane, study, &mut placed);
    for &solver in solvers {
        if let Some(run) = study.run(solver) {
            figures(ui, &painter, plane, run, position, &mut placed);
        }
    }
    describe(&response, study, landscape);
    let moved = response
        .interact_pointer_pos()
        .filter(|pointer| pressed && rect.contains(*pointer))
        .map(|pointer| plane.values_from(pointer));
    let response = response.on_hover_cursor(CursorIcon::Crosshair);
    if let Some(pointer) = response.hover_pos().filter(|pointer| rect.contains(*pointer)) {
        corner(ui, &painter, landscape, plane, pointer);
    }
    hover(response, study, plane, solvers, position);
    moved
}

/// The part of the plane worth seeing, with the same scale along both axes: right angles must look
/// right.
fn equal_scales(landscape: &Landscape, rect: Rect) -> Plane {
    let middle = |(low, high): (f64, f64)| f64::midpoint(low, high);
    let span = |(low, high): (f64, f64)| high - low;
    let (width, height) = (f64::from(rect.width().max(1.0)), f64::from(rect.height().max(1.0)));
    let unit = (span(landscape.x) / width).max(span(landscape.y) / height);
    let around =
        |middle: f64, points: f64| (middle - unit * points / 2.0, middle + unit * points / 2.0);
    Plane { rect, x: around(middle(landscape.x), width), y: around(middle(landscape.y), height) }
}

fn axis(name: &str, (minimum, maximum): (f64, f64)) -> Axis {
    Axis { column: 0, name: name.to_owned(), scale: Scale::Number { minimum, maximum } }
}

/// The places of a path up to a position, which may lie between two iterates.
fn places(plane: Plane, run: &SolverRun, position: f64) -> Vec<Pos2> {
    let whole = position.floor() as usize;
    let mut places: Vec<Pos2> =
        run.path.iter().take(whole + 1).map(|&x| plane.screen_from(x)).collect();
    if let (Some(&last), Some(&next)) = (places.last(), run.path.get(whole + 1)) {
        let share = position.fract() as f32;
        if share > 0.0 {
            places.push(last + (plane.screen_from(next) - last) * share);
        }
    }
    // Far outside a drawing has no room for its numbers.
    places.retain(|place| place.x.abs() < 1e5 && place.y.abs() < 1e5);
    places
}

fn path(painter: &Painter, ground: Color32, plane: Plane, run: &SolverRun, position: f64) {
    let places = places(plane, run, position);
    let mut shapes = Vec::new();
    if places.len() > 1 {
        look::line(&mut shapes, run.solver, &places);
    }
    let whole = (position.floor() as usize + 1).min(run.path.len());
    let mut last: Option<Pos2> = None;
    for &place in places.iter().take(whole).skip(1) {
        // Where steps are smaller than a marker, some are left out.
        if last.is_none_or(|last| last.distance(place) > POINT) {
            look::dot(&mut shapes, run.solver, place, POINT, ground);
            last = Some(place);
        }
    }
    if let Outcome::NegativeCurvature { direction, .. } = &run.outcome
        && position >= run.iterations() as f64
        && let (Some(&from), &[x, y]) = (places.last(), &direction[..])
    {
        endless(&mut shapes, plane, run.solver, from, [x, y]);
    }
    painter.extend(shapes);
}

/// An arrow in the direction in which the quadratic falls for ever.
fn endless(shapes: &mut Vec<Shape>, plane: Plane, solver: Solver, from: Pos2, [x, y]: [f64; 2]) {
    let along = vec2(x as f32, -y as f32).normalized();
    let length = 0.22 * plane.rect.width().min(plane.rect.height());
    let tip = from + along * length;
    let stroke = Stroke::new(2.0, look::color(solver));
    shapes.extend(Shape::dashed_line(&[from, tip], stroke, 5.0, 4.0));
    for side in [1.0, -1.0] {
        let barb = (along * -1.0 + along.rot90() * (0.6 * side)).normalized() * 9.0;
        shapes.push(Shape::line_segment([tip, tip + barb], stroke));
    }
}

/// The start and the solution.
fn landmarks(
    ui: &Ui,
    painter: &Painter,
    plane: Plane,
    study: &LinearStudy,
    placed: &mut Vec<Pos2>,
) {
    let palette = theme::palette(ui);
    let color = palette.text_strong;
    let stroke = Stroke::new(2.0, color);
    if let &[x, y] = &study.start[..] {
        let at = plane.screen_from([x, y]);
        painter.circle(at, 6.0, palette.canvas, stroke);
        label(ui, painter, at + vec2(9.0, -9.0), Align2::LEFT_BOTTOM, "x₀", color);
        placed.extend([at, at + vec2(16.0, -16.0)]);
    }
    if let Some(solution) = study.landscape.as_ref().and_then(Landscape::solution) {
        let at = plane.screen_from(solution);
        for along in [vec2(9.0, 0.0), vec2(0.0, 9.0)] {
            painter.line_segment([at - along, at + along], stroke);
        }
        painter.circle_stroke(at, 5.5, Stroke::new(1.5, color));
        label(ui, painter, at + vec2(-9.0, -9.0), Align2::RIGHT_BOTTOM, "x*", color);
        placed.extend([at, at + vec2(-16.0, -16.0)]);
    }
}

/// The numbers of the first iterates, as far as they do not lie over each other.
fn figures(
    ui: &Ui,
    painter: &Painter,
    plane: Plane,
    run: &SolverRun,
    position: f64,
    placed: &mut Vec<Pos2>,
) {
    let whole = (position.floor() as usize).min(NUMBERED);
    for (k, &x) in run.path.iter().enumerate().take(whole + 1).skip(1) {
        let at = plane.screen_from(x);
        let free = placed.iter().all(|other| other.distance(at) >= APART);
        if free && plane.rect.shrink(8.0).contains(at) {
            placed.push(at);
            let color = theme::palette(ui).text_strong;
            label(ui, painter, at + vec2(6.0, -5.0), Align2::LEFT_BOTTOM, &k.to_string(), color);
        }
    }
}

/// A text on a plate of the ground's colour, so that lines do not run through it.
fn label(ui: &Ui, painter: &Painter, at: Pos2, align: Align2, text: &str, color: Color32) {
    let font = FontId::proportional(theme::TEXT_SMALL);
    let galley = painter.layout_no_wrap(text.to_owned(), font, color);
    let rect = align.anchor_size(at, galley.size());
    let plate = theme::palette(ui).canvas.gamma_multiply(0.75);
    painter.rect_filled(rect.expand2(vec2(2.0, 0.0)), 3.0, plate);
    painter.galley(rect.min, galley, color);
}

/// What lies under the pointer, in numbers.
fn hover(response: Response, study: &LinearStudy, plane: Plane, solvers: &[Solver], position: f64) {
    let Some(pointer) = response.hover_pos().filter(|pointer| plane.rect.contains(*pointer)) else {
        return;
    };
    let whole = position.floor() as usize;
    let near: Vec<_> = solvers
        .iter()
        .filter_map(|&solver| {
            let run = study.run(solver)?;
            let iterates = run.path.iter().enumerate().take(whole + 1);
            let distance = |x: &[f64; 2]| plane.screen_from(*x).distance(pointer);
            let (k, x) = iterates
                .min_by(|(_, one), (_, other)| distance(one).total_cmp(&distance(other)))?;
            (distance(x) <= NEAR).then_some((run, k, *x))
        })
        .collect();
    if near.is_empty() {
        return;
    }
    response.on_hover_ui_at_pointer(|ui| {
        for (run, k, x) in &near {
            ui.horizontal(|ui| {
                look::swatch(ui, run.solver);
                ui.label(RichText::new(format!("{} x{}", run.solver.name(), k)).strong());
                let residual = run.residuals.get(*k).copied().unwrap_or(f64::NAN);
                ui.label(format!("{}  |r| = {}", pair(*x), format::number(residual)));
            });
        }
    });
}

/// The numbers of the place under the pointer, in the corner where they hide nothing.
fn corner(ui: &Ui, painter: &Painter, landscape: &Landscape, plane: Plane, pointer: Pos2) {
    let at = plane.values_from(pointer);
    let text = format!(
        "{}  height {}  press to begin here",
        pair(at),
        format::number(landscape.value(at))
    );
    let place = plane.rect.left_bottom() + vec2(6.0, -6.0);
    label(ui, painter, place, Align2::LEFT_BOTTOM, &text, theme::palette(ui).text);
}

fn pair([x, y]: [f64; 2]) -> String {
    format!("({}, {})", format::fixed(x, 3), format::fixed(y, 3))
}

fn describe(response: &Response, study: &LinearStudy, landscape: &Landscape) {
    response.widget_info(|| {
        let solution = landscape.solution().map_or_else(
            || "no solution".to_owned(),
            |[x, y]| format!("the solution at ({}, {})", format::number(x), format::number(y)),
        );
        let text = format!(
            "Level lines of {}, {solution}; the paths of {} solvers from x₀.",
            landscape.surface.caption(),
            study.runs.len()
        );
        WidgetInfo::labeled(Role::Figure, true, text)
    });
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::insight::LinearSpec;
    use crate::insight::linear::study;
    use crate::krylov::{Example, ExampleKind};

    #[test]
    fn a_path_between_two_iterates_ends_between_them() {
        let example = Example { size: 2, condition: 9.0, ..Example::new(ExampleKind::Spd) };
        let study =
            study(LinearSpec::of(example), &|_| ControlFlow::Continue(())).unwrap().unwrap();
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(200.0, 100.0));
        let plane = equal_scales(study.landscape.as_ref().unwrap(), rect);
        let scale = |(low, high): (f64, f64), points: f64| (high - low) / points;
        assert!((scale(plane.x, 200.0) - scale(plane.y, 100.0)).abs() < 1e-12);
        let run = study.run(Solver::Cg).unwrap();
        assert_eq!(places(plane, run, 0.0).len(), 1);
        let half = places(plane, run, 0.5);
        let (from, to) = (plane.screen_from(run.path[0]), plane.screen_from(run.path[1]));
        assert!(half[1].distance(from + (to - from) * 0.5) < 1e-3);
        assert_eq!(places(plane, run, 1e6).len(), run.path.len());
    }
}
