//! A training step allocates nothing: the buffers are made once, with the workspace.

#![allow(clippy::unwrap_used, reason = "a test that cannot build its network has failed")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use netsmith::nn::{
    Activation, Initialization, LayerShape, Loss, Network, NetworkShape, OutputActivation,
    Workspace,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

thread_local! {
    /// How often this thread has asked for memory.
    static REQUESTS: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, counting.
struct Counting;

fn count() {
    // A thread that is ending has no counter any more; its requests are nobody's business.
    let _ = REQUESTS.try_with(|requests| requests.set(requests.get() + 1));
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

#[test]
fn a_step_allocates_nothing() {
    for (inputs, units, samples) in [(2, 4, 10), (64, 32, 32), (784, 128, 64)] {
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
            network.clear_dropout(&mut workspace);
            network.forward(&parameters, &mut workspace);
            network.loss(loss, &workspace)
        };
        let before = REQUESTS.get();
        let mut total = 0.0;
        for _ in 0..3 {
            total += step(&rows);
            // The last batch of an epoch is often smaller.
            total += step(&rows[..samples / 2]);
        }
        assert_eq!(REQUESTS.get() - before, 0, "{units} units, {samples} samples");
        assert!(total.is_finite());
    }
}
