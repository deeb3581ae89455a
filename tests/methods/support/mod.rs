//! Published test functions as objectives that count, and a run of a method on them.

use netsmith::optim::{
    Evaluations, Halt, HaltKind, Objective, Optimizer, OptimizerError, Settings, StepContext,
    StepReport, method,
};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// A function with its derivatives, in f64.
pub trait Function {
    /// f(x).
    fn value(&self, x: &[f64]) -> f64;
    /// ∇f(x).
    fn gradient(&self, x: &[f64]) -> Vec<f64>;
    /// H(x)·v.
    fn hessian_vector(&self, x: &[f64], v: &[f64]) -> Vec<f64>;
    /// G(x)·v, where the function is a sum of squares; otherwise the same as H.
    fn gauss_newton_vector(&self, x: &[f64], v: &[f64]) -> Vec<f64> {
        self.hessian_vector(x, v)
    }
}

/// ½Σ aᵢ(xᵢ − 1)².
pub struct Quadratic(pub Vec<f64>);

impl Quadratic {
    /// Curvatures from 1 to `condition`, evenly spaced on a logarithmic scale.
    pub fn with_condition(dimension: usize, condition: f64) -> Self {
        let last = (dimension.max(2) - 1) as f64;
        Self((0..dimension).map(|i| condition.powf(i as f64 / last)).collect())
    }
}

impl Function for Quadratic {
    fn value(&self, x: &[f64]) -> f64 {
        x.iter().zip(&self.0).map(|(x, a)| 0.5 * a * (x - 1.0).powi(2)).sum()
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        x.iter().zip(&self.0).map(|(x, a)| a * (x - 1.0)).collect()
    }

    fn hessian_vector(&self, _x: &[f64], v: &[f64]) -> Vec<f64> {
        v.iter().zip(&self.0).map(|(v, a)| a * v).collect()
    }
}

/// Σ 100(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)², with its lowest point at (1, …, 1). Rosenbrock 1960.
pub struct Rosenbrock;

impl Function for Rosenbrock {
    fn value(&self, x: &[f64]) -> f64 {
        let term = |w: &[f64]| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2);
        x.windows(2).map(term).sum()
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let mut g = vec![0.0; x.len()];
        for i in 0..x.len() - 1 {
            let r = x[i + 1] - x[i] * x[i];
            g[i] += -400.0 * x[i] * r - 2.0 * (1.0 - x[i]);
            g[i + 1] += 200.0 * r;
        }
        g
    }

    fn hessian_vector(&self, x: &[f64], v: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; x.len()];
        for i in 0..x.len() - 1 {
            let bend = -400.0 * (x[i + 1] - x[i] * x[i]) + 800.0 * x[i] * x[i] + 2.0;
            out[i] += bend * v[i] - 400.0 * x[i] * v[i + 1];
            out[i + 1] += -400.0 * x[i] * v[i] + 200.0 * v[i + 1];
        }
        out
    }

    /// f = Σ r², so G = 2JᵀJ: the terms with second derivatives of r are left out.
    fn gauss_newton_vector(&self, x: &[f64], v: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; x.len()];
        for i in 0..x.len() - 1 {
            // r = 10(xᵢ₊₁ − xᵢ²) and q = 1 − xᵢ.
            let jr = 10.0 * (v[i + 1] - 2.0 * x[i] * v[i]);
            out[i] += 2.0 * (-20.0 * x[i] * jr + v[i]);
            out[i + 1] += 2.0 * 10.0 * jr;
        }
        out
    }
}

/// (x² + y − 11)² + (x + y² − 7)², with four lowest points of value 0. Himmelblau 1972.
pub struct Himmelblau;

/// Its lowest points.
pub const HIMMELBLAU_MINIMA: [[f64; 2]; 4] =
    [[3.0, 2.0], [-2.805_118, 3.131_313], [-3.779_310, -3.283_186], [3.584_428, -1.848_127]];

