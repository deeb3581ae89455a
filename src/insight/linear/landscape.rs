//! The surface whose level lines show what the solvers of a system with two unknowns do.
//!
//! Owns [`Landscape`]. For a symmetric A it is the quadratic φ(x) = ½xᵀAx − bᵀx, whose slope is
//! A·x − b, so that the solution is where it is flat. Without symmetry there is no such quadratic;
//! then it is the squared residual |b − A·x|².

use super::{SolverRun, distance};
use crate::krylov::System;

/// The form of the surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// φ with a lowest point.
    Bowl,
    /// φ that rises one way and falls the other.
    Saddle,
    /// φ with a highest point.
    Dome,
    /// φ that is flat along a line: A is singular.
    Trough,
    /// |b − A·x|², for a matrix that is not symmetric.
    SquaredResidual,
}

impl Surface {
    /// What is drawn, for a caption.
    pub const fn caption(self) -> &'static str {
        match self {
            Self::Bowl => "φ(x) = ½xᵀAx − bᵀx, a bowl: its lowest point is the solution",
            Self::Saddle => "φ(x) = ½xᵀAx − bᵀx, a saddle: the solution is the pass",
            Self::Dome => "φ(x) = ½xᵀAx − bᵀx, a dome: the solution is its top",
            Self::Trough => "φ(x) = ½xᵀAx − bᵀx, flat along a line: A is singular",
            Self::SquaredResidual => "|b − A·x|²: zero at the solution (A is not symmetric)",
        }
    }

    /// How to read it.
    pub const fn help(self) -> &'static str {
        match self {
            Self::Bowl => {
                "Each line joins points of the same height, like the contours of a map. A·x − b is \
                 the slope of φ, so solving A·x = b means finding the lowest point. The lines are \
                 ellipses, √κ times as long as wide: the larger the condition number κ, the \
                 narrower the valley."
            }
            Self::Saddle => {
                "Each line joins points of the same height. One eigenvalue of A is negative, so φ \
                 rises in one direction (blue) and falls in the other (orange). The solution is the \
                 pass between, and walking downhill leads away from it."
            }
            Self::Dome => {
                "Each line joins points of the same height. All eigenvalues of A are negative: the \
                 solution is the highest point, and −A·x = −b turns the dome into a bowl."
            }
            Self::Trough => {
                "Each line joins points of the same height. A presses one direction flat: either \
                 a whole line of points solves A·x = b, or none does."
            }
            Self::SquaredResidual => {
                "Each line joins points with the same residual. A matrix that is not symmetric is \
                 not the curvature of any surface, so the picture shows what is left of b instead. \
                 GMRES makes it as small as it can in each step."
            }
        }
    }
}

/// Level lines of a system with two unknowns, and the part of the plane that is worth seeing.
#[derive(Debug, Clone, PartialEq)]
pub struct Landscape {
    /// The form of the surface.
    pub surface: Surface,
    /// The smallest and largest x₁ worth seeing.
    pub x: (f64, f64),
    /// The smallest and largest x₂ worth seeing.
    pub y: (f64, f64),
    a: [[f64; 2]; 2],
    b: [f64; 2],
    solution: Option<[f64; 2]>,
}

impl Landscape {
    /// The landscape of a system with two unknowns; nothing for more or fewer.
    pub fn new(
        system: &System,
        start: &[f64],
        solution: Option<&[f64]>,
        runs: &[SolverRun],
    ) -> Option<Self> {
        if system.a.size() != 2 {
            return None;
        }
        let entry = |row, column| system.a.get(row, column).unwrap_or(0.0);
        let a = [[entry(0, 0), entry(0, 1)], [entry(1, 0), entry(1, 1)]];
        let pair =
            |v: &[f64]| [v.first().copied().unwrap_or(0.0), v.get(1).copied().unwrap_or(0.0)];
        let surface = surface_of(system);
        let solution = solution.map(pair);
        let (x, y) = worth_seeing(pair(start), solution, runs);
        Some(Self { surface, x, y, a, b: pair(&system.b), solution })
    }

    /// The solution, if there is one.
    pub const fn solution(&self) -> Option<[f64; 2]> {
        self.solution
    }

    /// The height of the surface at x.
    pub fn value(&self, x: [f64; 2]) -> f64 {
        let ax = times(self.a, x);
        if self.surface == Surface::SquaredResidual {
            let r = [self.b[0] - ax[0], self.b[1] - ax[1]];
            return r[0] * r[0] + r[1] * r[1];
        }
        0.5 * (x[0] * ax[0] + x[1] * ax[1]) - self.b[0] * x[0] - self.b[1] * x[1]
    }

    /// The height above (below: negative) the solution on a scale on which level lines lie at equal
    /// steps, and its slope: the signed square root, as a bowl's lines would crowd otherwise. Where
    /// there is no solution, the height itself.
    pub fn step_height(&self, x: [f64; 2]) -> (f64, [f64; 2]) {
        let Some(solution) = self.solution else {
            return (self.value(x), self.slope(x));
        };
        let e = [x[0] - solution[0], x[1] - solution[1]];
        let ae = times(self.a, e);
        // Above the solution the surface is ½eᵀAe or |A·e|², exactly.
        let (height, slope) = if self.surface == Surface::SquaredResidual {
            (ae[0] * ae[0] + ae[1] * ae[1], times_two(transposed(self.a), ae))
        } else {
            (0.5 * (e[0] * ae[0] + e[1] * ae[1]), ae)
        };
        let root = height.abs().sqrt();
        let scale = if root > 0.0 { 0.5 / root } else { 0.0 };
        (height.signum() * root, [slope[0] * scale, slope[1] * scale])
    }

