//! What holds for every training method and schedule, whatever its update is.

use std::collections::BTreeSet;

use netsmith::optim::{
    BatchUse, Evaluations, Family, METHODS, Method, Objective, OptimizerError, Progress, Schedule,
    Setting, Settings, StepContext, StepReport, method,
};
use proptest::prelude::*;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// L = Σ aᵢ(pᵢ−cᵢ)²/2, a convex bowl.
struct Bowl {
    curvature: Vec<f32>,
    centre: Vec<f32>,
}

impl Objective for Bowl {
    fn dimension(&self) -> usize {
        self.centre.len()
    }

    fn loss(&mut self, p: &[f32]) -> f32 {
        let terms = p.iter().zip(&self.curvature).zip(&self.centre);
        terms.map(|((p, a), c)| a * (p - c).powi(2) / 2.0).sum()
    }

    fn loss_and_gradient(&mut self, p: &[f32], g: &mut [f32]) -> f32 {
        let terms = p.iter().zip(&self.curvature).zip(&self.centre);
        for (g, ((p, a), c)) in g.iter_mut().zip(terms) {
            *g = a * (p - c);
        }
        self.loss(p)
    }

    fn hessian_vector(&mut self, _p: &[f32], v: &[f32], out: &mut [f32]) {
        for ((out, v), a) in out.iter_mut().zip(v).zip(&self.curvature) {
            *out = a * v;
        }
    }

    fn gauss_newton_vector(&mut self, p: &[f32], v: &[f32], out: &mut [f32]) {
        self.hessian_vector(p, v, out);
    }

    fn evaluations(&self) -> Evaluations {
        Evaluations::default()
    }
}

/// Gives back one prepared gradient after another, whatever the parameters.
struct Script(Vec<Vec<f32>>);

impl Objective for Script {
    fn dimension(&self) -> usize {
        self.0[0].len()
    }

    fn loss(&mut self, _p: &[f32]) -> f32 {
        0.0
    }

    fn loss_and_gradient(&mut self, _p: &[f32], g: &mut [f32]) -> f32 {
        g.copy_from_slice(&self.0.pop().unwrap());
        0.0
    }

    fn hessian_vector(&mut self, _p: &[f32], _v: &[f32], _out: &mut [f32]) {}

    fn gauss_newton_vector(&mut self, _p: &[f32], _v: &[f32], _out: &mut [f32]) {}

    fn evaluations(&self) -> Evaluations {
        Evaluations::default()
    }
}

/// The methods that these properties are about; the other families have tests of their own.
fn first_order() -> impl Iterator<Item = &'static Method> {
    METHODS.iter().copied().filter(|method| method.family.is_first_order())
}

fn train(page: &Method, objective: &mut dyn Objective, p: &mut [f32], steps: usize) -> StepReport {
    let mut optimizer = (page.build)(&Settings::new(), p.len());
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut report = None;
    for _ in 0..steps {
        let mut context = StepContext {
            learning_rate: page.default_learning_rate as f32,
            rng: &mut rng,
            same_objective: false,
            observe: true,
            watch: [0, 1],
        };
        report = Some(optimizer.step(objective, p, &mut context));
    }
    report.unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_method_descends_a_bowl(
        start in prop::collection::vec(-3.0_f32..3.0, 1..40),
        seed in 0.05_f32..1.0,
    ) {
        // Curvatures from 0.1 to 2, and a lowest point at least 0.5 away in every direction:
        // methods whose steps do not shrink may hover at the bottom, but must get near it.
        let curvature = (0..start.len()).map(|i| 0.1 + 1.9 * (seed * i as f32).fract()).collect();
        let centre = start.iter().map(|p| if *p > 0.0 { p - 1.5 } else { p + 1.5 }).collect();
        let mut bowl = Bowl { curvature, centre };
        let before = bowl.loss(&start);
        for page in first_order() {
            let mut p = start.clone();
            train(page, &mut bowl, &mut p, 300);
            let after = bowl.loss(&p);
            prop_assert!(after < before, "{}: {before} -> {after}", page.id);
        }
    }

    #[test]
    fn finite_gradients_never_give_nan(
        gradients in prop::collection::vec(
            prop::collection::vec(
                prop_oneof![
                    Just(0.0_f32), Just(-0.0), Just(f32::MIN_POSITIVE), Just(1e-45),
                    Just(1e18), Just(-1e18), -1e30_f32..1e30, -1.0_f32..1.0, -1e-30_f32..1e-30,
                ],
                19,
            ),
            1..30,
        ),
    ) {
        for page in first_order() {
            let mut p = vec![0.5; 19];
            let steps = gradients.len();
            train(page, &mut Script(gradients.clone()), &mut p, steps);
            prop_assert!(p.iter().all(|x| x.is_finite()), "{}: {p:?}", page.id);
        }
    }

    #[test]
    fn schedules_are_finite_and_never_negative(
        step in 0_u64..100_000,
        steps_per_epoch in 0_u64..100,
        epochs_total in 0_u64..1000,
        position in 0.0_f64..=1.0,
    ) {
        let progress = Progress { step, steps_per_epoch, epochs_total };
        for schedule in Schedule::ALL {
            let values = schedule.settings().iter().map(|s| (s.id, between(s, position)));
            let schedule = schedule.with(&values.collect());
            prop_assert_eq!(schedule.check(), []);
            let factor = schedule.factor(progress);
            prop_assert!(factor.is_finite() && factor >= 0.0, "{schedule:?}: {factor}");
        }
    }
}