impl Function for Himmelblau {
    fn value(&self, x: &[f64]) -> f64 {
        (x[0] * x[0] + x[1] - 11.0).powi(2) + (x[0] + x[1] * x[1] - 7.0).powi(2)
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let (r, q) = (x[0] * x[0] + x[1] - 11.0, x[0] + x[1] * x[1] - 7.0);
        vec![4.0 * x[0] * r + 2.0 * q, 2.0 * r + 4.0 * x[1] * q]
    }

    fn hessian_vector(&self, x: &[f64], v: &[f64]) -> Vec<f64> {
        let (r, q) = (x[0] * x[0] + x[1] - 11.0, x[0] + x[1] * x[1] - 7.0);
        let mixed = 4.0 * (x[0] + x[1]);
        vec![
            (4.0 * r + 8.0 * x[0] * x[0] + 2.0) * v[0] + mixed * v[1],
            mixed * v[0] + (4.0 * q + 8.0 * x[1] * x[1] + 2.0) * v[1],
        ]
    }

    fn gauss_newton_vector(&self, x: &[f64], v: &[f64]) -> Vec<f64> {
        let (jr, jq) = (2.0 * x[0] * v[0] + v[1], v[0] + 2.0 * x[1] * v[1]);
        vec![2.0 * (2.0 * x[0] * jr + jq), 2.0 * (jr + 2.0 * x[1] * jq)]
    }
}

/// The same everywhere.
pub struct Constant(pub f64);

impl Function for Constant {
    fn value(&self, _x: &[f64]) -> f64 {
        self.0
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        vec![0.0; x.len()]
    }

    fn hessian_vector(&self, x: &[f64], _v: &[f64]) -> Vec<f64> {
        vec![0.0; x.len()]
    }
}

/// Σ x, which falls without end.
pub struct Slope;

impl Function for Slope {
    fn value(&self, x: &[f64]) -> f64 {
        x.iter().sum()
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        vec![1.0; x.len()]
    }

    fn hessian_vector(&self, x: &[f64], _v: &[f64]) -> Vec<f64> {
        vec![0.0; x.len()]
    }
}

/// −Σ x⁴: falls ever faster, to −∞ and beyond the numbers there are.
pub struct Abyss;

impl Function for Abyss {
    fn value(&self, x: &[f64]) -> f64 {
        -x.iter().map(|x| x.powi(4)).sum::<f64>()
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        x.iter().map(|x| -4.0 * x.powi(3)).collect()
    }

    fn hessian_vector(&self, x: &[f64], v: &[f64]) -> Vec<f64> {
        x.iter().zip(v).map(|(x, v)| -12.0 * x * x * v).collect()
    }

    fn gauss_newton_vector(&self, x: &[f64], _v: &[f64]) -> Vec<f64> {
        vec![0.0; x.len()]
    }
}

/// Σ x, with a curvature that claims to be negative, as when a loss is climbed.
pub struct Negative;

impl Function for Negative {
    fn value(&self, x: &[f64]) -> f64 {
        x.iter().sum()
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        vec![1.0; x.len()]
    }

    fn hessian_vector(&self, _x: &[f64], v: &[f64]) -> Vec<f64> {
        v.iter().map(|v| -1e30 * v).collect()
    }
}

/// x² − y² + y⁴/4 in each pair (x, y): a saddle at 0, lowest points at y = ±√2 with −1.
pub struct Saddle;

impl Function for Saddle {
    fn value(&self, x: &[f64]) -> f64 {
        x.chunks(2).map(|p| p[0] * p[0] - p[1] * p[1] + p[1].powi(4) / 4.0).sum()
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        x.chunks(2).flat_map(|p| [2.0 * p[0], -2.0 * p[1] + p[1].powi(3)]).collect()
    }

    fn hessian_vector(&self, x: &[f64], v: &[f64]) -> Vec<f64> {
        let pairs = x.chunks(2).zip(v.chunks(2));
        pairs.flat_map(|(p, v)| [2.0 * v[0], (3.0 * p[1] * p[1] - 2.0) * v[1]]).collect()
    }
}

/// −ln(1 − Σ x²) + Σ x: not a number outside the unit ball.
pub struct Wall;

