//! The methods of random search on functions with known minima, and in every kind of trouble.

use crate::search_support::{
    IDS, Search, function, himmelblau, rastrigin, rosenbrock, sphere, turned_ellipse,
};
use netsmith::optim::{HaltKind, Objective, OptimizerState, Picture};

/// Minimises from `start` with at most so many evaluations; returns the loss reached.
fn minimise(
    search: &mut Search,
    f: impl FnMut(&[f64]) -> f64,
    start: &[f32],
    evaluations: u64,
) -> f64 {
    let mut objective = function(start.len(), f);
    let mut p = start.to_vec();
    while objective.losses < evaluations {
        if search.step(&mut objective, &mut p).halt.is_some() {
            break;
        }
    }
    f64::from(objective.loss(&p))
}

/// Checks for three seeds that the loss falls to `target`.
#[track_caller]
fn reaches(
    id: &str,
    settings: &[(&str, f64)],
    f: fn(&[f64]) -> f64,
    start: &[f32],
    evaluations: u64,
    target: f64,
) {
    for seed in 1..=3 {
        let mut search = Search::new(id, settings, start.len(), seed);
        let found = minimise(&mut search, f, start, evaluations);
        assert!(found <= target, "{id}, seed {seed}: {found}");
    }
}

#[test]
fn a_sphere_is_no_trouble() {
    let start = [1.0; 10];
    reaches("solis_wets", &[], sphere, &start, 5000, 1e-8);
    reaches("annealing", &[("temperature", 0.0)], sphere, &start, 5000, 1e-6);
    reaches("cma_es", &[], sphere, &start, 3000, 1e-10);
    reaches("evolution", &[], sphere, &start, 10_000, 1e-3);
    reaches("random_search", &[], sphere, &[1.0; 2], 5000, 0.02);
}

#[test]
fn the_curse_of_dimension_holds_for_pure_random_search() {
    // The same number of draws: the best of them is far off when there are many parameters.
    for seed in 1..=3 {
        let best = |n: usize| {
            let mut search = Search::new("random_search", &[], n, seed);
            minimise(&mut search, sphere, &vec![1.0; n], 5000) / n as f64
        };
        let (two, ten, hundred) = (best(2), best(10), best(100));
        assert!(two < 0.01 && ten > 5.0 * two && hundred > 0.4, "{two} {ten} {hundred}");
    }
}

#[test]
fn rosenbrocks_valley_is_followed() {
    reaches("cma_es", &[], rosenbrock, &[-1.2, 1.0], 2000, 1e-8);
    reaches("cma_es", &[], rosenbrock, &[0.0; 8], 12_000, 1e-6);
    reaches("solis_wets", &[], rosenbrock, &[-1.2, 1.0], 20_000, 1e-3);
    reaches("annealing", &[], rosenbrock, &[-1.2, 1.0], 40_000, 1e-2);
    reaches("evolution", &[("sigma", 0.01)], rosenbrock, &[-1.2, 1.0], 80_000, 1e-1);
}

#[test]
fn one_of_himmelblaus_minima_is_found() {
    for id in ["solis_wets", "annealing", "cma_es"] {
        reaches(id, &[], himmelblau, &[0.0, 0.0], 6000, 1e-4);
    }
    reaches("evolution", &[], himmelblau, &[0.0, 0.0], 20_000, 0.1);
    reaches("random_search", &[("radius", 4.0)], himmelblau, &[0.0, 0.0], 20_000, 0.5);
}

#[test]
fn the_covariance_learns_an_ellipse_that_is_turned() {
    let start = [1.0; 10];
    reaches("cma_es", &[], turned_ellipse, &start, 6000, 1e-8);
    // The diagonal cannot describe it.
    for seed in 1..=3 {
        let mut search = Search::new("cma_es", &[("separable", 1.0)], 10, seed);
        let diagonal = minimise(&mut search, turned_ellipse, &start, 6000);
        assert!(diagonal > 1e-6, "seed {seed}: {diagonal}");
    }
}

