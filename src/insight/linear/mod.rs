//! A linear system A·x = b and what every Krylov solver makes of it: the study behind the page
//! “Krylov methods”.
//!
//! Owns [`LinearSpec`] (which system), [`study`] and its result, [`LinearStudy`]. The solvers
//! themselves are in [`crate::krylov`]; here they run side by side on the same system from the same
//! start, and everything a picture of them needs is kept. What it means in words is in [`words`].
//! Knows no window.

pub mod basis;
pub mod landscape;
pub mod words;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

pub use basis::KrylovBasis;
pub use landscape::{Landscape, Surface};

use crate::krylov::{
    Example, Matrix, Next, Options, Outcome, Preconditioner, Solver, System, solve,
};

/// The most unknowns of a system that is studied.
pub const MAX_SIZE: usize = Example::MAX_SIZE;
/// The most iterations a solver may use.
pub const MAX_ITERATIONS: usize = 1000;
/// A solver ends when |b − A·x| is at most this share of |b|.
pub const TOLERANCE: f64 = 1e-8;
/// m of GMRES(m) unless another is chosen: no restart up to the largest size.
pub const RESTART: usize = MAX_SIZE;
/// A condition number from which rounding leaves no digit of the solution.
const HOPELESS_CONDITION: f64 = 1e15;
/// How far the work is when the solvers are through; the rest is the spectrum.
const SOLVED: f32 = 0.8;

/// Where the numbers of a system come from.
#[derive(Debug, Clone, PartialEq)]
pub enum SystemSource {
    /// Built to be as hard as one likes.
    Example(Example),
    /// Typed: rows of numbers, see [`System::parse`].
    Typed(String),
    /// Read from a file.
    File(Arc<SystemFile>),
}

/// A system read from a file.
#[derive(Debug, Clone, PartialEq)]
pub struct SystemFile {
    /// The file's name, without its folder.
    pub name: String,
    /// What it holds.
    pub system: System,
}

impl SystemFile {
    /// Reads a CSV file, as [`System::open`] does.
    ///
    /// # Errors
    /// When the file cannot be read or is no system of at most [`MAX_SIZE`] unknowns; the sentence
    /// names the place and the file.
    pub fn open(path: &Path) -> Result<Self, String> {
        let system = System::open(path).map_err(|error| error.to_string())?;
        let system =
            check_size(system).map_err(|error| format!("{error} The file: {}", path.display()))?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Ok(Self { name, system })
    }
}

/// What is to be studied.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearSpec {
    /// The system.
    pub source: SystemSource,
    /// x₀, where all solvers begin. What it lacks counts as 0.
    pub start: Vec<f64>,
    /// m of GMRES(m).
    pub restart: usize,
    /// The preconditioner that all solvers use.
    pub preconditioner: Preconditioner,
}

impl LinearSpec {
    /// The study of an example, from x₀ = 0.
    pub const fn of(example: Example) -> Self {
        Self::on(SystemSource::Example(example))
    }

    /// The study of a system, from x₀ = 0, without a preconditioner.
    pub const fn on(source: SystemSource) -> Self {
        Self { source, start: Vec::new(), restart: RESTART, preconditioner: Preconditioner::None }
    }

    /// Builds or reads the system.
    ///
    /// # Errors
    /// When the numbers are no system of at most [`MAX_SIZE`] unknowns; in a sentence.
    pub fn system(&self) -> Result<System, String> {
        match &self.source {
            SystemSource::Example(example) => example.build().map_err(|error| error.to_string()),
            SystemSource::Typed(text) => read(text),
            SystemSource::File(file) => Ok(file.system.clone()),
        }
    }
}

/// Reads a typed system.
///
/// # Errors
/// When the text is no system of at most [`MAX_SIZE`] unknowns; the sentence names line and column.
///
/// ```
/// use netsmith::insight::linear::read;
/// assert_eq!(read("2 1\n1 3")?.a.size(), 2);
/// assert!(read("2 1\n1 x").unwrap_err().contains("line 2, column 2"));
/// # Ok::<(), String>(())
/// ```
pub fn read(text: &str) -> Result<System, String> {
    check_size(System::parse(text).map_err(|error| error.to_string())?)
}

