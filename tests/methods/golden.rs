//! Every training method against `PyTorch`, step by step, and every schedule against its own.
//!
//! The numbers are in `golden/optimizers.json`, written by `golden/make_optimizers.py` from float64
//! runs; ours are f32, hence the tolerance.

use netsmith::optim::{
    Evaluations, METHODS, Method, Objective, Optimizer, OptimizerState, Progress, Schedule,
    Settings, StepContext, method,
};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    start: Vec<f32>,
    curvature: Vec<f64>,
    centre: Vec<f64>,
    steps_per_epoch: u64,
    epochs: u64,
    cases: Vec<Case>,
    schedules: Vec<GoldenSchedule>,
}

#[derive(Deserialize)]
struct Case {
    method: String,
    learning_rate: f32,
    settings: Settings,
    change: Option<Change>,
    losses: Vec<f32>,
    trajectory: Vec<Vec<f32>>,
}

#[derive(Deserialize)]
struct Change {
    learning_rate: f32,
    settings: Settings,
}

#[derive(Deserialize)]
struct GoldenSchedule {
    schedule: Schedule,
    every: u64,
    factors: Vec<f64>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../golden/optimizers.json")).unwrap()
}

/// Σ aᵢ(pᵢ−cᵢ)²/2 + 0.3 Σ sin(pᵢpᵢ₊₁) + ln(1 + Σ pᵢ²), the last index followed by the first.
/// Worked out in f64, so that only the methods' own rounding is under test.
struct Landscape {
    curvature: Vec<f64>,
    centre: Vec<f64>,
    evaluations: Evaluations,
}

impl Landscape {
    fn new(golden: &Golden) -> Self {
        Self {
            curvature: golden.curvature.clone(),
            centre: golden.centre.clone(),
            evaluations: Evaluations::default(),
        }
    }
}

impl Objective for Landscape {
    fn dimension(&self) -> usize {
        self.centre.len()
    }

    fn loss(&mut self, p: &[f32]) -> f32 {
        self.evaluations.losses += 1;
        let p: Vec<f64> = p.iter().copied().map(f64::from).collect();
        let mut loss = p.iter().map(|x| x * x).sum::<f64>().ln_1p();
        for (i, x) in p.iter().enumerate() {
            loss += self.curvature[i] * (x - self.centre[i]).powi(2) / 2.0;
            loss += 0.3 * (x * p[(i + 1) % p.len()]).sin();
        }
        loss as f32
    }

    fn loss_and_gradient(&mut self, p: &[f32], g: &mut [f32]) -> f32 {
        let loss = self.loss(p);
        self.evaluations.losses -= 1;
        self.evaluations.gradients += 1;
        let p: Vec<f64> = p.iter().copied().map(f64::from).collect();
        let n = p.len();
        let squares = p.iter().map(|x| x * x).sum::<f64>();
        for (i, x) in p.iter().enumerate() {
            let (before, after) = (p[(i + n - 1) % n], p[(i + 1) % n]);
            let waves = 0.3 * ((x * after).cos() * after + (before * x).cos() * before);
            let bowl = self.curvature[i] * (x - self.centre[i]);
            g[i] = (bowl + waves + 2.0 * x / (1.0 + squares)) as f32;
        }
        loss
    }

    fn hessian_vector(&mut self, _p: &[f32], _v: &[f32], _out: &mut [f32]) {
        unimplemented!("no first-order method asks for curvature")
    }

    fn gauss_newton_vector(&mut self, _p: &[f32], _v: &[f32], _out: &mut [f32]) {
        unimplemented!("no first-order method asks for curvature")
    }

    fn evaluations(&self) -> Evaluations {
        self.evaluations
    }
}

fn page(id: &str) -> &'static Method {
    method(id).unwrap_or_else(|| panic!("no method {id}"))
}

fn step(optimizer: &mut dyn Optimizer, objective: &mut Landscape, p: &mut [f32], rate: f32) -> f32 {
    let mut context = StepContext {
        learning_rate: rate,
        rng: &mut ChaCha8Rng::seed_from_u64(0),
        same_objective: true,
        observe: false,
        watch: [0, 1],
    };
    optimizer.step(objective, p, &mut context).loss
}

/// Within 2e-5 of the reference, relatively; within 2e-6 for values that pass through zero.
fn assert_close(found: f32, expected: f32, where_: &str) {
    let tolerance = 2e-5 * expected.abs().max(0.1);
    assert!((found - expected).abs() <= tolerance, "{where_}: {found}, expected {expected}");
}