#[test]
fn a_diagonal_covariance_learns_an_ellipse_along_the_axes() {
    let ellipse = |p: &[f64]| -> f64 {
        let n = p.len();
        p.iter().enumerate().map(|(i, x)| 1e4_f64.powf(i as f64 / (n - 1) as f64) * x * x).sum()
    };
    for seed in 1..=3 {
        let mut search = Search::new("cma_es", &[("separable", 1.0)], 40, seed);
        let found = minimise(&mut search, ellipse, &[1.0; 40], 12_000);
        assert!(found < 1e-6, "seed {seed}: {found}");
    }
}

#[test]
fn many_dents_need_a_search_that_looks_far() {
    let start = [3.0, -2.0];
    let slowly = [("temperature", 10.0), ("cooling", 0.99), ("step", 0.5)];
    reaches("annealing", &slowly, rastrigin, &start, 20_000, 1e-4);
    reaches("cma_es", &[("population", 150.0), ("sigma", 3.0)], rastrigin, &start, 8000, 1e-6);
    // Short steps stay in the dent they start in.
    for seed in 1..=3 {
        let mut search = Search::new("solis_wets", &[("step", 0.01)], 2, seed);
        assert!(minimise(&mut search, rastrigin, &start, 10_000) > 1.0);
    }
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    for id in IDS {
        for n in [3, 320] {
            let run = |observe: bool| {
                let mut search = Search::new(id, &[], n, 5);
                search.observe = observe;
                let mut objective = function(n, rosenbrock);
                let mut p = vec![0.1; n];
                for _ in 0..12 {
                    search.step(&mut objective, &mut p);
                }
                p.iter().map(|x| x.to_bits()).collect::<Vec<_>>()
            };
            assert_eq!(run(false), run(false), "{id} {n}");
            assert_eq!(run(false), run(true), "{id} {n}: looking must change nothing");
        }
    }
}

#[test]
fn a_saved_search_goes_on_bit_for_bit() {
    for id in IDS {
        // 60 parameters: the covariance is taken apart in every other step. 320: it is diagonal.
        for (n, before) in [(1, 3), (2, 9), (60, 7), (60, 8), (320, 5)] {
            // Fast cooling, so that the later of these steps are frozen.
            let cooling: &[_] = if id == "annealing" { &[("cooling", 0.5)] } else { &[] };
            let mut search = Search::new(id, cooling, n, 9);
            let mut objective = function(n, |p: &[f64]| rosenbrock(p) + sphere(p));
            let mut p = vec![0.3; n];
            for _ in 0..before {
                search.step(&mut objective, &mut p);
            }
            let saved = serde_json::to_string(&search.optimizer.state()).unwrap();
            assert!(!saved.contains("null"), "{id}: {saved}");
            let state: OptimizerState = serde_json::from_str(&saved).unwrap();
            let mut other = Search::new(id, cooling, n, 0);
            other.rng = search.rng.clone();
            other.optimizer.restore(&state).unwrap();
            let mut q = p.clone();
            for step in 0..10 {
                let one = search.step(&mut objective, &mut p);
                let two = other.step(&mut objective, &mut q);
                assert_eq!(one, two, "{id} {n}");
                assert!(p.iter().zip(&q).all(|(a, b)| a.to_bits() == b.to_bits()), "{id} {step}");
            }
            assert_eq!(search.optimizer.state(), other.optimizer.state(), "{id}");
        }
    }
}

#[test]
fn a_state_that_does_not_fit_changes_nothing() {
    for id in IDS {
        let mut search = Search::new(id, &[], 4, 1);
        let mut objective = function(4, sphere);
        search.step(&mut objective, &mut [1.0; 4]);
        let before = search.optimizer.state();
        for name in before.vectors.keys() {
            let mut state = before.clone();
            state.step = 77;
            state.vectors.remove(name);
            assert!(search.optimizer.restore(&state).is_err(), "{id}: no {name}");
            state.vectors.insert(name.clone(), vec![0.0; 99]);
            assert!(search.optimizer.restore(&state).is_err(), "{id}: {name} too long");
            state.vectors.insert(name.clone(), before.vectors[name].clone());
            state.vectors.insert("velocity".to_owned(), vec![0.0; 4]);
            assert!(search.optimizer.restore(&state).is_err(), "{id}: a stranger");
            assert_eq!(search.optimizer.state(), before, "{id}");
        }
    }
}

