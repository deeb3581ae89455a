//! A training step allocates nothing: the buffers are made once, with the workspace and the method.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot build its network has failed"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};

use netsmith::nn::{
    Activation, Initialization, LayerShape, Loss, Network, NetworkShape, OutputActivation,
    Workspace,
};
use netsmith::optim::{BatchUse, Family, METHODS};
use netsmith::train::bench_task::BenchTask;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// How often the program has asked for memory, on any thread.
static REQUESTS: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, counting.
struct Counting;

fn count() {
    REQUESTS.fetch_add(1, Ordering::Relaxed);
}

/// How often `work` asks for memory.
fn requests(work: impl FnOnce()) -> usize {
    let before = REQUESTS.load(Ordering::Relaxed);
    work();
    REQUESTS.load(Ordering::Relaxed) - before
}

#[expect(
    unsafe_code,
    reason = "an allocator is unsafe by its trait; this one only counts and passes on"
)]
// SAFETY: Every request is passed on unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: The caller keeps the promises that `alloc` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: The caller keeps the promises that `dealloc` asks for.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: The caller keeps the promises that `realloc` asks for.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A program of its own without the test harness, whose thread asks for memory beside the test, at
/// times in the middle of it, and would be counted too.
fn main() {
    assert_eq!(requests(|| drop(black_box(Box::new(1_u8)))), 1, "requests are counted");
    a_pass_allocates_nothing();
    an_update_allocates_nothing();
    println!("test a_step_allocates_nothing ... ok");
}

/// Loading, dropout, forward and backward pass, of small and large networks.
fn a_pass_allocates_nothing() {
    let sizes = [(2, 4, 10), (64, 32, 32), (784, 128, 2), (784, 128, 64), (600, 700, 100)];
    for (inputs, units, samples) in sizes {
        let network = Network::new(NetworkShape {
            inputs,
            hidden: vec![
                LayerShape::Dense { units, activation: Activation::Tanh },
                LayerShape::Dropout { rate: 0.2 },
                LayerShape::Dense { units, activation: Activation::Gelu },
            ],
            outputs: 3,
            output_activation: OutputActivation::Softmax,
        })
        .unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut parameters = vec![0.0_f32; network.parameter_count()];
        network.initialize(Initialization::HeNormal, &mut parameters, &mut rng);
        let mut gradient = vec![0.0_f32; network.parameter_count()];
        let inputs = vec![0.5_f32; samples * inputs];
        let targets = vec![1.0_f32; samples * 3];
        let rows: Vec<u32> = (0..samples as u32).collect();
        let mut workspace = Workspace::new(&network, samples);
        let mut step = |rows: &[u32]| {
            network.load(&mut workspace, &inputs, &targets, rows);
            network.draw_dropout(&mut workspace, &mut rng);
            let loss = Loss::SoftmaxCrossEntropy;
            network.loss_and_gradient(&parameters, loss, &mut workspace, &mut gradient);
            if network.loss_and_errors(&parameters, loss, &mut workspace).is_some() {
                network.gradient_part(&workspace, 0, &mut gradient);
            }
            network.clear_dropout(&mut workspace);
            network.forward(&parameters, &mut workspace);
            network.loss(loss, &workspace)
        };
        let mut total = 0.0;
        let requests = requests(|| {
            for _ in 0..3 {
                total += step(&rows);
                // The last batch of an epoch is often smaller.
                total += step(&rows[..samples / 2]);
            }
        });
        assert_eq!(requests, 0, "{units} units, {samples} samples");
        assert!(total.is_finite());
    }
}

/// Whole updates of the trainer, with every method that follows the gradient of a mini-batch.
fn an_update_allocates_nothing() {
    let tasks = BenchTask::fixed().into_iter();
    let tasks = tasks.filter(|task| ["spiral", "digits", "mnist"].contains(&&*task.name));
    for mut task in tasks.flat_map(|task| {
        let few =
            BenchTask { name: format!("{}, a few rows", task.name), batch_size: 2, ..task.clone() };
        [task, few]
    }) {
        task.clip_norm = (task.batch_size > 2).then_some(1.0);
        task.l2 = 1e-4;
        task.samples = 2_000;
        for method in METHODS.iter().filter(|method| {
            method.batch == BatchUse::Mini && method.family != Family::RandomSearch
        }) {
            method.id.clone_into(&mut task.optimizer);
            for threads in [1, 2] {
                let mut trainer = task.trainer(threads).unwrap();
                trainer.run_updates(4);
                let few = requests(|| assert!(trainer.run_updates(2).is_none()));
                let many = requests(|| assert!(trainer.run_updates(20).is_none()));
                let what = format!("{} with {}, {threads} threads", task.name, method.id);
                // Gathering threads asks for a little memory, now and then a little more, but only
                // once for all updates.
                assert!(many < few + 10, "{what}: {few} requests for 2 updates, {many} for 20");
                assert!(threads > 1 || many == 0, "{what}: {many} requests");
            }
        }
    }
}
