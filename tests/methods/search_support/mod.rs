//! What the tests of random search share: functions with known minima, and a method at work.

use netsmith::optim::{
    Evaluations, Objective, Optimizer, Settings, StepContext, StepReport, method,
};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

pub const IDS: [&str; 5] = ["random_search", "solis_wets", "annealing", "cma_es", "evolution"];

/// A function of the parameters, counting and remembering where it was asked.
pub struct Function<F> {
    pub n: usize,
    pub f: F,
    pub losses: u64,
    /// Where it was asked, and the answers, when that is wanted.
    pub asked: Option<Vec<(Vec<f32>, f32)>>,
}

pub fn function<F: FnMut(&[f64]) -> f64>(n: usize, f: F) -> Function<F> {
    Function { n, f, losses: 0, asked: None }
}

impl<F: FnMut(&[f64]) -> f64> Objective for Function<F> {
    fn dimension(&self) -> usize {
        self.n
    }

    fn loss(&mut self, p: &[f32]) -> f32 {
        assert_eq!(p.len(), self.n);
        self.losses += 1;
        let point: Vec<f64> = p.iter().map(|&x| f64::from(x)).collect();
        let loss = (self.f)(&point) as f32;
        if let Some(asked) = &mut self.asked {
            asked.push((p.to_vec(), loss));
        }
        loss
    }

    fn loss_and_gradient(&mut self, _p: &[f32], _g: &mut [f32]) -> f32 {
        unreachable!("random search asks for no gradient")
    }

    fn hessian_vector(&mut self, _p: &[f32], _v: &[f32], _out: &mut [f32]) {
        unreachable!("random search asks for no curvature")
    }

    fn gauss_newton_vector(&mut self, _p: &[f32], _v: &[f32], _out: &mut [f32]) {
        unreachable!("random search asks for no curvature")
    }

    fn evaluations(&self) -> Evaluations {
        Evaluations { losses: self.losses, ..Evaluations::default() }
    }
}

pub fn sphere(p: &[f64]) -> f64 {
    p.iter().map(|x| x * x).sum()
}

/// H. H. Rosenbrock, 1960: a curved valley; lowest at (1, …, 1).
pub fn rosenbrock(p: &[f64]) -> f64 {
    p.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
}

/// L. A. Rastrigin, 1974: a bowl with a dent at every whole number; lowest at 0.
pub fn rastrigin(p: &[f64]) -> f64 {
    p.iter().map(|x| x * x + 10.0 * (1.0 - (2.0 * std::f64::consts::PI * x).cos())).sum()
}

/// D. M. Himmelblau, 1972: four minima, all with the value 0.
pub fn himmelblau(p: &[f64]) -> f64 {
    (p[0] * p[0] + p[1] - 11.0).powi(2) + (p[0] + p[1] * p[1] - 7.0).powi(2)
}

/// A bowl 10⁴ times as steep along one direction as along another, turned out of the axes.
pub fn turned_ellipse(p: &[f64]) -> f64 {
    let n = p.len();
    // A Householder reflection turns without changing lengths.
    let v: Vec<f64> = (0..n).map(|i| 1.0 + (i % 3) as f64).collect();
    let square: f64 = v.iter().map(|x| x * x).sum();
    let along: f64 = v.iter().zip(p).map(|(v, p)| v * p).sum();
    let turned = p.iter().zip(&v).map(|(p, v)| p - 2.0 * along / square * v);
    let steep = |i: usize| 1e4_f64.powf(i as f64 / (n - 1) as f64);
    turned.enumerate().map(|(i, x)| steep(i) * x * x).sum()
}

/// A method at work with a generator of its own.
pub struct Search {
    pub optimizer: Box<dyn Optimizer>,
    pub rng: ChaCha8Rng,
    pub rate: f32,
    pub observe: bool,
}

impl Search {
    pub fn new(id: &str, settings: &[(&str, f64)], n: usize, seed: u64) -> Self {
        let page = method(id).unwrap();
        let settings: Settings = settings.iter().copied().collect();
        assert_eq!(settings.check(page.settings), [], "{id}");
        Self {
            optimizer: (page.build)(&settings, n),
            rng: ChaCha8Rng::seed_from_u64(seed),
            rate: page.default_learning_rate as f32,
            observe: false,
        }
    }

    pub fn step(&mut self, objective: &mut dyn Objective, p: &mut [f32]) -> StepReport {
        let mut context = StepContext {
            learning_rate: self.rate,
            rng: &mut self.rng,
            same_objective: true,
            observe: self.observe,
            watch: [0, 1],
        };
        let report = self.optimizer.step(objective, p, &mut context);
        assert!(p.iter().all(|x| x.is_finite()), "{p:?}");
        report
    }
}