/// The system, if it is small enough to be studied.
fn check_size(system: System) -> Result<System, String> {
    if system.a.size() > MAX_SIZE {
        return Err(format!(
            "At most {MAX_SIZE} rows were expected, but there are {}. Take a part of the matrix.",
            system.a.size()
        ));
    }
    Ok(system)
}

/// What stretches how much: the numbers that decide how hard the system is.
#[derive(Debug, Clone, PartialEq)]
pub enum Spectrum {
    /// The eigenvalues of a symmetric matrix, from the smallest.
    Eigenvalues(Vec<f64>),
    /// The singular values of another matrix, from the smallest.
    SingularValues(Vec<f64>),
}

impl Spectrum {
    /// The numbers, from the smallest.
    pub fn values(&self) -> &[f64] {
        match self {
            Self::Eigenvalues(values) | Self::SingularValues(values) => values,
        }
    }

    /// κ, the largest size over the smallest; infinite for a singular matrix.
    pub fn condition(&self) -> f64 {
        let sizes = self.values().iter().map(|value| value.abs());
        let (low, high) = sizes
            .fold((f64::INFINITY, 0.0_f64), |(low, high), size| (low.min(size), high.max(size)));
        if low > 0.0 { high / low } else { f64::INFINITY }
    }
}

/// What one solver made of the system.
#[derive(Debug, Clone, PartialEq)]
pub struct SolverRun {
    /// Which solver.
    pub solver: Solver,
    /// `|b − A·xₖ|` for k = 0, 1, …, computed anew from `xₖ`: what the solver itself carries along
    /// may drift from it.
    pub residuals: Vec<f64>,
    /// `|xₖ − x*|` for k = 0, 1, …; empty where the solution is not known.
    pub errors: Vec<f64>,
    /// x₀, x₁, … of a system with two unknowns; empty otherwise.
    pub path: Vec<[f64; 2]>,
    /// Products with A (and Aᵀ) used until the end.
    pub products: usize,
    /// The last x.
    pub x: Vec<f64>,
    /// Why it ended.
    pub outcome: Outcome,
}

impl SolverRun {
    /// The number of iterations.
    pub fn iterations(&self) -> usize {
        self.residuals.len().saturating_sub(1)
    }

    /// Whether |b − A·x| is within the tolerance.
    pub fn solved(&self) -> bool {
        self.outcome == Outcome::Converged
    }

    /// The last residual.
    pub fn residual(&self) -> f64 {
        self.residuals.last().copied().unwrap_or(f64::NAN)
    }

    /// The last error, where the solution is known.
    pub fn error(&self) -> Option<f64> {
        self.errors.last().copied()
    }
}

/// A system with what every solver made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearStudy {
    /// What was asked for.
    pub spec: LinearSpec,
    /// A and b.
    pub system: System,
    /// x₀, n numbers.
    pub start: Vec<f64>,
    /// x* with A·x* = b; nothing where A is singular as far as rounding lets one see.
    pub solution: Option<Vec<f64>>,
    /// Row and column of the pair of entries that spoils the symmetry most, if A is not symmetric.
    pub asymmetry: Option<(usize, usize)>,
    /// The eigenvalues or singular values of A.
    pub spectrum: Spectrum,
    /// Those of M⁻¹·A, which the solvers see instead; nothing without a preconditioner, or where
    /// the diagonal holds a 0.
    pub preconditioned: Option<Spectrum>,
    /// The space the solvers search, vector by vector.
    pub basis: KrylovBasis,
    /// What each solver did, in the order of [`Solver::ALL`].
    pub runs: Vec<SolverRun>,
    /// The surface over the plane, for two unknowns.
    pub landscape: Option<Landscape>,
}

impl LinearStudy {
    /// n, the number of unknowns.
    pub fn size(&self) -> usize {
        self.system.a.size()
    }

    /// Whether A is symmetric.
    pub fn is_symmetric(&self) -> bool {
        self.asymmetry.is_none()
    }