fn between(setting: &Setting, position: f64) -> f64 {
    setting.clamp(setting.min + (setting.max - setting.min) * position)
}

#[test]
fn a_zero_gradient_moves_nothing_and_a_nan_stays_visible() {
    for page in first_order() {
        let mut p = vec![0.5; 5];
        train(page, &mut Script(vec![vec![0.0; 5]; 3]), &mut p, 3);
        let still = p.iter().all(|x| (x - 0.5).abs() < 0.01);
        assert!(still && p.iter().all(|x| x.is_finite()), "{}", page.id);

        let mut gradient = vec![0.1; 5];
        gradient[2] = f32::NAN;
        train(page, &mut Script(vec![gradient]), &mut p, 1);
        assert!(p[2].is_nan() && p[1].is_finite(), "{}", page.id);
    }
}

#[test]
fn a_parameter_moves_the_same_in_any_company() {
    // Vector instructions take several parameters at once; that must not change a single bit.
    let gradients: Vec<Vec<f32>> = (0..5)
        .map(|t| (0..67).map(|i| (1.0 + t as f32 * 7.7 + i as f32).sin()).collect())
        .collect();
    for page in first_order() {
        let mut together = vec![0.3; 67];
        train(page, &mut Script(gradients.clone()), &mut together, 5);
        for n in [1, 2, 15, 16, 17, 33] {
            let part = gradients.iter().map(|g| g[67 - n..].to_vec()).collect();
            let mut alone = vec![0.3; n];
            train(page, &mut Script(part), &mut alone, 5);
            let bits = |p: &[f32]| p.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&alone), bits(&together[67 - n..]), "{} {n}", page.id);
        }
    }
}

#[test]
fn norms_are_reported_when_asked_for() {
    let mut bowl = Bowl { curvature: vec![1.0, 1.0], centre: vec![0.0, 0.0] };
    let mut p = [3.0, 4.0];
    let mut sgd = (method("sgd").unwrap().build)(&Settings::new(), 2);
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    for (observe, norm) in [(true, 5.0), (false, 4.5), (true, 4.05)] {
        let mut context = StepContext {
            learning_rate: 0.1,
            rng: &mut rng,
            same_objective: true,
            observe,
            watch: [0, 1],
        };
        let report = sgd.step(&mut bowl, &mut p, &mut context);
        assert!((report.loss - norm * norm / 2.0).abs() < 1e-4);
        assert_eq!(report.observed.is_some(), observe);
        if let Some(observed) = report.observed {
            assert!((observed.gradient_norm.unwrap() - norm).abs() < 1e-5);
            assert!((observed.step_norm - 0.1 * norm).abs() < 1e-5);
        }
    }
}

#[test]
fn a_state_of_another_method_or_size_is_refused_and_changes_nothing() {
    let settings = Settings::new();
    let mut bowl = Bowl { curvature: vec![1.0; 4], centre: vec![1.0; 4] };
    let mut context_rng = ChaCha8Rng::seed_from_u64(0);
    let mut adam = (method("adam").unwrap().build)(&settings, 4);
    let mut context = StepContext {
        learning_rate: 0.1,
        rng: &mut context_rng,
        same_objective: true,
        observe: false,
        watch: [0, 1],
    };
    adam.step(&mut bowl, &mut [0.0; 4], &mut context);
    let before = adam.state();

    let small = (method("adam").unwrap().build)(&settings, 3).state();
    let momentum = (method("momentum").unwrap().build)(&settings, 4).state();
    let nothing = (method("sgd").unwrap().build)(&settings, 4).state();
    assert!(matches!(
        adam.restore(&small),
        Err(OptimizerError::WrongLength { expected: 4, found: 3, .. })
    ));
    assert!(matches!(adam.restore(&momentum), Err(OptimizerError::UnknownVector { .. })));
    assert!(matches!(adam.restore(&nothing), Err(OptimizerError::MissingVector { .. })));
    assert_eq!(adam.state(), before);

    let mut nadam = (method("nadam").unwrap().build)(&settings, 4);
    let error = nadam.restore(&before).unwrap_err().to_string();
    assert!(error.contains("momentum_product"), "{error}");
}

