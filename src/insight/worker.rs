//! The insight thread: answers what the window shows, about the latest weights, and nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;

use super::axis::Axis;
use super::confusion::{Confusion, actual_class, predicted_classes};
use super::fit::{Fit, fit};
use super::map::{Drawn, Plane, draw};
use super::neuron::{self, NeuronMaps};
use super::pass::Pass;
use crate::data::{Cell, TargetEncoding};
use crate::experiment::Prepared;
use crate::train::worker::{Waker, panic_message};

/// While the network trains, the thread rests so many times as long as its last look took, and
/// leaves the processor to training. Another question is answered at once.
const REST: u32 = 2;

/// What the window shows.
#[derive(Clone, Debug, PartialEq)]
pub struct InsightRequest {
    /// Column along the map's horizontal axis.
    pub x: usize,
    /// Column along its vertical axis; `None` for a function of one variable.
    pub y: Option<usize>,
    /// Values of all columns, for those that are not on an axis.
    pub held: Vec<Cell>,
    /// Points along each axis of the map.
    pub resolution: usize,
    /// Points along each axis of the neurons' maps; 0 for none.
    pub neuron_resolution: usize,
    /// Whether to pass all rows through the network (confusion, fit, which rows are wrong).
    pub rows: bool,
}

/// A request about certain weights.
#[derive(Clone, Debug)]
pub struct InsightJob {
    /// Number of the snapshot the weights are from.
    pub snapshot: u64,
    /// The experiment.
    pub prepared: Prepared,
    /// The weights.
    pub parameters: Arc<[f32]>,
    /// What to look at.
    pub request: InsightRequest,
    /// Whether the weights are being trained, so that there will be newer ones soon.
    pub training: bool,
}

/// The answer to a job.
#[derive(Clone, Debug)]
pub struct InsightFrame {
    /// Number of the snapshot the weights were from.
    pub snapshot: u64,
    /// The experiment.
    pub prepared: Prepared,
    /// What was asked.
    pub request: InsightRequest,
    /// The decision map or the function.
    pub drawn: Option<Drawn>,
    /// The neurons' maps.
    pub neurons: Option<NeuronMaps>,
    /// For a classification, the predicted class of every row.
    pub predicted: Vec<u16>,
    /// For a classification: confusion in the training and in the validation part.
    pub confusion: Option<(Confusion, Confusion)>,
    /// For a regression: predicted and actual values.
    pub fit: Option<Fit>,
}

/// Answers jobs; keeps the encoded planes between them.
#[derive(Debug, Default)]
pub struct Insight {
    planes: Option<Planes>,
    pass: Option<(Prepared, Pass)>,
}

#[derive(Debug)]
struct Planes {
    samples: Prepared,
    request: InsightRequest,
    map: Plane,
    neurons: Option<Plane>,
}

impl Insight {
    /// Answers one job.
    pub fn answer(&mut self, job: InsightJob) -> InsightFrame {
        let InsightJob { snapshot, prepared, parameters, request, .. } = job;
        if !self
            .pass
            .as_ref()
            .is_some_and(|(for_, _)| Arc::ptr_eq(&for_.network, &prepared.network))
        {
            self.pass = Some((prepared.clone(), Pass::new(&prepared.network)));
        }
        self.lay_out(&prepared, &request);
        let mut frame = InsightFrame {
            snapshot,
            prepared,
            request,
            drawn: None,
            neurons: None,
            predicted: Vec::new(),
            confusion: None,
            fit: None,
        };
        let Some((_, pass)) = &mut self.pass else { return frame };
        let prepared = &frame.prepared;
        if let Some(planes) = &self.planes {
            frame.drawn = Some(draw(prepared, &parameters, &planes.map, pass));
            if let Some(plane) = &planes.neurons {
                frame.neurons = neuron::pictures(prepared, &parameters)
                    .or_else(|| Some(neuron::activations(prepared, &parameters, plane, pass)));
            }
        }
        if frame.request.rows {
            if let TargetEncoding::Classes { classes, .. } = &prepared.samples.encoder.target {
                frame.predicted = predicted_classes(prepared, &parameters, pass);
                frame.confusion = Some(confusions(prepared, classes, &frame.predicted));
            }
            frame.fit = fit(prepared, &parameters, pass);
        }
        frame
    }

    /// Encodes the planes, unless those of the last job serve again.
    fn lay_out(&mut self, prepared: &Prepared, request: &InsightRequest) {
        let same = self.planes.as_ref().is_some_and(|planes| {
            Arc::ptr_eq(&planes.samples.samples, &prepared.samples) && planes.request == *request
        });
        if same {
            return;
        }
        let encoder = &prepared.samples.encoder;
        let x = Axis::of(encoder, request.x);
        let y = request.y.and_then(|column| Axis::of(encoder, column));
        self.planes = x.map(|x| {
            let plane =
                |resolution| Plane::new(encoder, x.clone(), y.clone(), &request.held, resolution);
            Planes {
                samples: prepared.clone(),
                request: request.clone(),
                map: plane(request.resolution),
                neurons: (request.neuron_resolution > 0).then(|| plane(request.neuron_resolution)),
            }
        });
    }
}

