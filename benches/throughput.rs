//! How much the window takes from training: epochs in a second with the whole window laid out and
//! tessellated 60 times a second, against a trainer alone. Painting is the graphics card's work
//! and not in it.
//!
//! `cargo bench --bench throughput`

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "what cannot be set up fails loudly"
)]

use std::io::Write;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use eframe::egui;
use mimalloc::MiMalloc;
use netsmith::app::preferences::Preferences;
use netsmith::app::{Netsmith, Setup};
use netsmith::experiment::{ExperimentSpec, NetworkSpec, Prepared, TableStore};
use netsmith::nn::Activation;
use netsmith::train::Trainer;
use netsmith::train::trainer::Measuring;

/// As in the program.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How long each side trains.
const TIME: Duration = Duration::from_secs(4);
/// Time from frame to frame.
const FRAME: Duration = Duration::from_micros(16_667);

/// Epochs in a second of a trainer alone, in this thread.
fn alone(spec: &ExperimentSpec) -> f64 {
    let tables = TableStore::default();
    let prepared = Prepared::load(spec.clone(), &tables, &|_| ControlFlow::Continue(())).unwrap();
    let mut trainer = Trainer::new(prepared).unwrap();
    trainer.set_measuring(Measuring::ShareOfTime(0.0));
    let begin = Instant::now();
    while begin.elapsed() < TIME {
        for _ in 0..16 {
            trainer.run_epoch();
        }
    }
    trainer.epoch() as f64 / begin.elapsed().as_secs_f64()
}

/// Epochs in a second with the window, and the processor time of one of its frames.
fn with_window(spec: &ExperimentSpec) -> (f64, Duration) {
    let preferences = Preferences { speed: 1.0, ..Preferences::default() };
    let setup = Setup { experiment: Some((spec.clone(), None)), preferences, ..Setup::default() };
    let ctx = egui::Context::default();
    let mut app = Netsmith::new(&ctx, setup).unwrap();
    let begin = Instant::now();
    let frame = |app: &mut Netsmith, events: Vec<egui::Event>| {
        let began = Instant::now();
        let size = egui::vec2(1280.0, 800.0);
        let input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, size)),
            time: Some(begin.elapsed().as_secs_f64()),
            events,
            ..egui::RawInput::default()
        };
        let output = ctx.run_ui(input, |ui| {
            app.logic(ui.ctx());
            app.ui(ui);
        });
        std::hint::black_box(ctx.tessellate(output.shapes, output.pixels_per_point));
        let spent = began.elapsed();
        std::thread::sleep(FRAME.saturating_sub(spent));
        spent
    };
    while app.snapshot().is_none() {
        frame(&mut app, Vec::new());
    }
    let space = |pressed| egui::Event::Key {
        key: egui::Key::Space,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: egui::Modifiers::NONE,
    };
    frame(&mut app, vec![space(true), space(false)]);
    while epoch(&app) == 0 {
        frame(&mut app, Vec::new());
    }
    let (first, begun, before) = (epoch(&app), Instant::now(), busy_time());
    let (mut spent, mut frames) = (Duration::ZERO, 0);
    while begun.elapsed() < TIME {
        spent += frame(&mut app, Vec::new());
        frames += 1;
    }
    let rate = (epoch(&app) - first) as f64 / begun.elapsed().as_secs_f64();
    let busy = busy_time().zip(before).map_or(spent, |(now, then)| now.saturating_sub(then));
    (rate, busy / frames)
}

/// How long this thread has had a processor, where the system tells.
fn busy_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

fn epoch(app: &Netsmith) -> u64 {
    app.snapshot().map_or(0, |snapshot| snapshot.epoch)
}

/// A table of a person's own: 200,000 rows of 50 columns, 60 MB.
fn large_table() -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    let names: Vec<_> = (0..50).map(|column| format!("column {column}")).collect();
    let mut text = names.join(",") + "\n";
    for row in 0..200_000_u32 {
        for column in 0..50_u32 {
            let number = (row * 50 + column).wrapping_mul(2_654_435_761) >> 12;
            let end = if column == 49 { '\n' } else { ',' };
            text.push_str(&format!("{:.1}{end}", f64::from(number) / 1e3));
        }
    }
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn main() {
    let table = large_table();
    let experiments = [
        ("spiral", ExperimentSpec::named("spiral"), &[8, 8, 8][..]),
        ("spiral", ExperimentSpec::named("spiral"), &[64; 6]),
        ("digits", ExperimentSpec::named("digits_8x8"), &[32]),
        ("large table", Some(ExperimentSpec::on_file(table.path().to_owned())), &[32]),
    ];
    for (name, spec, widths) in experiments {
        let mut spec = spec.unwrap();
        spec.network = NetworkSpec::dense(widths, Activation::Tanh);
        spec.training.stop.epochs = None;
        for _ in 0..3 {
            let (alone, (beside, frame)) = (alone(&spec), with_window(&spec));
            println!(
                "{name} {widths:?}: {:.1} % of {alone:.0} epochs/s; a frame takes {:.2} ms",
                100.0 * beside / alone,
                1e3 * frame.as_secs_f64()
            );
        }
    }
}
