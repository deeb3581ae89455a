//! What is wrong with a document, said where it is wrong and with the edit that mends it.

use super::data_spec::DataSource;
use super::edit::Edit;
use super::spec::{ExperimentSpec, LayerKind, LayerSpec, MAX_UNITS, NetworkSpec};
use crate::nn::{Loss, OutputActivation};
use crate::optim;

/// Where a problem is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the canvas as a whole.
    Canvas,
    /// On the card of one layer.
    Layer(u32),
    /// In the data panel.
    Data,
    /// In the training panel.
    Training,
}

/// Something that keeps the experiment from being trained.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Where it is shown.
    pub place: Place,
    /// What is wrong and what to do, in a sentence or two.
    pub message: String,
    /// An edit that mends it, with the words for its button.
    pub fix: Option<(&'static str, Edit)>,
}

impl Problem {
    fn new(place: Place, message: impl Into<String>) -> Self {
        Self { place, message: message.into(), fix: None }
    }

    fn with_fix(mut self, text: &'static str, edit: Edit) -> Self {
        self.fix = Some((text, edit));
        self
    }
}

/// Everything that is wrong with the document, the most important first. Empty: it can be trained.
///
/// `output` is the output the task asks for, once the data are known; without it nothing is said
/// about the loss.
pub fn check(spec: &ExperimentSpec, output: Option<OutputActivation>) -> Vec<Problem> {
    let mut problems = Vec::new();
    check_order(&spec.network, &mut problems);
    for layer in &spec.network.layers {
        check_layer(layer, &mut problems);
    }
    check_data(spec, &mut problems);
    check_training(spec, output, &mut problems);
    problems
}

/// Exactly one input, first; exactly one output, last.
fn check_order(network: &NetworkSpec, problems: &mut Vec<Problem>) {
    let layers = &network.layers;
    let end = layers.len();
    if layers.is_empty() {
        problems.push(Problem::new(
            Place::Canvas,
            "The canvas is empty. Drag an Input layer here, then Dense layers, then an Output layer.",
        ));
        return;
    }
    let count = |wanted: LayerKind| layers.iter().filter(|layer| layer.kind == wanted).count();
    if count(LayerKind::Input) == 0 {
        let problem = Problem::new(
            Place::Canvas,
            "There is no Input layer, so no data can come in. Drag one to the left end.",
        );
        let edit = Edit::InsertLayer { at: 0, kind: LayerKind::Input };
        problems.push(problem.with_fix("Add an Input layer", edit));
    }
    if count(LayerKind::Output) == 0 {
        let problem = Problem::new(
            Place::Canvas,
            "There is no Output layer, so the network gives no answer. Drag one to the right end.",
        );
        let edit = Edit::InsertLayer { at: end, kind: LayerKind::Output };
        problems.push(problem.with_fix("Add an Output layer", edit));
    }
    let mut seen_input = false;
    // Where there are several, the last stays: moving each of them to the end would go on for ever.
    let last_output = layers.iter().rposition(|layer| layer.kind == LayerKind::Output);
    for (position, layer) in layers.iter().enumerate() {
        let remove = Edit::RemoveLayer { id: layer.id };
        match layer.kind {
            LayerKind::Input if seen_input => problems.push(
                Problem::new(
                    Place::Layer(layer.id),
                    "A network has one Input layer. Remove this one.",
                )
                .with_fix("Remove", remove),
            ),
            LayerKind::Input if position > 0 => problems.push(
                Problem::new(
                    Place::Layer(layer.id),
                    "The Input layer comes first: data flow from left to right.",
                )
                .with_fix("Move to the front", Edit::MoveLayer { id: layer.id, to: 0 }),
            ),
            LayerKind::Output if Some(position) != last_output => problems.push(
                Problem::new(
                    Place::Layer(layer.id),
                    "A network has one Output layer. Remove this one.",
                )
                .with_fix("Remove", remove),
            ),
            LayerKind::Output if position + 1 < end => problems.push(
                Problem::new(
                    Place::Layer(layer.id),
                    "The Output layer comes last: nothing can follow the answer.",
                )
                .with_fix("Move to the end", Edit::MoveLayer { id: layer.id, to: end }),
            ),
            _ => {}
        }
        seen_input |= layer.kind == LayerKind::Input;
    }
}

fn check_layer(layer: &LayerSpec, problems: &mut Vec<Problem>) {
    match layer.kind {
        LayerKind::Dense { units, .. } if !(1..=MAX_UNITS).contains(&units) => {
            problems.push(Problem::new(
                Place::Layer(layer.id),
                format!("A dense layer has 1 to {MAX_UNITS} neurons; this one has {units}."),
            ));
        }
        LayerKind::Dropout { rate } if !(0.0..=0.9).contains(&rate) => {
            problems.push(Problem::new(
                Place::Layer(layer.id),
                format!("A dropout rate lies between 0 and 0.9; this one is {rate}."),
            ));
        }
        _ => {}
    }
}