/// Steps until the method gives up; `None` if it does not within so many steps.
fn until_halt(
    search: &mut Search,
    objective: &mut dyn Objective,
    p: &mut [f32],
    steps: usize,
) -> Option<(HaltKind, String)> {
    let halts = (0..steps).find_map(|_| search.step(objective, p).halt);
    halts.map(|halt| (halt.kind, halt.why))
}

#[test]
fn a_flat_loss_ends_in_words() {
    for id in IDS {
        for n in [0, 1, 2, 30, 320] {
            let mut search = Search::new(id, &[], n, 1);
            let mut objective = function(n, |_: &[f64]| 0.75);
            let mut p = vec![0.5; n];
            let (kind, why) = until_halt(&mut search, &mut objective, &mut p, 40).unwrap();
            assert_eq!(kind, HaltKind::FlatLoss, "{id} {n}: {why}");
            assert!(why.ends_with('.') && (n == 0 || why.contains("0.75")), "{id}: {why}");
        }
    }
}

#[test]
fn losses_that_are_no_numbers_end_in_words_and_move_nothing() {
    for id in IDS {
        for n in [1, 3, 320] {
            for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                let start = vec![0.5; n];
                let f = |p: &[f64]| if p.iter().all(|&x| x == 0.5) { 1.0 } else { bad };
                let mut objective = function(n, f);
                let mut search = Search::new(id, &[], n, 1);
                let mut p = start.clone();
                let (kind, why) = until_halt(&mut search, &mut objective, &mut p, 60).unwrap();
                assert_eq!(kind, HaltKind::NoProgress, "{id} {n}: {why}");
                assert_eq!(p, start, "{id}");
                assert!(
                    !search.optimizer.state().vectors.values().flatten().any(|x| !x.is_finite())
                );

                // Already at the start: for the training loop to explain.
                let mut objective = function(n, |_: &[f64]| bad);
                let report = search.step(&mut objective, &mut p);
                assert!(!report.loss.is_finite() && report.halt.is_none());
                assert_eq!(p, start, "{id}");
                assert_eq!(objective.losses, 1);
            }
        }
    }
}

#[test]
fn a_wall_of_nan_is_not_crossed() {
    // The lowest point lies at 0, one unit from a wall behind which there are no numbers.
    let f = |p: &[f64]| if p[0] > 1.0 { f64::NAN } else { sphere(p) };
    for id in IDS {
        let mut search = Search::new(id, &[], 3, 2);
        let found = minimise(&mut search, f, &[0.99, 1.0, 1.0], 4000);
        assert!(found < 0.1, "{id}: {found}");
    }
}

#[test]
fn a_loss_without_a_bottom_is_followed_and_never_hangs() {
    for id in IDS {
        for steepness in [1.0, 1e30] {
            let mut objective = function(2, |p: &[f64]| -steepness * (p[0] + p[1]).powi(3));
            let mut search = Search::new(id, &[], 2, 1);
            let mut p = [1.0, 1.0];
            let start = objective.loss(&p);
            until_halt(&mut search, &mut objective, &mut p, 3000);
            assert!(objective.loss(&p) < start, "{id}");
            assert!(search.optimizer.state().vectors.values().flatten().all(|x| x.is_finite()));
        }
    }
}

#[test]
fn evaluations_are_as_many_as_the_settings_say() {
    for (id, setting, expected) in [
        ("random_search", "candidates", 1 + 30),
        ("solis_wets", "candidates", 1 + 30),
        ("annealing", "candidates", 1 + 30),
        ("cma_es", "population", 1 + 30),
        ("evolution", "population", 1 + 30),
    ] {
        let mut search = Search::new(id, &[(setting, 30.0)], 3, 1);
        let mut objective = function(3, sphere);
        let mut p = [1.0; 3];
        for step in 1..=5 {
            search.step(&mut objective, &mut p);
            // Solis and Wets' last try may be a pair.
            let slack = if id == "solis_wets" { step } else { 0 };
            let found = objective.evaluations().losses;
            assert!((step * expected..=step * expected + slack).contains(&found), "{id}: {found}");
        }
    }
    // Four candidates and three more for every factor e.
    for (n, population) in [(1, 4), (2, 6), (10, 10), (100, 17)] {
        let mut objective = function(n, sphere);
        Search::new("cma_es", &[], n, 1).step(&mut objective, &mut vec![1.0; n]);
        assert_eq!(objective.losses, 1 + population);
    }
}