impl Function for Wall {
    fn value(&self, x: &[f64]) -> f64 {
        let inside = 1.0 - x.iter().map(|x| x * x).sum::<f64>();
        if inside <= 0.0 { f64::NAN } else { -inside.ln() + x.iter().sum::<f64>() }
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let inside = 1.0 - x.iter().map(|x| x * x).sum::<f64>();
        let slope = |x: &f64| if inside <= 0.0 { f64::NAN } else { 2.0 * x / inside + 1.0 };
        x.iter().map(slope).collect()
    }

    fn hessian_vector(&self, x: &[f64], v: &[f64]) -> Vec<f64> {
        let inside = 1.0 - x.iter().map(|x| x * x).sum::<f64>();
        let along: f64 = x.iter().zip(v).map(|(x, v)| x * v).sum();
        let pairs = x.iter().zip(v);
        pairs.map(|(x, v)| 2.0 * v / inside + 4.0 * x * along / (inside * inside)).collect()
    }
}

/// Not a number anywhere but at the very start (0, …, 0), where it slopes.
pub struct Island;

impl Function for Island {
    fn value(&self, x: &[f64]) -> f64 {
        if x.iter().all(|&x| x == 0.0) { 1.0 } else { f64::NAN }
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        let here = x.iter().all(|&x| x == 0.0);
        vec![if here { 1.0 } else { f64::NAN }; x.len()]
    }

    fn hessian_vector(&self, _x: &[f64], v: &[f64]) -> Vec<f64> {
        v.to_vec()
    }
}

/// A function as an objective, with its own count of what was asked for.
pub struct Counted<F> {
    pub function: F,
    pub dimension: usize,
    pub count: Evaluations,
}

fn wide(x: &[f32]) -> Vec<f64> {
    x.iter().map(|&x| f64::from(x)).collect()
}

fn narrow(from: &[f64], to: &mut [f32]) {
    assert_eq!(from.len(), to.len());
    for (to, &from) in to.iter_mut().zip(from) {
        *to = from as f32;
    }
}

impl<F: Function> Counted<F> {
    pub fn new(function: F, dimension: usize) -> Self {
        Self { function, dimension, count: Evaluations::default() }
    }
}

impl<F: Function> Objective for Counted<F> {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn loss(&mut self, p: &[f32]) -> f32 {
        self.count.losses += 1;
        self.function.value(&wide(p)) as f32
    }

    fn loss_and_gradient(&mut self, p: &[f32], g: &mut [f32]) -> f32 {
        self.count.gradients += 1;
        narrow(&self.function.gradient(&wide(p)), g);
        self.function.value(&wide(p)) as f32
    }

    fn hessian_vector(&mut self, p: &[f32], v: &[f32], out: &mut [f32]) {
        self.count.curvature_products += 1;
        narrow(&self.function.hessian_vector(&wide(p), &wide(v)), out);
    }

    fn gauss_newton_vector(&mut self, p: &[f32], v: &[f32], out: &mut [f32]) {
        self.count.curvature_products += 1;
        narrow(&self.function.gauss_newton_vector(&wide(p), &wide(v)), out);
    }

    fn evaluations(&self) -> Evaluations {
        self.count
    }
}

/// Where a run ended.
pub struct Run {
    pub parameters: Vec<f32>,
    /// f at the end, in f64.
    pub value: f64,
    /// Loss before each step.
    pub losses: Vec<f32>,
    pub halt: Option<Halt>,
    pub count: Evaluations,
    pub last: Option<StepReport>,
}

/// What is needed to take steps by hand.
pub struct Bench<F> {
    pub optimizer: Box<dyn Optimizer>,
    pub objective: Counted<F>,
    pub parameters: Vec<f32>,
    pub learning_rate: f32,
    /// What the method is told of the objective, see `StepContext::same_objective`.
    pub same_objective: bool,
}

impl<F: Function> Bench<F> {
    pub fn new(id: &str, settings: &[(&str, f64)], function: F, start: &[f32]) -> Self {
        let page = method(id).unwrap();
        let settings: Settings = settings.iter().copied().collect();
        assert_eq!(settings.check(page.settings), []);
        Self {
            optimizer: (page.build)(&settings, start.len()),
            objective: Counted::new(function, start.len()),
            parameters: start.to_vec(),
            learning_rate: page.default_learning_rate as f32,
            same_objective: true,
        }
    }