    fn slope(&self, x: [f64; 2]) -> [f64; 2] {
        let ax = times(self.a, x);
        let minus_r = [ax[0] - self.b[0], ax[1] - self.b[1]];
        if self.surface == Surface::SquaredResidual {
            times_two(transposed(self.a), minus_r)
        } else {
            minus_r
        }
    }
}

fn times(a: [[f64; 2]; 2], v: [f64; 2]) -> [f64; 2] {
    a.map(|row| row[0] * v[0] + row[1] * v[1])
}

fn times_two(a: [[f64; 2]; 2], v: [f64; 2]) -> [f64; 2] {
    times(a, v).map(|value| 2.0 * value)
}

fn transposed(a: [[f64; 2]; 2]) -> [[f64; 2]; 2] {
    [[a[0][0], a[1][0]], [a[0][1], a[1][1]]]
}

fn surface_of(system: &System) -> Surface {
    let Some(eigen) = system.a.eigen() else { return Surface::SquaredResidual };
    let largest = eigen.values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let flat = 1e-15 * largest;
    match (eigen.values.first(), eigen.values.last()) {
        (Some(&low), _) if low > flat => Surface::Bowl,
        (_, Some(&high)) if high < -flat => Surface::Dome,
        (Some(&low), Some(&high)) if low < -flat && high > flat => Surface::Saddle,
        _ => Surface::Trough,
    }
}

/// The box around start, solution and the steps that stay near, with some room.
fn worth_seeing(
    start: [f64; 2],
    solution: Option<[f64; 2]>,
    runs: &[SolverRun],
) -> ((f64, f64), (f64, f64)) {
    /// Steps further away than this many times the start would make the rest too small to see.
    const FAR: f64 = 2.0;
    /// Room around the box, as a share of its longer side.
    const ROOM: f64 = 0.22;
    let centre = solution.unwrap_or(start);
    let reach = distance(&start, &centre);
    let mut points = vec![start, centre];
    let near = |point: &[f64; 2]| {
        point.iter().all(|value| value.is_finite())
            && (reach == 0.0 || distance(point, &centre) <= FAR * reach)
    };
    points.extend(runs.iter().flat_map(|run| run.path.iter().copied()).filter(near));
    let range = |axis: usize| {
        points.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), point| {
            (low.min(point[axis]), high.max(point[axis]))
        })
    };
    let (x, y) = (range(0), range(1));
    let longer = (x.1 - x.0).max(y.1 - y.0);
    let least =
        1e-3 * start.iter().chain(&centre).fold(0.0_f64, |size, value| size.max(value.abs()));
    let room = if longer > least { ROOM * longer } else { least.max(1e-6) * 1e3 };
    ((x.0 - room, x.1 + room), (y.0 - room, y.1 + room))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn landscape(text: &str, solution: Option<[f64; 2]>) -> Landscape {
        let system = System::parse(text).unwrap();
        let solution = solution.as_ref().map(|x| &x[..]);
        Landscape::new(&system, &[0.0, 0.0], solution, &[]).unwrap()
    }

    #[test]
    fn the_form_follows_from_the_eigenvalues() {
        let form = |text| landscape(text, None).surface;
        assert_eq!(form("2 0\n0 1"), Surface::Bowl);
        assert_eq!(form("2 0\n0 -1"), Surface::Saddle);
        assert_eq!(form("-2 0\n0 -1"), Surface::Dome);
        assert_eq!(form("1 1\n1 1"), Surface::Trough);
        assert_eq!(form("0 1\n-1 0"), Surface::SquaredResidual);
        let three = System::parse("1 0 0\n0 1 0\n0 0 1").unwrap();
        assert_eq!(Landscape::new(&three, &[0.0; 3], None, &[]), None);
    }

    #[test]
    fn the_slope_of_the_steps_agrees_with_differences() {
        for text in ["3 1 4\n1 2 3", "1 2 3\n2 -1 1", "1 2 3\n-1 1 0"] {
            // All three have the solution (1, 1).
            let landscape = landscape(text, Some([1.0, 1.0]));
            for at in [[0.3, -0.7], [2.0, 1.5]] {
                let (_, slope) = landscape.step_height(at);
                for axis in 0..2 {
                    let h = 1e-6;
                    let moved = |by: f64| {
                        let mut x = at;
                        x[axis] += by;
                        landscape.step_height(x).0
                    };
                    let difference = (moved(h) - moved(-h)) / (2.0 * h);
                    assert!((difference - slope[axis]).abs() < 1e-6, "{text} {at:?}");
                }
                let above = landscape.value(at) - landscape.value([1.0, 1.0]);
                let (root, _) = landscape.step_height(at);
                assert!((above - root * root.abs()).abs() < 1e-9, "{text} {at:?}");
            }
        }
    }

    #[test]
    fn the_view_holds_start_and_solution_and_is_never_empty() {
        let seen = landscape("2 0\n0 1", Some([3.0, -4.0]));
        assert!(seen.x.0 < 0.0 && seen.x.1 > 3.0 && seen.y.0 < -4.0 && seen.y.1 > 0.0);
        let same = landscape("2 0\n0 1", Some([0.0, 0.0]));
        assert!(same.x.1 > same.x.0 && same.y.1 > same.y.0);
    }
}