fn confusions(
    prepared: &Prepared,
    classes: &[String],
    predicted: &[u16],
) -> (Confusion, Confusion) {
    let count = |rows: &[u32]| {
        let mut matrix = Confusion::new(classes);
        for &row in rows {
            if let Some(&class) = predicted.get(row as usize) {
                matrix.add(actual_class(prepared, row as usize), usize::from(class));
            }
        }
        matrix
    };
    (count(&prepared.samples.train), count(&prepared.samples.validation))
}

/// [`Insight`] on a thread of its own. Dropping it ends the thread.
#[derive(Debug)]
pub struct InsightWorker {
    jobs: Option<Sender<InsightJob>>,
    latest: Arc<ArcSwapOption<InsightFrame>>,
    failures: Receiver<String>,
    thread: Option<JoinHandle<()>>,
}

impl InsightWorker {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(waker: Waker) -> std::io::Result<Self> {
        let (jobs, inbox) = channel();
        let (outbox, failures) = channel();
        let latest = Arc::new(ArcSwapOption::empty());
        let slot = Arc::clone(&latest);
        let thread = std::thread::Builder::new()
            .name("netsmith-insight".to_owned())
            .spawn(move || run(&inbox, &outbox, &slot, &waker))?;
        Ok(Self { jobs: Some(jobs), latest, failures, thread: Some(thread) })
    }

    /// Asks; a job not begun yet is forgotten for a newer one.
    pub fn ask(&self, job: InsightJob) {
        if let Some(jobs) = &self.jobs {
            // The thread is gone only while the worker is being dropped.
            jobs.send(job).ok();
        }
    }

    /// What went wrong since the last call, in sentences for the person.
    pub fn failures(&self) -> Vec<String> {
        self.failures.try_iter().collect()
    }

    /// The latest answer.
    pub fn latest(&self) -> Option<Arc<InsightFrame>> {
        self.latest.load_full()
    }
}

impl Drop for InsightWorker {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn run(
    inbox: &Receiver<InsightJob>,
    failures: &Sender<String>,
    slot: &ArcSwapOption<InsightFrame>,
    waker: &Waker,
) {
    let mut insight = Insight::default();
    let mut next = None;
    while let Some(mut job) = next.take().or_else(|| inbox.recv().ok()) {
        job = inbox.try_iter().last().unwrap_or(job);
        let answered = (job.training, job.request.clone());
        let begin = Instant::now();
        match catch_unwind(AssertUnwindSafe(|| insight.answer(job))) {
            Ok(frame) => slot.store(Some(Arc::new(frame))),
            Err(panic) => {
                let text = format!(
                    "The maps could not be drawn because of an error in Netsmith itself: {}. \
                     Training goes on; change something to try again.",
                    panic_message(&*panic)
                );
                // Nobody listens any more while the worker is being dropped.
                failures.send(text).ok();
                insight = Insight::default();
            }
        }
        waker();
        let (training, request) = answered;
        if training {
            next = rest(inbox, REST * begin.elapsed(), &request);
        }
    }
}

/// Waits, unless another question comes. Returns the latest job that has come meanwhile.
fn rest(
    inbox: &Receiver<InsightJob>,
    time: Duration,
    answered: &InsightRequest,
) -> Option<InsightJob> {
    let end = Instant::now() + time;
    let mut latest = None;
    while let Ok(job) = inbox.recv_timeout(end.saturating_duration_since(Instant::now())) {
        let asks_anew = !job.training || job.request != *answered;
        latest = Some(job);
        if asks_anew {
            break;
        }
    }
    latest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{ExperimentSpec, TableStore};
    use std::ops::ControlFlow;

    fn job(snapshot: u64, x: usize, training: bool) -> InsightJob {
        let spec = ExperimentSpec::named("xor").unwrap();
        let tables = TableStore::default();
        let prepared = Prepared::load(spec, &tables, &|_| ControlFlow::Continue(())).unwrap();
        let request = InsightRequest {
            x,
            y: Some(1),
            held: Vec::new(),
            resolution: 4,
            neuron_resolution: 0,
            rows: false,
        };
        let parameters = prepared.initial_parameters().into();
        InsightJob { snapshot, prepared, parameters, request, training }
    }

    const FOREVER: Duration = Duration::from_secs(1 << 20);

    #[test]
    fn another_question_ends_the_rest() {
        let (jobs, inbox) = channel();
        let answered = job(0, 0, true).request;
        for (number, (x, training)) in
            [(0, true), (0, true), (1, true), (0, true)].into_iter().enumerate()
        {
            jobs.send(job(number as u64, x, training)).unwrap();
        }
        let next = rest(&inbox, FOREVER, &answered).unwrap();
        assert_eq!((next.snapshot, next.request.x), (2, 1));
        // Training has paused: the map is wanted now, and in full.
        jobs.send(job(4, 0, false)).unwrap();
        assert_eq!(rest(&inbox, FOREVER, &answered).unwrap().snapshot, 4);
    }

    #[test]
    fn the_rest_ends_with_the_window() {
        let (jobs, inbox) = channel();
        jobs.send(job(1, 0, true)).unwrap();
        drop(jobs);
        let answered = job(0, 0, true).request;
        assert_eq!(rest(&inbox, FOREVER, &answered).unwrap().snapshot, 1);
        assert!(rest(&inbox, FOREVER, &answered).is_none());
    }
}