    pub fn step(&mut self) -> StepReport {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let mut context = StepContext {
            learning_rate: self.learning_rate,
            rng: &mut rng,
            same_objective: self.same_objective,
            observe: true,
            watch: [0, 1],
        };
        self.optimizer.step(&mut self.objective, &mut self.parameters, &mut context)
    }

    pub fn value(&self) -> f64 {
        self.objective.function.value(&wide(&self.parameters))
    }

    /// Steps until a halt, the target, or so many steps.
    pub fn run(mut self, target: f64, steps: usize) -> Run {
        let (mut losses, mut halt, mut last) = (Vec::new(), None, None);
        for _ in 0..steps {
            let report = self.step();
            losses.push(report.loss);
            halt = report.halt.as_deref().cloned();
            last = Some(report);
            if halt.is_some() || self.value() <= target {
                break;
            }
        }
        let (value, count) = (self.value(), self.objective.count);
        Run { value, parameters: self.parameters, losses, halt, count, last }
    }
}

/// Runs a method with these settings until it halts, or for so many steps.
pub fn run_with<F: Function>(
    id: &str,
    settings: &[(&str, f64)],
    function: F,
    start: &[f32],
    steps: usize,
) -> Run {
    Bench::new(id, settings, function, start).run(f64::NEG_INFINITY, steps)
}

/// Runs a method until the value is at most `target`, or 2000 steps.
pub fn run_until<F: Function>(
    id: &str,
    settings: &[(&str, f64)],
    function: F,
    start: &[f32],
    target: f64,
) -> Run {
    Bench::new(id, settings, function, start).run(target, 2000)
}

/// Runs a method with another learning rate.
pub fn run_with_rate<F: Function>(
    id: &str,
    function: F,
    start: &[f32],
    learning_rate: f32,
    steps: usize,
) -> Run {
    let mut bench = Bench::new(id, &[], function, start);
    bench.learning_rate = learning_rate;
    bench.run(f64::NEG_INFINITY, steps)
}

/// Runs a method with its defaults.
pub fn run<F: Function>(id: &str, function: F, start: &[f32], steps: usize) -> Run {
    run_with(id, &[], function, start, steps)
}

/// Checks a method where there is nothing to find: it ends within few steps, with a reason, at the
/// best parameters it met, and these are numbers.
pub fn check_ends(id: &str) {
    let flat = run(id, Constant(2.0), &[0.5; 3], 100);
    expect(id, &flat, HaltKind::FlatLoss, &["flat", "2"]);
    assert_eq!(flat.parameters, [0.5; 3]);

    let nothing = run(id, Quadratic(Vec::new()), &[], 100);
    expect(id, &nothing, HaltKind::FlatLoss, &["flat"]);
    let one = run(id, Quadratic(vec![7.0]), &[100.0], 100);
    expect(id, &one, HaltKind::FlatLoss, &[]);
    assert!(one.value < 1e-9, "{id}: {}", one.value);

    // A single point where the loss is a number.
    let island = run(id, Island, &[0.0; 3], 100);
    expect(id, &island, HaltKind::NoProgress, &["1.73", "Adam"]);
    assert_eq!(island.parameters, [0.0; 3]);

    // Without a bottom; to the left of a wall.
    let slope = run(id, Slope, &[0.5; 3], 200);
    expect(id, &slope, HaltKind::NoProgress, &["no bottom"]);
    assert!(slope.value < -1e6);
    let abyss = run(id, Abyss, &[0.5; 3], 200);
    expect(id, &abyss, HaltKind::NoProgress, &["no bottom"]);
    let wall = run(id, Wall, &[0.1; 3], 200);
    expect(id, &wall, HaltKind::FlatLoss, &[]);
    // ∂/∂x: 2x/(1 − 3x²) = −1, so 3x² − 2x − 1 = 0 and x = −1/3.
    assert!(distance(&wall.parameters, &[-1.0 / 3.0; 3]) < 1e-3, "{id}: {:?}", wall.parameters);

    // Where even the start is no number, the loss says so and nothing moves.
    let lost = run(id, Wall, &[2.0; 3], 1);
    assert!(lost.losses[0].is_nan() && lost.halt.is_none());
    assert_eq!(lost.parameters, [2.0; 3]);
}

