//! The run: training an experiment, step by step, and what is remembered of it.
//!
//! [`Trainer`] trains without threads and is the same in the window, on the command line and in
//! benchmarks; [`worker`] puts it on a thread of its own. Curves, checkpoints and stop reasons
//! belong to the run and not to the document. This module has never heard of a window: whoever
//! wants to be woken hands in a closure.

pub mod bench_task;
pub mod curve;
pub mod diagnosis;
pub mod dimension;
pub mod metrics;
pub mod objective;
pub mod race;
pub mod range_test;
pub mod saved;
pub mod stop;
pub mod stop_rules;
pub mod timeline;
pub mod trainer;
pub mod worker;

pub use curve::{Curve, CurvePoint};
pub use metrics::Metrics;
pub use range_test::RangeTest;
pub use saved::SavedRun;
pub use stop::StopReason;
pub use timeline::Timeline;
pub use trainer::Trainer;
pub use worker::{Pace, Snapshot, Status, TrainCommand, TrainEvent, TrainWorker};
