//! What the window spends its time on: an update, an epoch, a map, a frame, reading a table;
//! how far apart two cores are, and what a core forgets between two frames.
//!
//! `cargo bench` measures all of them; `cargo bench -- frame` one group.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what cannot be set up fails loudly"
)]

use std::hint::{black_box, spin_loop};
use std::io::Cursor;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use eframe::egui;
use mimalloc::MiMalloc;
use netsmith::app::{Netsmith, Setup};
use netsmith::data::read_csv;
use netsmith::experiment::{ExperimentSpec, NetworkSpec, Prepared, TableStore};
use netsmith::insight::map::draw;
use netsmith::insight::pass::Pass;
use netsmith::insight::{Axis, Plane};
use netsmith::nn::Activation;
use netsmith::train::bench_task::BenchTask;
use netsmith::train::trainer::Measuring;
use netsmith::train::{CurvePoint, Trainer};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// As in the program.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How long the window rests between two frames, at 60 a second.
const REST: Duration = Duration::from_millis(15);

/// How long the work takes, each time after such a rest. The core is kept busy meanwhile, without
/// memory: what its caches have lost then, others have taken.
fn after_rest<T>(rounds: u64, mut work: impl FnMut() -> T) -> Duration {
    let one = |_| {
        let rest = Instant::now();
        while rest.elapsed() < REST {
            spin_loop();
        }
        let begin = Instant::now();
        black_box(work());
        begin.elapsed()
    };
    (0..rounds).map(one).sum()
}

fn prepared(spec: ExperimentSpec) -> Prepared {
    Prepared::load(spec, &TableStore::default(), &|_| ControlFlow::Continue(())).unwrap()
}

fn training(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("update");
    for task in BenchTask::fixed().into_iter().take(5) {
        let mut trainer = task.trainer(1).unwrap();
        group.throughput(Throughput::Elements(task.batch_size as u64));
        group.bench_function(&task.name, |bencher| bencher.iter(|| trainer.run_updates(1)));
    }
    group.finish();
    let mut group = criterion.benchmark_group("epoch");
    for name in ["circle", "digits_8x8"] {
        let mut trainer = Trainer::new(prepared(ExperimentSpec::named(name).unwrap())).unwrap();
        trainer.set_measuring(Measuring::EveryEpoch);
        group.bench_function(name, |bencher| bencher.iter(|| trainer.run_epoch()));
    }
    group.finish();
}

fn map(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("map of 256 × 256 points");
    group.throughput(Throughput::Elements(256 * 256));
    for widths in [&[4, 2][..], &[8, 8, 8]] {
        let network = NetworkSpec::dense(widths, Activation::Tanh);
        let spec = ExperimentSpec { network, ..ExperimentSpec::default() };
        let prepared = prepared(spec);
        let parameters = prepared.initial_parameters();
        let encoder = &prepared.samples.encoder;
        let held = encoder.typical_row();
        let axis = |column| Axis::of(encoder, column).unwrap();
        let plane = Plane::new(encoder, axis(0), Some(axis(1)), &held, 256);
        let mut pass = Pass::new(&prepared.network);
        group.bench_function(format!("{widths:?}"), |bencher| {
            bencher.iter(|| black_box(draw(&prepared, &parameters, &plane, &mut pass)));
        });
    }
    group.finish();
}

