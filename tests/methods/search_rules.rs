//! The methods of random search against their published rules, written down a second time: from the
//! candidates of a step and their losses follow the new parameters and the new memory.

use crate::search_support::{Search, function, rastrigin, rosenbrock};
use netsmith::optim::{HaltKind, Optimizer, Picture};

/// CMA-ES written down once more, as plainly as possible: with the formulas of the tutorial on
/// small dense matrices, without eigenvectors. It is told the candidates and their losses.
mod reference {
    pub type Matrix = Vec<Vec<f64>>;

    pub fn identity(n: usize) -> Matrix {
        (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect()
    }

    fn product(a: &Matrix, b: &Matrix) -> Matrix {
        let column = |j: usize| b.iter().map(move |row| row[j]);
        let entry = |row: &[f64], j: usize| row.iter().zip(column(j)).map(|(x, y)| x * y).sum();
        a.iter().map(|row| (0..b.len()).map(|j| entry(row, j)).collect()).collect()
    }

    fn mixed(a: &Matrix, x: f64, b: &Matrix, y: f64) -> Matrix {
        let row =
            |(a, b): (&Vec<f64>, &Vec<f64>)| a.iter().zip(b).map(|(a, b)| x * a + y * b).collect();
        a.iter().zip(b).map(row).collect()
    }

    /// A^(−½) by the coupled Newton–Schulz iteration, after scaling by the trace.
    pub fn inverse_root(a: &Matrix) -> Matrix {
        let n = a.len();
        let trace: f64 = (0..n).map(|i| a[i][i]).sum();
        let (mut y, mut z) = (mixed(a, 1.0 / trace, a, 0.0), identity(n));
        for _ in 0..200 {
            let t = mixed(&identity(n), 1.5, &product(&z, &y), -0.5);
            (y, z) = (product(&y, &t), product(&t, &z));
        }
        mixed(&z, 1.0 / trace.sqrt(), &z, 0.0)
    }

    pub fn times(a: &Matrix, x: &[f64]) -> Vec<f64> {
        a.iter().map(|row| row.iter().zip(x).map(|(a, x)| a * x).sum()).collect()
    }

    pub fn length(x: &[f64]) -> f64 {
        x.iter().map(|x| x * x).sum::<f64>().sqrt()
    }

    /// What CMA-ES remembers.
    pub struct State {
        pub mean: Vec<f64>,
        pub sigma: f64,
        pub sigma_path: Vec<f64>,
        pub path: Vec<f64>,
        pub c: Matrix,
    }

    /// One generation; `candidates` from the best to the worst.
    pub fn update(s: &mut State, candidates: &[Vec<f64>], generation: i32) {
        let (n, lambda) = (s.mean.len() as f64, candidates.len());
        let raw: Vec<f64> = (1..=lambda)
            .map(|i| f64::midpoint(lambda as f64, 1.0).ln() - (i as f64).ln())
            .collect();
        let up: f64 = raw.iter().filter(|w| **w > 0.0).sum();
        let down: f64 = -raw.iter().filter(|w| **w < 0.0).sum::<f64>();
        let squares =
            |sign: f64| -> f64 { raw.iter().filter(|w| **w * sign > 0.0).map(|w| w * w).sum() };
        let (mu, mu_minus) = (up * up / squares(1.0), down * down / squares(-1.0));
        let c1 = 2.0 / ((n + 1.3).powi(2) + mu);
        let c_mu = (2.0 * (0.25 + mu + 1.0 / mu - 2.0) / ((n + 2.0).powi(2) + mu)).min(1.0 - c1);
        let alpha = (1.0 + c1 / c_mu)
            .min(1.0 + 2.0 * mu_minus / (mu + 2.0))
            .min((1.0 - c1 - c_mu) / (n * c_mu));
        let w: Vec<f64> =
            raw.iter().map(|&w| if w > 0.0 { w / up } else { alpha * w / down }).collect();
        let c_sigma = (mu + 2.0) / (n + mu + 5.0);
        let d_sigma = 1.0 + 2.0 * (((mu - 1.0) / (n + 1.0)).sqrt() - 1.0).max(0.0) + c_sigma;
        let c_c = (4.0 + mu / n) / (n + 4.0 + 2.0 * mu / n);
        let chi = n.sqrt() * (1.0 - 1.0 / (4.0 * n) + 1.0 / (21.0 * n * n));

        let y: Vec<Vec<f64>> = candidates
            .iter()
            .map(|x| x.iter().zip(&s.mean).map(|(x, m)| (x - m) / s.sigma).collect())
            .collect();
        let root = inverse_root(&s.c);
        let mut step = vec![0.0; s.mean.len()];
        for (y, w) in y.iter().zip(&w).filter(|(_, w)| **w > 0.0) {
            step.iter_mut().zip(y).for_each(|(s, y)| *s += w * y);
        }
        for (m, step) in s.mean.iter_mut().zip(&step) {
            *m += s.sigma * step;
        }
        let gain = (c_sigma * (2.0 - c_sigma) * mu).sqrt();
        for (p, z) in s.sigma_path.iter_mut().zip(times(&root, &step)) {
            *p = (1.0 - c_sigma) * *p + gain * z;
        }
        let size = length(&s.sigma_path);
        let grown = (1.0 - (1.0 - c_sigma).powi(2 * generation)).sqrt();
        let h = f64::from(u8::from(size / grown < (1.4 + 2.0 / (n + 1.0)) * chi));
        let gain = h * (c_c * (2.0 - c_c) * mu).sqrt();
        for (p, y) in s.path.iter_mut().zip(&step) {
            *p = (1.0 - c_c) * *p + gain * y;
        }
        let keep = 1.0 + c1 * (1.0 - h) * c_c * (2.0 - c_c) - c1 - c_mu * w.iter().sum::<f64>();
        let lengths: Vec<f64> = y.iter().map(|y| length(&times(&root, y)).powi(2)).collect();
        for i in 0..s.mean.len() {
            for j in 0..s.mean.len() {
                let mut sum = 0.0;
                for ((y, &w), square) in y.iter().zip(&w).zip(&lengths) {
                    sum += if w > 0.0 { w } else { w * n / square } * y[i] * y[j];
                }
                s.c[i][j] = keep * s.c[i][j] + c1 * s.path[i] * s.path[j] + c_mu * sum;
            }
        }
        s.sigma *= (c_sigma / d_sigma * (size / chi - 1.0)).exp();
    }
}

#[test]
fn cma_es_does_what_the_tutorial_says() {
    for (n, population) in [(2, 0.0), (4, 0.0), (4, 30.0), (6, 9.0)] {
        let mut search = Search::new("cma_es", &[("population", population)], n, 11);
        let mut objective = function(n, rosenbrock);
        let mut p = vec![0.2_f32; n];
        for generation in 1..=40 {
            // The reference starts each generation from the method's own rounded memory, so that
            // only this generation's formulas are compared.
            let mut expected = remembered(&*search.optimizer, &p);
            objective.asked = Some(Vec::new());
            search.step(&mut objective, &mut p);
            let mut candidates = objective.asked.take().unwrap().split_off(1);
            candidates.sort_by(|a, b| a.1.total_cmp(&b.1));
            let points: Vec<Vec<f64>> =
                candidates.iter().map(|(x, _)| x.iter().map(|&x| f64::from(x)).collect()).collect();
            reference::update(&mut expected, &points, generation);
            compare(&expected, &remembered(&*search.optimizer, &p), generation);
        }
    }
}

/// The memory of CMA-ES with whole matrices, as the reference wants it.
fn remembered(optimizer: &dyn Optimizer, p: &[f32]) -> reference::State {
    let state = optimizer.state();
    let vector =
        |name: &str| -> Vec<f64> { state.vectors[name].iter().map(|&x| f64::from(x)).collect() };
    let lower = vector("covariance");
    let entry = |i: usize, j: usize| lower[i.max(j) * (i.max(j) + 1) / 2 + i.min(j)];
    let n = p.len();
    reference::State {
        mean: p.iter().map(|&x| f64::from(x)).collect(),
        sigma: vector("sigma")[0],
        sigma_path: vector("sigma_path"),
        path: vector("path"),
        c: (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect(),
    }
}

#[track_caller]
fn compare(expected: &reference::State, found: &reference::State, generation: i32) {
    let near = |what: &str, expected: &[f64], found: &[f64]| {
        let size = reference::length(expected).max(1e-3);
        for (e, f) in expected.iter().zip(found) {
            // Candidates are rounded to f32 relative to the mean, not to their distance from it.
            assert!((e - f).abs() < 1e-3 * size, "{what} in {generation}: {f}, expected {e}");
        }
    };
    near("mean", &expected.mean, &found.mean);
    near("sigma path", &expected.sigma_path, &found.sigma_path);
    near("path", &expected.path, &found.path);
    near("sigma", &[expected.sigma], &[found.sigma]);
    near("covariance", &expected.c.concat(), &found.c.concat());
}

#[test]
fn a_candidate_without_a_loss_is_no_parent_in_cma_es() {
    // Of ten candidates five are parents; three quarters of them have no loss here.
    let f = |p: &[f64]| if p[0] > 1.0 || p[1] > 1.0 { f64::NAN } else { p[0] + p[1] + 5.0 };
    let mut few = 0;
    for seed in 1..=8 {
        let mut search = Search::new("cma_es", &[("population", 10.0)], 2, seed);
        let mut p = [1.0, 1.0];
        let mut parents = asked_in_a_step(&mut search, f, &mut p).split_off(1);
        parents.retain(|(_, loss)| loss.is_finite());
        parents.sort_by(|a, b| a.1.total_cmp(&b.1));
        parents.truncate(5);
        few += usize::from((1..5).contains(&parents.len()));
        let weights: Vec<f64> =
            (1..=parents.len()).map(|i| 5.5_f64.ln() - (i as f64).ln()).collect();
        for (i, &found) in p.iter().enumerate() {
            let sum: f64 =
                parents.iter().zip(&weights).map(|((x, _), w)| w * f64::from(x[i])).sum();
            let mean = if parents.is_empty() { 1.0 } else { sum / weights.iter().sum::<f64>() };
            assert!(
                (f64::from(found) - mean).abs() < 1e-6,
                "seed {seed}: {found}, expected {mean}"
            );
        }
    }
    assert!(few >= 4, "too few clouds with a parent missing: {few}");
}

#[test]
fn the_end_of_cma_es_is_the_best_point_if_it_still_is() {
    // The third point asked for is better than all that follow; what is there later differs.
    for (later, returns) in [(0.1, true), (1.0, true), (2.0, false), (f64::NAN, false)] {
        let (mut asked, mut lucky) = (0, Vec::new());
        let f = |p: &[f64]| {
            asked += 1;
            if asked == 3 {
                lucky = p.to_vec();
                return 0.1;
            }
            if p == lucky { later } else { 1.0 }
        };
        let mut objective = function(3, f);
        let mut search = Search::new("cma_es", &[], 3, 5);
        let mut p = [0.5; 3];
        let halt = (0..30).find_map(|_| search.step(&mut objective, &mut p).halt).unwrap();
        assert_eq!(halt.kind, HaltKind::FlatLoss, "{}", halt.why);
        drop(objective);
        let p = p.map(f64::from);
        assert_eq!(p.as_slice() == lucky, returns, "{later}: {p:?}, {lucky:?}");
    }
}

#[test]
fn candidates_beyond_all_numbers_are_not_asked_for_in_cma_es() {
    // So wide a cloud that most of its candidates overflow; the loss itself would not notice.
    let mut search = Search::new("cma_es", &[("separable", 1.0)], 4, 2);
    let mut state = search.optimizer.state();
    state.vectors.insert("covariance".to_owned(), vec![1e38; 4]);
    state.vectors.insert("sigma".to_owned(), vec![1e20]);
    search.optimizer.restore(&state).unwrap();
    search.observe = true;
    let mut objective = function(4, |p: &[f64]| 1.0 - p.iter().map(|x| x.atan()).sum::<f64>());
    objective.asked = Some(Vec::new());
    let Picture::Cloud { candidates, .. } =
        search.step(&mut objective, &mut [1.0; 4]).detail.unwrap().picture
    else {
        unreachable!("CMA-ES draws a cloud")
    };
    let asked = objective.asked.unwrap();
    assert!(asked.len() < 1 + candidates.len(), "no candidate has overflowed");
    assert!(asked.iter().all(|(point, _)| point.iter().all(|x| x.is_finite())), "{asked:?}");
    assert_eq!(candidates.iter().filter(|c| c.loss.is_finite()).count(), asked.len() - 1);
}

/// One step with everything that was asked in it: the parameters before, then the candidates.
fn asked_in_a_step(
    search: &mut Search,
    f: fn(&[f64]) -> f64,
    p: &mut [f32],
) -> Vec<(Vec<f32>, f32)> {
    let mut objective = function(p.len(), f);
    objective.asked = Some(Vec::new());
    search.step(&mut objective, p);
    objective.asked.unwrap()
}

#[test]
fn solis_and_wets_follow_their_rule() {
    let mut search = Search::new("solis_wets", &[("successes", 2.0), ("failures", 3.0)], 5, 8);
    let mut p = vec![1.0; 5];
    let (mut bias, mut size) = ([0.0_f32; 5], 0.1_f32);
    let (mut successes, mut failures) = (0, 0);
    for _ in 0..20 {
        let asked = asked_in_a_step(&mut search, rosenbrock, &mut p);
        let (mut here, mut loss) = asked[0].clone();
        let mut tries = asked[1..].iter();
        while let Some((forwards, first)) = tries.next() {
            let d: Vec<f32> = forwards.iter().zip(&here).map(|(x, p)| x - p).collect();
            let mut landed = (forwards, *first);
            let (mut keep, mut pull) = (0.2, 0.4);
            if landed.1 >= loss {
                let (backwards, second) = tries.next().unwrap();
                assert!(
                    backwards.iter().zip(&here).zip(&d).all(|((x, p), d)| (p - d - x).abs() < 1e-6)
                );
                landed = (backwards, *second);
                (keep, pull) = if landed.1 < loss { (1.0, -0.4) } else { (0.5, 0.0) };
            }
            for (b, d) in bias.iter_mut().zip(&d) {
                *b = keep * *b + pull * d;
            }
            if landed.1 < loss {
                (here, loss) = (landed.0.clone(), landed.1);
                (successes, failures) = (successes + 1, 0);
            } else {
                (successes, failures) = (0, failures + 1);
            }
            if successes == 2 {
                (size, successes) = (2.0 * size, 0);
            }
            if failures == 3 {
                (size, failures) = (0.5 * size, 0);
            }
        }
        assert_eq!(here, p);
        let state = search.optimizer.state();
        assert_eq!(state.vectors["step_size"], [size]);
        for (found, expected) in state.vectors["bias"].iter().zip(bias) {
            assert!((found - expected).abs() < 1e-5, "{found}, expected {expected}");
        }
    }
}

#[test]
fn annealing_accepts_as_often_as_metropolis_says() {
    // Among Rastrigin's dents many rises are about as large as T, where the rule shows.
    let settings = [("temperature", 1.0), ("cooling", 0.9999), ("candidates", 500.0)];
    let mut search = Search::new("annealing", &settings, 2, 6);
    search.observe = true;
    let mut objective = function(2, rastrigin);
    let mut p = [0.5, 0.5];
    let (mut uphill, mut expected, mut variance) = (0.0, 0.0, 0.0);
    for step in 0..20 {
        let temperature = 0.9999_f64.powi(step);
        let report = search.step(&mut objective, &mut p);
        let Picture::Cloud { candidates, .. } = report.detail.unwrap().picture else {
            unreachable!("annealing draws a cloud")
        };
        let mut current = report.loss;
        for candidate in candidates {
            let rise = f64::from(candidate.loss - current);
            if rise > 0.0 {
                let chance = (-rise / temperature).exp();
                expected += chance;
                variance += chance * (1.0 - chance);
                uphill += f64::from(u8::from(candidate.kept));
            } else {
                assert!(candidate.kept || rise == 0.0, "downhill is always taken");
            }
            current = if candidate.kept { candidate.loss } else { current };
        }
    }
    assert!(
        uphill > 500.0 && (uphill - expected).abs() < 4.0 * variance.sqrt(),
        "{uphill} {expected}"
    );
}

#[test]
fn evolution_follows_the_ranked_candidates() {
    let (n, population, sigma, rate) = (6, 10, 0.05, 0.02);
    for (update, adam) in [(0.0, true), (1.0, false)] {
        let settings = [("population", 10.0), ("sigma", 0.05), ("update", update)];
        let mut search = Search::new("evolution", &settings, n, 3);
        search.rate = rate as f32;
        let mut p = vec![0.4_f32; n];
        let (mut m, mut v) = (vec![0.0; n], vec![0.0; n]);
        for step in 1..=10 {
            let before = p.clone();
            let asked = asked_in_a_step(&mut search, rosenbrock, &mut p);
            let mut order: Vec<usize> = (0..population).collect();
            order.sort_by(|&a, &b| asked[a + 1].1.total_cmp(&asked[b + 1].1));
            for i in 0..n {
                let g: f64 = order
                    .iter()
                    .enumerate()
                    .map(|(rank, &number)| {
                        let epsilon = f64::from(asked[number + 1].0[i] - before[i]) / sigma;
                        let utility = rank as f64 / (population as f64 - 1.0) - 0.5;
                        utility * epsilon / (population as f64 * sigma)
                    })
                    .sum();
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                let mean: f64 = m[i] / (1.0 - 0.9_f64.powi(step));
                let root: f64 = (v[i] / (1.0 - 0.999_f64.powi(step))).sqrt();
                let change = if adam { rate * mean / (root + 1e-8) } else { rate * g };
                let found = f64::from(before[i]) - f64::from(p[i]);
                assert!((found - change).abs() < 1e-5, "{step}: {found}, expected {change}");
            }
            // Opposite directions come in pairs.
            for pair in asked[1..].chunks_exact(2) {
                for (i, before) in before.iter().enumerate() {
                    let middle = f32::midpoint(pair[0].0[i], pair[1].0[i]);
                    assert!((middle - before).abs() < 1e-6);
                }
            }
        }
    }
}