    /// Whether A is symmetric with positive eigenvalues only.
    pub fn is_positive_definite(&self) -> bool {
        self.is_symmetric() && self.spectrum.values().iter().all(|&value| value > 0.0)
    }

    /// The eigenvalues or singular values of what the solvers work on: of M⁻¹·A, or of A itself.
    pub fn seen_spectrum(&self) -> &Spectrum {
        self.preconditioned.as_ref().unwrap_or(&self.spectrum)
    }

    /// What this solver did.
    pub fn run(&self, solver: Solver) -> Option<&SolverRun> {
        self.runs.iter().find(|run| run.solver == solver)
    }

    /// The iterations of the solver that took longest.
    pub fn longest(&self) -> usize {
        self.runs.iter().map(SolverRun::iterations).max().unwrap_or(0)
    }

    /// |b − A·x| below which a solver has found the solution.
    pub fn target(&self) -> f64 {
        TOLERANCE * norm(&self.system.b)
    }
}

/// Runs all solvers on the system. `report` hears how far it is and may break it off; then the
/// result is `None`.
///
/// # Errors
/// When the numbers are no system; in a sentence.
pub fn study(
    spec: LinearSpec,
    report: &dyn Fn(f32) -> ControlFlow<()>,
) -> Result<Option<LinearStudy>, String> {
    let system = spec.system()?;
    let mut start = spec.start.clone();
    start.resize(system.a.size(), 0.0);
    let reference = known_solution(&system);
    let diagonal = spec.preconditioner.diagonal_for(&system.a);
    let mut runs = Vec::with_capacity(Solver::ALL.len());
    for (index, &solver) in Solver::ALL.iter().enumerate() {
        let done = |share: f32| report(SOLVED * (index as f32 + share) / Solver::ALL.len() as f32);
        let options = Options {
            tolerance: TOLERANCE,
            max_iterations: MAX_ITERATIONS,
            restart: spec.restart,
            preconditioner: diagonal.as_deref(),
        };
        let Some(run) = run(solver, &system, &start, &options, reference.as_deref(), &done) else {
            return Ok(None);
        };
        runs.push(run);
    }
    let spectrum = spectrum(&system.a);
    let preconditioned = diagonal.as_deref().and_then(|m| preconditioned(&system.a, m));
    let solution = reference.filter(|_| spectrum.condition() < HOPELESS_CONDITION);
    if solution.is_none() {
        for run in &mut runs {
            run.errors.clear();
        }
    }
    if report(0.95).is_break() {
        return Ok(None);
    }
    let basis = KrylovBasis::new(&system, &start, diagonal.as_deref());
    let landscape = Landscape::new(&system, &start, solution.as_deref(), &runs);
    let asymmetry = system.a.asymmetry();
    Ok(Some(LinearStudy {
        spec,
        system,
        start,
        solution,
        asymmetry,
        spectrum,
        preconditioned,
        basis,
        runs,
        landscape,
    }))
}

/// Runs one solver and notes where it has been.
fn run(
    solver: Solver,
    system: &System,
    start: &[f64],
    options: &Options<'_>,
    solution: Option<&[f64]>,
    report: &dyn Fn(f32) -> ControlFlow<()>,
) -> Option<SolverRun> {
    /// Iterations between two reports.
    const OFTEN: usize = 16;
    let mut record = Record::new(system, solution);
    record.note(start);
    let mut operator = &system.a;
    let solved = solve(solver, &mut operator, &system.b, Some(start), options, &mut |iteration| {
        record.note(iteration.x);
        let pause = iteration.number.is_multiple_of(OFTEN);
        if pause && report(iteration.number as f32 / MAX_ITERATIONS as f32).is_break() {
            Next::Stop
        } else {
            Next::Continue
        }
    });
    if solved.outcome == Outcome::Stopped {
        return None;
    }
    let Record { residuals, errors, path, .. } = record;
    let (products, x, outcome) = (solved.products, solved.x, solved.outcome);
    Some(SolverRun { solver, residuals, errors, path, products, x, outcome })
}

