//! Synthetic sets: each follows its rule, and the same seed gives the same points.

use netsmith::data::{
    CURVES, DataError, Feature, SYNTHETIC, SetKind, Split, SyntheticSettings, Table, Values,
    prepare_points, synthetic_set,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn make(id: &str, samples: usize, noise: f64) -> Table {
    let set = synthetic_set(id).unwrap();
    let settings = SyntheticSettings { samples, noise, ..set.settings() };
    (set.generate)(&settings, &mut ChaCha8Rng::seed_from_u64(7)).unwrap()
}

fn numbers(table: &Table, column: usize) -> &[f64] {
    match &table.columns[column].values {
        Values::Number(numbers) => numbers,
        other => panic!("expected numbers, found {}", other.kind()),
    }
}

/// Points with +1 for blue and −1 for orange, or with their value.
fn points(table: &Table) -> Vec<(f64, f64, f64)> {
    let (x1, x2) = (numbers(table, 0), numbers(table, 1));
    let labels: Vec<f64> = match &table.columns[2].values {
        Values::Number(y) => y.clone(),
        values => (0..values.len())
            .map(|row| if values.word(row) == Some("blue") { 1.0 } else { -1.0 })
            .collect(),
    };
    x1.iter().zip(x2).zip(labels).map(|((x1, x2), y)| (*x1, *x2, y)).collect()
}

fn share(points: &[(f64, f64, f64)], rule: impl Fn(f64, f64, f64) -> bool) -> f64 {
    points.iter().filter(|(x1, x2, y)| rule(*x1, *x2, *y)).count() as f64 / points.len() as f64
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.collect();
    values.iter().sum::<f64>() / values.len() as f64
}

// ── The six of the TensorFlow Playground ─────────────────────────────────────

#[test]
fn circle_is_a_disc_in_a_ring() {
    let clean = points(&make("circle", 4000, 0.0));
    let disc = |x1: f64, x2: f64| x1.hypot(x2) < 2.5;
    assert_eq!(share(&clean, |x1, x2, y| disc(x1, x2) == (y > 0.0)), 1.0);
    assert_eq!(
        share(&clean, |x1, x2, _| (2.5..3.5).contains(&x1.hypot(x2)) || x1.hypot(x2) > 5.0),
        0.0
    );
    assert_eq!(share(&clean, |_, _, y| y > 0.0), 0.5);
    // r is uniform, not the area: the mean radius of the disc is 1.25, of the ring 4.25.
    let radius = |inside: bool| {
        mean(clean.iter().filter(|p| disc(p.0, p.1) == inside).map(|p| p.0.hypot(p.1)))
    };
    assert!((radius(true) - 1.25).abs() < 0.05 && (radius(false) - 4.25).abs() < 0.05);
    // Noise changes labels and leaves the points where they are allowed to be.
    let noisy = points(&make("circle", 4000, 0.5));
    assert_eq!(share(&noisy, |x1, x2, _| (2.5..3.5).contains(&x1.hypot(x2))), 0.0);
    let wrong = share(&noisy, |x1, x2, y| disc(x1, x2) != (y > 0.0));
    assert!((0.1..0.4).contains(&wrong), "{wrong}");
}

#[test]
fn xor_keeps_off_the_axes() {
    let clean = points(&make("xor", 4000, 0.0));
    assert_eq!(share(&clean, |x1, x2, y| (x1 * x2 > 0.0) == (y > 0.0)), 1.0);
    assert_eq!(share(&clean, |x1, x2, _| x1.abs() < 0.3 || x2.abs() < 0.3), 0.0);
    assert_eq!(share(&clean, |x1, x2, _| x1.abs() > 5.3 || x2.abs() > 5.3), 0.0);
    assert!((share(&clean, |_, _, y| y > 0.0) - 0.5).abs() < 0.03);
    let noisy = points(&make("xor", 4000, 0.5));
    assert_eq!(share(&noisy, |x1, x2, _| x1.abs() < 0.3 || x2.abs() < 0.3), 0.0);
    let wrong = share(&noisy, |x1, x2, y| (x1 * x2 > 0.0) != (y > 0.0));
    assert!((0.1..0.35).contains(&wrong), "{wrong}");
}

#[test]
fn gauss_has_two_clouds_whose_variance_follows_the_noise() {
    for (noise, variance) in [(0.0, 0.5), (0.25, 2.25), (0.5, 4.0)] {
        let points = points(&make("gauss", 8000, noise));
        for (center, sign) in [(2.0, 1.0), (-2.0, -1.0)] {
            let own = || points.iter().filter(|p| p.2 == sign);
            assert_eq!(own().count(), 4000);
            for axis in [|p: &(f64, f64, f64)| p.0, |p: &(f64, f64, f64)| p.1] {
                assert!((mean(own().map(axis)) - center).abs() < 0.12);
                let found = mean(own().map(|p| (axis(p) - center).powi(2)));
                assert!((found / variance - 1.0).abs() < 0.1, "{found} {variance}");
            }
        }
    }
}

#[test]
fn spiral_winds_one_and_three_quarter_times() {
    let clean = points(&make("spiral", 200, 0.0));
    for (index, (x1, x2, y)) in clean.iter().enumerate() {
        let i = (index % 100) as f64;
        let (start, sign) = if index < 100 { (0.0, 1.0) } else { (std::f64::consts::PI, -1.0) };
        let (r, t) = (5.0 * i / 100.0, 1.75 * i / 100.0 * std::f64::consts::TAU + start);
        assert!((x1 - r * t.sin()).abs() < 1e-12 && (x2 - r * t.cos()).abs() < 1e-12);
        assert_eq!(*y, sign);
    }
    let noisy = points(&make("spiral", 200, 0.5));
    let moved: Vec<f64> = clean.iter().zip(&noisy).map(|(a, b)| (a.0 - b.0).abs()).collect();
    assert!(moved.iter().all(|step| *step <= 0.5) && mean(moved.into_iter()) > 0.2);
}

#[test]
fn plane_and_hills_have_their_values() {
    let plane = points(&make("plane", 3000, 0.0));
    assert!(plane.iter().all(|(x1, x2, y)| (y - (x1 + x2) / 10.0).abs() < 1e-12));
    assert!(plane.iter().all(|(x1, x2, _)| x1.abs() <= 6.0 && x2.abs() <= 6.0));
    let noisy = points(&make("plane", 3000, 0.5));
    let errors = noisy.iter().map(|(x1, x2, y)| (y - (x1 + x2) / 10.0).abs());
    assert!(errors.fold(0.0, f64::max) <= 0.6);

    let hills = points(&make("multi_gauss", 3000, 0.0));
    assert!(hills.iter().all(|p| p.2.abs() <= 1.0));
    assert!(share(&hills, |_, _, y| y == 0.0) > 0.3, "flat ground between the hills");
    for (c1, c2, sign) in [
        (-4.0, 2.5, 1.0),
        (0.0, 2.5, -1.0),
        (4.0, 2.5, 1.0),
        (-4.0, -2.5, -1.0),
        (0.0, -2.5, 1.0),
        (4.0, -2.5, -1.0),
    ] {
        let near = hills.iter().filter(|p| (p.0 - c1).hypot(p.1 - c2) < 0.5);
        assert!(near.clone().count() > 3 && near.clone().all(|p| p.2 * sign > 0.7));
    }
}

/// The first point of each set with seed 7, 500 points and noise 0.25. It must never
/// change, or the data of saved experiments would. (Sines differ in the last bit between
/// systems, hence the tolerance.)
#[allow(clippy::unreadable_literal, reason = "these are read by machines")]
const GOLDEN: &[(&str, [f64; 2], &str)] = &[
    ("circle", [0.343266008418, 0.194399071328], "blue"),
    ("xor", [-3.722039029794, -3.620106372279], "blue"),
    ("gauss", [0.836942100173, -0.075132580013], "blue"),
    ("spiral", [-0.171101951490, -0.166005318614], "blue"),
    ("plane", [-4.106446835753, -3.984127646735], "-0.679752220824"),
    ("multi_gauss", [-4.106446835753, -3.984127646735], "-0.524951707091"),
    ("moons", [0.101297305422, 1.344309264450], "blue"),
    ("rings", [0.913917671379, 0.481550391541], "orange"),
    ("checkerboard", [-4.106446835753, -3.984127646735], "blue"),
    ("blobs", [-0.969214916522, 2.270722849989], "class 1"),
    ("curve", [-4.106446835753, 0.572447267832], ""),
];

#[test]
fn first_points_are_golden() {
    assert_eq!(GOLDEN.len(), SYNTHETIC.len());
    for (id, first, last) in GOLDEN {
        let table = make(id, 500, 0.25);
        for (column, expected) in first.iter().enumerate() {
            let found = numbers(&table, column)[0];
            assert!((found - expected).abs() < 1e-9, "{id}: {found}");
        }
        if let Some(column) = table.columns.get(2) {
            let found = column.values.display(0);
            let value = found.parse::<f64>().map_or(found, |y| format!("{y:.12}"));
            assert_eq!(value, *last, "{id}");
        }
    }
}

// ── The others ───────────────────────────────────────────────────────────────

#[test]
fn moons_rings_and_fields_lie_where_they_should() {
    let moons = points(&make("moons", 1000, 0.0));
    let on_moon = |x1: f64, x2: f64, y: f64| {
        let (c1, c2) = (-1.5 * y, -0.75 * y);
        ((x1 - c1).hypot(x2 - c2) - 3.0).abs() < 1e-9 && (x2 - c2) * y >= -1e-9
    };
    assert_eq!(share(&moons, on_moon), 1.0);

    let rings = points(&make("rings", 1000, 0.0));
    let on_ring = |x1: f64, x2: f64, y: f64| {
        let near = |r: f64| (x1.hypot(x2) - r).abs() <= 0.3 + 1e-9;
        if y > 0.0 { near(3.0) } else { near(1.0) || near(5.0) }
    };
    assert_eq!(share(&rings, on_ring), 1.0);
    assert!((share(&rings, |_, _, y| y > 0.0) - 0.5).abs() < 0.01);

    let board = points(&make("checkerboard", 2000, 0.0));
    let even = |x: f64| ((x / 3.0).floor() as i64).rem_euclid(2);
    assert_eq!(share(&board, |x1, x2, y| (even(x1) == even(x2)) == (y > 0.0)), 1.0);
}

#[test]
fn blobs_have_as_many_classes_as_asked_for() {
    let set = synthetic_set("blobs").unwrap();
    for classes in 2..=6 {
        let settings = SyntheticSettings { classes, ..set.settings() };
        let table = (set.generate)(&settings, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
        let samples =
            prepare_points(table, &[Feature::X1, Feature::X2], &Split::default()).unwrap();
        let names = samples.encoder.target.classes();
        assert_eq!(names.len(), classes);
        assert_eq!(names[0], if classes == 2 { "orange" } else { "class 1" });
        assert_eq!(samples.targets.ncols(), if classes == 2 { 1 } else { classes });
    }
}

#[test]
fn curves_follow_their_formula() {
    let set = synthetic_set("curve").unwrap();
    let curve = |formula: &str, noise: f64| {
        let settings = SyntheticSettings {
            formula: formula.to_owned(),
            noise,
            samples: 2000,
            ..set.settings()
        };
        (set.generate)(&settings, &mut ChaCha8Rng::seed_from_u64(1))
    };
    for preset in CURVES {
        curve(preset.id, 0.1).unwrap();
    }
    let clean = curve("x^2/4 - 1", 0.0).unwrap();
    let (xs, ys) = (numbers(&clean, 0), numbers(&clean, 1));
    assert!(xs.iter().all(|x| x.abs() <= 6.0));
    assert!(xs.iter().zip(ys).all(|(x, y)| (y - (x * x / 4.0 - 1.0)).abs() < 1e-12));
    // The standard deviation of the sine over the range is about 0.73: noise 0.5 is half of it.
    let noisy = curve("sine", 0.5).unwrap();
    let (xs, ys) = (numbers(&noisy, 0), numbers(&noisy, 1));
    let deviation = mean(xs.iter().zip(ys).map(|(x, y)| (y - x.sin()).powi(2))).sqrt();
    assert!((deviation - 0.36).abs() < 0.03, "{deviation}");
    assert!(matches!(curve("ln(x)", 0.0), Err(DataError::FormulaValue { .. })));
    assert!(matches!(curve("2 +", 0.0), Err(DataError::Formula { position: 4, .. })));
}

// ── All ──────────────────────────────────────────────────────────────────────

#[test]
fn every_set_is_deterministic_and_fits_the_map() {
    for set in SYNTHETIC {
        assert_eq!(synthetic_set(set.id).map(|found| found.name), Some(set.name));
        // Without noise the spiral knows no chance at all.
        let noise = set.default_noise.max(0.1);
        let settings = SyntheticSettings { noise, ..set.settings() };
        let run = |seed| (set.generate)(&settings, &mut ChaCha8Rng::seed_from_u64(seed)).unwrap();
        let table = run(1);
        assert!(table == run(1) && table != run(2), "{}", set.id);
        assert_eq!(table.rows(), set.default_samples);
        let names = match set.kind {
            SetKind::Classification => vec!["x₁", "x₂", "class"],
            SetKind::Regression => vec!["x₁", "x₂", "y"],
            SetKind::Curve => vec!["x", "y"],
        };
        assert_eq!(table.names(), names);
        let inside = numbers(&table, 0).iter().filter(|x| x.abs() <= 6.0).count();
        assert!(inside * 100 >= table.rows() * 98, "{}", set.id);
    }
}

#[test]
fn settings_out_of_range_are_refused() {
    let good = SyntheticSettings::default();
    for (settings, name) in [
        (SyntheticSettings { samples: 9, ..good.clone() }, "samples"),
        (SyntheticSettings { samples: 100_001, ..good.clone() }, "samples"),
        (SyntheticSettings { noise: 0.51, ..good.clone() }, "noise"),
        (SyntheticSettings { noise: f64::NAN, ..good.clone() }, "noise"),
        (SyntheticSettings { classes: 1, ..good }, "classes"),
    ] {
        for set in SYNTHETIC {
            let found = (set.generate)(&settings, &mut ChaCha8Rng::seed_from_u64(1));
            assert!(matches!(found, Err(DataError::Setting { setting, .. }) if setting == name));
        }
    }
}