#[test]
fn an_observed_step_shows_every_candidate() {
    for id in IDS {
        let mut search = Search::new(id, &[], 5, 3);
        let mut objective = function(5, sphere);
        let mut p = vec![2.0, -1.0, 0.5, 0.5, 0.5];
        let unseen = search.step(&mut objective, &mut p);
        assert!(unseen.observed.is_none() && unseen.detail.is_none(), "{id}");

        search.observe = true;
        objective.asked = Some(Vec::new());
        let before = p.clone();
        let report = search.step(&mut objective, &mut p);
        let asked = objective.asked.take().unwrap();
        assert_eq!(asked[0], (before.clone(), report.loss), "{id}: the loss before the step");
        let detail = report.detail.unwrap();
        assert!(detail.story.ends_with('.') && detail.story.len() < 400, "{id}: {}", detail.story);
        assert!(detail.quantities.len() >= 3, "{id}");
        assert!(detail.quantities.iter().all(|q| q.value.is_finite() && q.help.ends_with('.')));
        let Picture::Cloud { watched, centre, candidates, moved_to, covariance } = detail.picture
        else {
            unreachable!("{id} draws a cloud")
        };
        assert_eq!((watched, centre, moved_to), ([0, 1], [before[0], before[1]], [p[0], p[1]]));
        assert_eq!(candidates.len(), asked.len() - 1, "{id}");
        for (candidate, (point, loss)) in candidates.iter().zip(&asked[1..]) {
            assert_eq!((candidate.at, candidate.loss), ([point[0], point[1]], *loss), "{id}");
        }
        assert_eq!(covariance.is_some(), id == "cma_es");
        let observed = report.observed.unwrap();
        assert_eq!(observed.gradient_norm, None);
        let moved = p.iter().zip(&before).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt();
        assert!((observed.step_norm - moved).abs() <= 1e-5 * moved, "{id}");
        if let Some(change) = observed.actual_change {
            assert!((change - (objective.loss(&p) - report.loss)).abs() < 1e-6, "{id}");
        }
    }
}

#[test]
fn pictures_of_a_single_parameter_are_drawn() {
    for id in IDS {
        let mut search = Search::new(id, &[], 1, 3);
        search.observe = true;
        let mut objective = function(1, sphere);
        assert!(search.step(&mut objective, &mut [1.0]).detail.is_some());
    }
}

#[test]
fn searches_that_keep_the_best_never_rise() {
    for id in ["random_search", "solis_wets"] {
        let mut search = Search::new(id, &[], 6, 4);
        let mut objective = function(6, rastrigin);
        let mut p = [0.7; 6];
        let mut last = f32::INFINITY;
        for _ in 0..100 {
            let loss = search.step(&mut objective, &mut p).loss;
            assert!(loss <= last, "{id}: {last} -> {loss}");
            last = loss;
        }
    }
}

#[test]
fn annealing_climbs_while_hot_and_returns_to_the_best_when_frozen() {
    let settings = [("temperature", 20.0), ("cooling", 0.9), ("step", 0.5)];
    for seed in 1..=3 {
        let mut search = Search::new("annealing", &settings, 2, seed);
        let mut objective = function(2, rastrigin);
        objective.asked = Some(Vec::new());
        let mut p = [3.0, -2.0];
        let losses: Vec<f32> = (0..66).map(|_| search.step(&mut objective, &mut p).loss).collect();
        assert!(losses.windows(2).any(|w| w[1] > w[0]), "uphill now and then");
        // 0.9⁶⁵ < 1/1000 < 0.9⁶⁵·10: from step 66 on it is frozen.
        let asked = objective.asked.take().unwrap();
        let best = asked.iter().map(|(_, loss)| *loss).fold(f32::INFINITY, f32::min);
        let mut last = search.step(&mut objective, &mut p).loss;
        assert!(objective.loss(&p) <= best, "back at the best");
        for _ in 0..30 {
            let loss = search.step(&mut objective, &mut p).loss;
            assert!(loss <= last, "only downhill");
            last = loss;
        }
    }
}