/// What is kept of each iterate.
struct Record<'a> {
    system: &'a System,
    solution: Option<&'a [f64]>,
    product: Vec<f64>,
    residuals: Vec<f64>,
    errors: Vec<f64>,
    path: Vec<[f64; 2]>,
}

impl<'a> Record<'a> {
    fn new(system: &'a System, solution: Option<&'a [f64]>) -> Self {
        Self {
            system,
            solution,
            product: vec![0.0; system.a.size()],
            residuals: Vec::new(),
            errors: Vec::new(),
            path: Vec::new(),
        }
    }

    fn note(&mut self, x: &[f64]) {
        self.system.a.multiply(x, &mut self.product);
        self.residuals.push(distance(&self.system.b, &self.product));
        if let Some(solution) = self.solution {
            self.errors.push(distance(x, solution));
        }
        if let &[first, second] = x {
            self.path.push([first, second]);
        }
    }
}

/// The x that b was computed from, or the one that elimination finds.
fn known_solution(system: &System) -> Option<Vec<f64>> {
    system.known_solution.clone().or_else(|| eliminate(&system.a, &system.b))
}

fn spectrum(a: &Matrix) -> Spectrum {
    if let Some(values) = a.eigenvalues() {
        return Spectrum::Eigenvalues(values);
    }
    let mut values = a.singular_values();
    values.reverse();
    Spectrum::SingularValues(values)
}

/// The spectrum of M⁻¹·A for a diagonal M: where A is symmetric and M positive, the eigenvalues of
/// M^(−½)·A·M^(−½), which are the same; otherwise the singular values of A·M⁻¹.
fn preconditioned(a: &Matrix, m: &[f64]) -> Option<Spectrum> {
    if let Some(roots) = inverse_roots(m).filter(|_| a.is_symmetric()) {
        return a.scaled(&roots, &roots).map(|scaled| spectrum(&scaled));
    }
    let inverse: Vec<f64> = m.iter().map(|m| m.recip()).collect();
    let scaled = a.scaled(&vec![1.0; m.len()], &inverse)?;
    let mut values = scaled.singular_values();
    values.reverse();
    Some(Spectrum::SingularValues(values))
}

/// 1 / √mᵢ, if all are positive.
fn inverse_roots(m: &[f64]) -> Option<Vec<f64>> {
    m.iter().map(|&m| (m > 0.0).then(|| m.sqrt().recip())).collect()
}

/// Solves A·x = b by Gaussian elimination with row exchanges, the direct method of school books:
/// n³/3 products, where the solvers above need a few times n². Nothing if A is singular.
fn eliminate(a: &Matrix, b: &[f64]) -> Option<Vec<f64>> {
    let mut rows: Vec<Vec<f64>> =
        a.rows().zip(b).map(|(row, b)| row.iter().copied().chain([*b]).collect()).collect();
    let n = rows.len();
    for column in 0..n {
        let size = |row: usize| rows[row][column].abs();
        let pivot = (column..n).max_by(|&one, &other| size(one).total_cmp(&size(other)))?;
        rows.swap(column, pivot);
        let (above, below) = rows.split_at_mut(column + 1);
        let pivot = &above[column];
        if pivot[column] == 0.0 {
            return None;
        }
        for row in below {
            let factor = row[column] / pivot[column];
            for (entry, above) in row.iter_mut().zip(pivot).skip(column) {
                *entry -= factor * above;
            }
        }
    }
    let mut x = vec![0.0; n];
    for row in (0..n).rev() {
        let rest: f64 = (row + 1..n).map(|column| rows[row][column] * x[column]).sum();
        x[row] = (rows[row][n] - rest) / rows[row][row];
    }
    x.iter().all(|value| value.is_finite()).then_some(x)
}

/// |v|.
fn norm(v: &[f64]) -> f64 {
    dot(v, v).sqrt()
}

fn dot(u: &[f64], v: &[f64]) -> f64 {
    u.iter().zip(v).map(|(u, v)| u * v).sum()
}

/// |u − v|.
fn distance(u: &[f64], v: &[f64]) -> f64 {
    u.iter().zip(v).map(|(u, v)| (u - v) * (u - v)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests;