fn check_data(spec: &ExperimentSpec, problems: &mut Vec<Problem>) {
    let data = &spec.data;
    if !(data.train_share > 0.0 && data.train_share <= 1.0) {
        problems.push(Problem::new(
            Place::Data,
            format!("The training share lies between 0 and 1; it is {}.", data.train_share),
        ));
    }
    if data.source.features().is_some_and(<[_]>::is_empty) {
        problems.push(Problem::new(
            Place::Data,
            "No input is switched on, so the network sees nothing. Switch on x₁ or x₂.",
        ));
    }
    match &data.source {
        DataSource::Synthetic(set) if set.samples < 4 => problems.push(Problem::new(
            Place::Data,
            format!("At least 4 samples are needed; there are {}.", set.samples),
        )),
        DataSource::Synthetic(set) if !(set.noise.is_finite() && set.noise >= 0.0) => {
            problems.push(Problem::new(
                Place::Data,
                format!("Noise is a number from 0 up; it is {}.", set.noise),
            ));
        }
        DataSource::Points(painted) => {
            let first = painted.points.first().map(|point| point.class);
            let two_classes = painted.points.iter().any(|point| Some(point.class) != first);
            if painted.points.len() < 4 || !two_classes {
                problems.push(Problem::new(
                    Place::Data,
                    "Paint at least 4 points of at least 2 classes on the map.",
                ));
            }
        }
        _ => {}
    }
}

fn check_training(
    spec: &ExperimentSpec,
    output: Option<OutputActivation>,
    problems: &mut Vec<Problem>,
) {
    let training = &spec.training;
    let mut problem = |message: String| problems.push(Problem::new(Place::Training, message));
    if let Some(method) = optim::method(&training.optimizer) {
        for error in training.settings.check(method.settings) {
            problem(error.to_string());
        }
        for error in training.schedule.check() {
            problem(error.to_string());
        }
    } else {
        let known: Vec<_> = optim::METHODS.iter().map(|method| method.id).collect();
        problem(format!(
            "There is no training method \"{}\". Known are: {}.",
            training.optimizer,
            known.join(", ")
        ));
    }
    if !(training.learning_rate.is_finite() && training.learning_rate > 0.0) {
        problem(format!(
            "The learning rate is a number above 0; it is {}.",
            training.learning_rate
        ));
    }
    if training.batch_size == 0 {
        problem("A mini-batch holds at least 1 row; the batch size is 0.".to_owned());
    }
    for (name, value) in [("L1", training.l1), ("L2", training.l2)] {
        if !(value.is_finite() && value >= 0.0) {
            problem(format!("{name} is a number from 0 up; it is {value}."));
        }
    }
    if let Some(norm) = training.clip_norm
        && !(norm.is_finite() && norm > 0.0)
    {
        problem(format!("The gradient is clipped to a length above 0; it is {norm}."));
    }
    if let (Some(loss), Some(output)) = (training.loss, output)
        && !loss.fits(output)
    {
        problems.push(loss_problem(spec, loss, output));
    }
}

fn loss_problem(spec: &ExperimentSpec, loss: Loss, output: OutputActivation) -> Problem {
    let mut training = spec.training.clone();
    training.loss = None;
    Problem::new(
        Place::Training,
        format!(
            "{} does not fit this task: {}.",
            loss.name(),
            match output {
                OutputActivation::Identity => "the target is a number, so choose MSE, MAE or Huber",
                OutputActivation::Sigmoid =>
                    "there are two classes, so choose binary cross-entropy, MSE, MAE or Huber",
                OutputActivation::Softmax =>
                    "there are several classes, so choose softmax cross-entropy, MSE, MAE or Huber",
            }
        ),
    )
    .with_fix("Use the loss that fits", Edit::SetTraining(training, "change loss"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(spec: &ExperimentSpec) -> Vec<String> {
        check(spec, None).into_iter().map(|problem| problem.message).collect()
    }

    /// Applies the fix of the first problem until none is left.
    fn fix_all(spec: &mut ExperimentSpec) {
        for _ in 0..10 {
            match check(spec, None).into_iter().find_map(|problem| problem.fix) {
                Some((_, edit)) => assert!(edit.apply(spec), "a fix must change something"),
                None => return,
            }
        }
        panic!("fixes go round in circles: {:?}", messages(spec));
    }

    #[test]
    fn the_default_has_no_problems() {
        assert_eq!(messages(&ExperimentSpec::default()), Vec::<String>::new());
    }

    #[test]
    fn every_order_can_be_mended() {
        let kinds = [
            LayerKind::Output,
            LayerKind::Dropout { rate: 0.1 },
            LayerKind::Input,
            LayerKind::Output,
            LayerKind::Input,
        ];
        let mut spec = ExperimentSpec::default();
        spec.network.layers = (1..).zip(kinds).map(|(id, kind)| LayerSpec::new(id, kind)).collect();
        assert!(!messages(&spec).is_empty());
        fix_all(&mut spec);
        assert_eq!(messages(&spec), Vec::<String>::new());
        assert_eq!(spec.network.layers.first().map(|l| l.kind), Some(LayerKind::Input));
        assert_eq!(spec.network.layers.last().map(|l| l.kind), Some(LayerKind::Output));
    }

    #[test]
    fn an_empty_canvas_says_what_to_do() {
        let mut spec = ExperimentSpec::default();
        spec.network.layers.clear();
        assert!(messages(&spec)[0].contains("Drag an Input layer"));
    }

    #[test]
    fn a_loss_that_does_not_fit_can_be_mended() {
        let mut spec = ExperimentSpec::default();
        spec.training.loss = Some(Loss::SoftmaxCrossEntropy);
        let problems = check(&spec, Some(OutputActivation::Sigmoid));
        let (_, edit) = problems[0].fix.clone().unwrap();
        edit.apply(&mut spec);
        assert!(check(&spec, Some(OutputActivation::Sigmoid)).is_empty());
    }
}