#[test]
fn every_method_follows_its_reference() {
    let golden = golden();
    for (number, case) in golden.cases.iter().enumerate() {
        let mut objective = Landscape::new(&golden);
        let mut optimizer = (page(&case.method).build)(&case.settings, golden.start.len());
        let mut p = golden.start.clone();
        let mut rate = case.learning_rate;
        for (t, expected) in case.trajectory.iter().enumerate() {
            if let Some(change) = &case.change
                && t == case.trajectory.len() / 2
            {
                rate = change.learning_rate;
                optimizer.configure(&change.settings);
            }
            let loss = step(&mut *optimizer, &mut objective, &mut p, rate);
            let here = format!("case {number}, {}, step {}", case.method, t + 1);
            assert_close(loss, case.losses[t], &format!("{here}, loss"));
            for (i, (&found, &expected)) in p.iter().zip(expected).enumerate() {
                assert_close(found, expected, &format!("{here}, parameter {i}"));
            }
        }
        assert_eq!(objective.evaluations().gradients, 20);
        assert_eq!(objective.evaluations().losses, 0);
    }
}

/// The other families have tests of their own.
fn first_order() -> impl Iterator<Item = &'static Method> {
    METHODS.iter().copied().filter(|method| method.family.is_first_order())
}

#[test]
fn every_method_has_a_reference_with_its_defaults_and_with_other_settings() {
    let golden = golden();
    for page in first_order() {
        let cases = || golden.cases.iter().filter(|case| case.method == page.id);
        let default = Settings::new();
        assert!(cases().any(|c| c.settings == default), "{}", page.id);
        for setting in page.settings {
            let set = |c: &Case| c.settings.get(setting) != setting.default;
            assert!(cases().any(set), "{} {}", page.id, setting.id);
        }
        for case in cases() {
            assert_eq!(case.settings.check(page.settings), [], "{}", page.id);
        }
    }
}

#[test]
fn the_gradient_of_the_landscape_is_right() {
    let golden = golden();
    let mut objective = Landscape::new(&golden);
    let mut gradient = vec![0.0; 6];
    objective.loss_and_gradient(&golden.start, &mut gradient);
    for (i, &g) in gradient.iter().enumerate() {
        let mut at = |shift: f32| {
            let mut p = golden.start.clone();
            p[i] += shift;
            objective.loss(&p)
        };
        let difference = (at(1e-2) - at(-1e-2)) / 2e-2;
        assert!((difference - g).abs() < 2e-3, "{i}: {difference}, {g}");
    }
}

/// Runs `page` for so many steps from the golden start.
fn run(page: &Method, steps: usize) -> (Box<dyn Optimizer>, Vec<f32>) {
    let golden = golden();
    let mut objective = Landscape::new(&golden);
    let mut optimizer = (page.build)(&Settings::new(), golden.start.len());
    let mut p = golden.start.clone();
    for _ in 0..steps {
        step(&mut *optimizer, &mut objective, &mut p, 0.02);
    }
    (optimizer, p)
}

fn bits(p: &[f32]) -> Vec<u32> {
    p.iter().map(|x| x.to_bits()).collect()
}

#[test]
fn a_restored_optimizer_takes_the_same_step() {
    let golden = golden();
    for page in first_order() {
        // Before the first step, early, and when the bias corrections have long reached 1.
        for steps in [0, 1, 7, 2000] {
            let (mut saved, mut p) = run(page, steps);
            let file = serde_json::to_string(&saved.state()).unwrap();
            let state: OptimizerState = serde_json::from_str(&file).unwrap();
            assert_eq!(state.step, steps as u64);

            let mut fresh = (page.build)(&Settings::new(), p.len());
            fresh.restore(&state).unwrap();
            let mut q = p.clone();
            for _ in 0..3 {
                let mut objective = Landscape::new(&golden);
                step(&mut *saved, &mut objective, &mut p, 0.02);
                step(&mut *fresh, &mut objective, &mut q, 0.02);
                assert_eq!(bits(&p), bits(&q), "{} after {steps}", page.id);
            }
            assert_eq!(saved.state(), fresh.state(), "{}", page.id);
        }
    }
}

#[test]
fn the_same_run_twice_gives_the_same_bits() {
    for page in first_order() {
        let (first, second) = (run(page, 50), run(page, 50));
        assert_eq!(bits(&first.1), bits(&second.1), "{}", page.id);
        assert_eq!(first.0.state(), second.0.state(), "{}", page.id);
    }
}

#[test]
fn schedules_follow_their_reference() {
    let golden = golden();
    for case in &golden.schedules {
        for (index, expected) in case.factors.iter().enumerate() {
            let progress = Progress {
                step: index as u64 * case.every,
                steps_per_epoch: golden.steps_per_epoch,
                epochs_total: golden.epochs,
            };
            let found = case.schedule.factor(progress);
            assert!(
                (found - expected).abs() <= 1e-7 * expected.abs() + 1e-9,
                "{:?} at {progress:?}: {found}, expected {expected}",
                case.schedule
            );
        }
    }
}