#[track_caller]
fn expect(id: &str, run: &Run, kind: HaltKind, words: &[&str]) {
    let halt = run.halt.as_ref().unwrap_or_else(|| panic!("{id}: no end in sight"));
    assert_eq!(halt.kind, kind, "{id}: {}", halt.why);
    for word in words {
        assert!(halt.why.contains(word), "{id}, “{word}”: {}", halt.why);
    }
    assert!(halt.why.ends_with('.') && !halt.why.contains("  "), "{id}: {}", halt.why);
    assert!(run.parameters.iter().all(|p| p.is_finite()), "{id}: {:?}", run.parameters);
}

/// Checks that a method is deterministic, that what it remembers can be saved as JSON and gone on
/// from bit for bit, and that a state which does not fit is refused and changes nothing.
pub fn check_memory(id: &str, settings: &[(&str, f64)]) {
    let start = [-1.2, 1.0, 0.7, -0.4, 1.1];
    let bits = |p: &[f32]| p.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    for steps in [0, 1, 2, 7] {
        let mut one = Bench::new(id, settings, Rosenbrock, &start);
        (0..steps).for_each(|_| drop(one.step()));
        let file = serde_json::to_string(&one.optimizer.state()).unwrap();
        let mut other = Bench::new(id, settings, Rosenbrock, &one.parameters.clone());
        other.optimizer.restore(&serde_json::from_str(&file).unwrap()).unwrap();
        assert_eq!(other.optimizer.state(), one.optimizer.state());
        for _ in 0..5 {
            assert_eq!(one.step(), other.step(), "{id} after {steps}");
            assert_eq!(bits(&one.parameters), bits(&other.parameters), "{id} after {steps}");
        }
    }
    let mut bench = Bench::new(id, settings, Rosenbrock, &start);
    (0..3).for_each(|_| drop(bench.step()));
    let before = bench.optimizer.state();
    assert_eq!(before.step, 3);
    let mut strange = before.clone();
    strange.vectors.insert("velocity".to_owned(), vec![0.0; 5]);
    let error = bench.optimizer.restore(&strange).unwrap_err();
    assert!(matches!(error, OptimizerError::UnknownVector { .. }), "{error}");
    for name in before.vectors.keys() {
        let mut short = before.clone();
        short.vectors.get_mut(name).unwrap().push(0.0);
        let error = bench.optimizer.restore(&short).unwrap_err();
        assert!(matches!(error, OptimizerError::WrongLength { .. }), "{id} {name}: {error}");
        short.vectors.remove(name);
        let error = bench.optimizer.restore(&short).unwrap_err();
        assert!(matches!(error, OptimizerError::MissingVector { .. }), "{id} {name}: {error}");
    }
    assert_eq!(bench.optimizer.state(), before);
}

/// Takes steps with the first settings, goes over to the second; names of the vectors that changed
/// their length, with both lengths.
pub fn saved_after_reconfiguring(
    id: &str,
    first: &[(&str, f64)],
    second: &[(&str, f64)],
    steps: usize,
) -> Vec<(&'static str, usize, usize)> {
    let mut bench = Bench::new(id, first, Rosenbrock, &[-1.2, 1.0, 0.7, -0.4]);
    (0..steps).for_each(|_| drop(bench.step()));
    let before = bench.optimizer.state();
    bench.optimizer.configure(&second.iter().copied().collect());
    let after = bench.optimizer.state();
    let lengths = before.vectors.iter().zip(after.vectors.values());
    let changed = lengths.filter(|((_, before), after)| before.len() != after.len());
    changed.map(|((name, b), a)| (&*name.clone().leak(), b.len(), a.len())).collect()
}

/// The distance between two points.
pub fn distance(x: &[f32], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(&x, y)| (f64::from(x) - y).powi(2)).sum::<f64>().sqrt()
}
