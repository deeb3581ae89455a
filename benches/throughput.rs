//! How much the window takes from training: epochs in a second with the whole window laid out and
//! tessellated 60 times a second, against a trainer alone. Painting is the graphics card's work
//! and not in it.
//!
//! `cargo bench --bench throughput`, or of one experiment and so many times:
//! `cargo bench --bench throughput -- digits 9`

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "what cannot be set up fails loudly"
)]

use std::hint::black_box;
use std::io::Write;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};
use std::{env, thread};

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
const TIME: Duration = Duration::from_secs(3);
/// How often both sides take turns.
const TURNS: usize = 5;
/// Time from frame to frame.
const FRAME: Duration = Duration::from_micros(16_667);

/// Epochs in a second of a trainer alone, in a thread as it has in the window.
fn alone(spec: &ExperimentSpec) -> f64 {
    let train = || {
        let tables = TableStore::default();
        let prepared =
            Prepared::load(spec.clone(), &tables, &|_| ControlFlow::Continue(())).unwrap();
        let mut trainer = Trainer::new(prepared).unwrap();
        trainer.set_measuring(Measuring::ShareOfTime(0.0));
        let begin = Instant::now();
        while begin.elapsed() < TIME {
            for _ in 0..16 {
                trainer.run_epoch();
            }
        }
        trainer.epoch() as f64 / begin.elapsed().as_secs_f64()
    };
    thread::scope(|scope| scope.spawn(train).join().unwrap())
}

/// What was measured with the window.
struct Beside {
    /// Epochs in a second.
    rate: f64,
    /// Processor time of a frame, in milliseconds.
    frame: f64,
    /// How long its tessellation takes, in milliseconds.
    tessellation: f64,
}

/// Trains while the window is drawn.
fn with_window(spec: &ExperimentSpec) -> Beside {
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
        let laid_out = Instant::now();
        black_box(ctx.tessellate(output.shapes, output.pixels_per_point));
        let tessellation = laid_out.elapsed();
        thread::sleep(FRAME.saturating_sub(began.elapsed()));
        tessellation
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
    let (mut frames, mut tessellation) = (0, Duration::ZERO);
    while begun.elapsed() < TIME {
        tessellation += frame(&mut app, Vec::new());
        frames += 1;
    }
    let rate = (epoch(&app) - first) as f64 / begun.elapsed().as_secs_f64();
    let each = |time: Duration| 1e3 * (time / frames).as_secs_f64();
    let busy = busy_time().zip(before).map(|(now, then)| each(now.saturating_sub(then)));
    // Where the system does not tell, no figure rather than a wrong one.
    Beside { rate, frame: busy.unwrap_or(f64::NAN), tessellation: each(tessellation) }
}

/// How long this thread has had a processor, where the system tells. It counts when the thread
/// comes to rest, so it tells nothing of parts of a frame.
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

/// The middle, the least and the most.
fn spread(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    (values[values.len() / 2], values[0], values[values.len() - 1])
}

fn main() {
    // What cargo itself says begins with dashes.
    let words: Vec<_> = env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let turns = words.iter().find_map(|word| word.parse().ok()).unwrap_or(TURNS);
    let wanted = words.iter().find(|word| word.parse::<usize>().is_err());
    let table = large_table();
    let experiments = [
        ("spiral", ExperimentSpec::named("spiral"), &[8, 8, 8][..]),
        ("six layers", ExperimentSpec::named("spiral"), &[64; 6]),
        ("digits", ExperimentSpec::named("digits_8x8"), &[32]),
        ("large table", Some(ExperimentSpec::on_file(table.path().to_owned())), &[32]),
    ];
    for (name, spec, widths) in experiments {
        if wanted.is_some_and(|wanted| !name.contains(wanted.as_str())) {
            continue;
        }
        let mut spec = spec.unwrap();
        spec.network = NetworkSpec::dense(widths, Activation::Tanh);
        spec.training.stop.epochs = None;
        let turns: Vec<_> = (0..turns).map(|_| (alone(&spec), with_window(&spec))).collect();
        let tell = |what: &str, unit: &str, figure: fn(&(f64, Beside)) -> f64| {
            let (middle, least, most) = spread(turns.iter().map(figure).collect());
            println!("{name}: {what} {middle:.2} {unit} ({least:.2} to {most:.2})");
        };
        tell("alone", "epochs/s", |(alone, _)| *alone);
        tell("beside the window", "% of that", |(alone, beside)| 100.0 * beside.rate / alone);
        tell("a frame", "ms", |(_, beside)| beside.frame);
        tell("its tessellation", "ms", |(_, beside)| beside.tessellation);
    }
}