/// Layout and tessellation of the whole window with a heavy document: six layers of 64 neurons,
/// 5000 points, a history of 100 000 epochs.
fn frame(criterion: &mut Criterion) {
    let mut spec = ExperimentSpec::named("spiral").unwrap();
    spec.network = NetworkSpec::dense(&[64; 6], Activation::Tanh);
    if let netsmith::experiment::DataSource::Synthetic(set) = &mut spec.data.source {
        set.samples = 5000;
    }
    let mut trainer = Trainer::new(prepared(spec.clone())).unwrap();
    trainer.run_updates(8);
    let mut run = trainer.save();
    let metrics = trainer.metrics();
    for epoch in 1..=100_000 {
        run.curve.push(CurvePoint { epoch, metrics, work: 0.0, seconds: 0.0 });
    }
    run.epoch = 100_000;
    let ctx = egui::Context::default();
    let setup = Setup { experiment: Some((spec, Some(run))), ..Setup::default() };
    let mut app = Netsmith::new(&ctx, setup).unwrap();
    let mut time = 0.0;
    let mut draw = |app: &mut Netsmith| {
        time += 1.0 / 60.0;
        let input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(
                egui::Pos2::ZERO,
                egui::vec2(1280.0, 800.0),
            )),
            time: Some(time),
            ..egui::RawInput::default()
        };
        let mut output = ctx.run_ui(input, |ui| {
            app.logic(ui.ctx());
            app.ui(ui);
        });
        output.textures_delta.clear();
        ctx.tessellate(output.shapes, output.pixels_per_point)
    };
    for _ in 0..60 {
        draw(&mut app);
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut group = criterion.benchmark_group("frame, heavy document");
    group.bench_function("at once", |bencher| bencher.iter(|| black_box(draw(&mut app))));
    group.bench_function("after 15 ms", |bencher| {
        bencher.iter_custom(|rounds| after_rest(rounds, || draw(&mut app)));
    });
    group.finish();
}

fn table(criterion: &mut Criterion) {
    let mut text = String::from("a,b,c,d,e,f,g,class\n");
    for row in 0..20_000 {
        let x = f64::from(row) * 0.37;
        let class = ["red", "green", "blue"][row as usize % 3];
        text.push_str(&format!(
            "{:.3},{:.3},{:.2},{},{:.4},{:.1},{},{class}\n",
            x.sin(),
            x.cos() * 10.0,
            x,
            row,
            x.fract(),
            x * 2.0,
            row % 7
        ));
    }
    let mut group = criterion.benchmark_group("read CSV");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("20 000 rows of 8 columns", |bencher| {
        bencher.iter(|| {
            let source = Cursor::new(text.as_bytes());
            black_box(read_csv(source, "bench", &|_| ControlFlow::Continue(())).unwrap())
        });
    });
    group.finish();
}

/// How long a line of memory takes from one core to another: what sharing small work costs. On a
/// virtual machine it changes from minute to minute.
fn core_to_core(criterion: &mut Criterion) {
    criterion.bench_function("a line of memory from core to core", |bencher| {
        bencher.iter_custom(|rounds| {
            let turn = AtomicU64::new(0);
            let wait_for = |number| {
                while turn.load(Ordering::Acquire) != number {
                    spin_loop();
                }
            };
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    for round in 0..rounds {
                        wait_for(2 * round + 1);
                        turn.store(2 * round + 2, Ordering::Release);
                    }
                });
                let begin = Instant::now();
                for round in 0..rounds {
                    turn.store(2 * round + 1, Ordering::Release);
                    wait_for(2 * round + 2);
                }
                begin.elapsed() / 2
            })
        });
    });
}

/// Half a megabyte of memory, one line after the other in an order that cannot be foreseen: on a
/// machine whose caches others use too, nothing of it is left after the rest between two frames.
fn forgotten(criterion: &mut Criterion) {
    const LINES: usize = 8192;
    #[repr(align(64))]
    #[derive(Clone, Default)]
    struct Line {
        next: usize,
    }
    let mut order: Vec<_> = (0..LINES).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(0));
    let mut memory = vec![Line::default(); LINES];
    for (&line, &next) in order.iter().zip(order.iter().cycle().skip(1)) {
        memory[line].next = next;
    }
    let walk = || (0..LINES).fold(0, |line, _| memory[line].next);
    let mut group = criterion.benchmark_group("512 KB of memory");
    group.throughput(Throughput::Elements(LINES as u64));
    group.bench_function("at once", |bencher| bencher.iter(|| black_box(walk())));
    group.bench_function("after 15 ms", |bencher| {
        bencher.iter_custom(|rounds| after_rest(rounds, walk));
    });
    group.finish();
}

criterion_group!(benches, training, map, frame, table, core_to_core, forgotten);
criterion_main!(benches);