#[test]
fn settings_are_checked() {
    let adam = method("adam").unwrap();
    let choices = Settings::from_iter([("beta1", 0.5), ("beta2", 2.0), ("gamma", 1.0)]);
    let errors: Vec<String> =
        choices.check(adam.settings).iter().map(ToString::to_string).collect();
    assert_eq!(errors.len(), 2);
    assert!(errors[0].contains("beta2") && errors[0].contains("0.9999"));
    assert!(errors[1].contains("gamma") && errors[1].contains("beta1, beta2, epsilon"));
    let nan = Settings::from_iter([("beta1", f64::NAN)]);
    assert_eq!(nan.check(adam.settings).len(), 1);
    assert_eq!(
        serde_json::to_string(&choices).unwrap(),
        r#"{"beta1":0.5,"beta2":2.0,"gamma":1.0}"#
    );
}

#[test]
fn every_page_is_complete() {
    let mut ids = BTreeSet::new();
    for page in METHODS {
        assert!(ids.insert(page.id), "{} is there twice", page.id);
        assert!(std::ptr::eq(method(page.id).unwrap(), *page));
        assert!(Family::ALL.contains(&page.family));
        for text in [page.name, page.formula, page.source] {
            assert!(!text.is_empty(), "{}", page.id);
        }
        for text in [page.summary, page.good_for, page.weak_at] {
            assert!(text.ends_with('.'), "{}: {text}", page.id);
            assert!(!text.contains("  "), "{}: {text}", page.id);
        }
        assert!(page.default_learning_rate > 0.0);
        match page.family {
            Family::RandomSearch => assert_eq!(page.batch, BatchUse::Full, "{}", page.id),
            Family::NewtonKrylov => assert_eq!(page.batch, BatchUse::Large, "{}", page.id),
            _ if matches!(page.id, "gd" | "rprop") => assert_eq!(page.batch, BatchUse::Full),
            _ => {}
        }
        check_settings(page.id, page.settings);
    }
    // These names stand in saved files and may not change.
    let saved = "gd sgd momentum nesterov adagrad adadelta rmsprop adam amsgrad adamw nadam lion \
                 rprop random_search solis_wets annealing cma_es evolution lbfgs nonlinear_cg \
                 levenberg_marquardt newton_cg newton_minres newton_gmres newton_bicg \
                 newton_bicgstab";
    for id in saved.split(' ') {
        assert!(ids.contains(id), "{id}");
    }
}

#[test]
fn every_schedule_is_complete() {
    for schedule in Schedule::ALL {
        assert_eq!(Schedule::from_id(schedule.id()), Some(*schedule));
        assert_eq!(schedule.with(&Settings::new()), *schedule, "the defaults");
        assert_eq!(schedule.with(&schedule.values()), *schedule);
        assert_eq!(schedule.check(), []);
        check_settings(schedule.id(), schedule.settings());
        for text in [schedule.name(), schedule.formula(), schedule.summary()] {
            assert!(!text.is_empty());
        }
        let file = serde_json::to_string(schedule).unwrap();
        assert!(file.contains(&format!(r#""id":"{}""#, schedule.id())));
        assert_eq!(serde_json::from_str::<Schedule>(&file).unwrap(), *schedule);
    }
    assert!(Schedule::from_id("magic").is_none());
    assert_eq!(Schedule::default(), Schedule::Constant);
}

fn check_settings(owner: &str, settings: &[Setting]) {
    let mut ids = BTreeSet::new();
    for setting in settings {
        assert!(ids.insert(setting.id), "{owner} {}", setting.id);
        assert!(setting.min <= setting.default && setting.default <= setting.max);
        assert!(setting.help.ends_with('.') && !setting.help.contains("  "));
        assert!(!setting.name.is_empty());
    }
}