#[test]
fn a_search_that_ends_leaves_the_best_it_has_seen() {
    for id in ["annealing", "cma_es"] {
        for seed in 1..=3 {
            let mut search =
                Search::new(id, &[("population", 4.0)][..usize::from(id == "cma_es")], 2, seed);
            let mut objective = function(2, himmelblau);
            objective.asked = Some(Vec::new());
            let mut p = [0.0; 2];
            let (_, why) = until_halt(&mut search, &mut objective, &mut p, 5000).unwrap();
            let asked = objective.asked.take().unwrap();
            let best = asked.iter().map(|(_, loss)| *loss).fold(f32::INFINITY, f32::min);
            assert!(objective.loss(&p) <= best, "{id}: {why}");
        }
    }
}

#[test]
fn settings_take_hold_between_two_steps() {
    // (setting, value): the step size of each method, set to 5 from one step to the next.
    for (id, setting) in [
        ("random_search", "radius"),
        ("solis_wets", "step"),
        ("annealing", "step"),
        ("cma_es", "sigma"),
        ("evolution", "sigma"),
    ] {
        let width = |search: &mut Search| {
            let mut objective = function(8, sphere);
            objective.asked = Some(Vec::new());
            let mut p = vec![0.1; 8];
            search.step(&mut objective, &mut p);
            let asked = objective.asked.take().unwrap();
            let (point, _) = &asked[1];
            point.iter().fold(0.0_f32, |most, x| most.max(x.abs()))
        };
        let wide = if id == "evolution" { 2.0 } else { 5.0 };
        let mut search = Search::new(id, &[(setting, 0.05)], 8, 1);
        assert!(width(&mut search) < 0.6, "{id}");
        search.optimizer.configure(&[(setting, wide)].into_iter().collect());
        assert!(width(&mut search) > 0.7 * wide as f32, "{id}");
    }
    // From a whole covariance to a diagonal one and back, in the middle of a run.
    let mut search = Search::new("cma_es", &[], 4, 1);
    let mut objective = function(4, turned_ellipse);
    let mut p = vec![1.0; 4];
    for separable in [1.0, 0.0, 1.0] {
        for _ in 0..20 {
            search.step(&mut objective, &mut p);
        }
        search.optimizer.configure(&[("separable", separable)].into_iter().collect());
    }
    assert!(objective.loss(&p) < 1e4);
}

#[test]
fn parameters_changed_from_outside_are_taken_up() {
    for id in IDS {
        let mut search = Search::new(id, &[], 4, 1);
        let mut objective = function(4, |p: &[f64]| sphere(p) + 1.0);
        let mut p = vec![1.0; 4];
        for _ in 0..5 {
            search.step(&mut objective, &mut p);
        }
        p.fill(2.0);
        assert_eq!(search.step(&mut objective, &mut p).loss, 17.0, "{id}");
    }
}

#[test]
fn a_hundred_thousand_parameters_are_no_reason_to_hang() {
    let n = 100_000;
    for id in IDS {
        let settings: &[(&str, f64)] = if id == "evolution" { &[("population", 6.0)] } else { &[] };
        let mut search = Search::new(id, settings, n, 1);
        search.observe = true;
        let mut objective = function(n, sphere);
        let mut p = vec![1.0; n];
        for _ in 0..2 {
            let report = search.step(&mut objective, &mut p);
            assert!(report.halt.is_none(), "{id}");
            if id == "cma_es" {
                assert!(report.detail.unwrap().story.contains("only the diagonal"));
            }
        }
        let saved: usize = search.optimizer.state().vectors.values().map(Vec::len).sum();
        assert!(saved < 5 * n, "{id}: {saved} numbers are saved");
    }
}
