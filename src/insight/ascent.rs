//! Gradient ascent on the input: from a row, uphill to the row that excites a neuron most.
//!
//! Training moves the weights and leaves the rows alone. Here it is the other way round: the
//! weights stay, and the numbers of a row move along the gradient of one neuron's sum z. What
//! comes out is the neuron's favourite input (Erhan, Bengio, Courville & Vincent 2009). Categories
//! stay as they are; numbers stay within what occurs in the data.

use crate::data::Cell;
use crate::experiment::Prepared;
use crate::nn::{Dense, Workspace};

use super::axis::{Axis, Scale};

/// Most steps uphill.
const STEPS: usize = 200;
/// Length of the first step, as a share of the columns' ranges.
const FIRST_STEP: f64 = 0.04;
/// A step shorter than this is no step.
const SHORTEST_STEP: f64 = 1e-4;

/// One place on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct AscentPoint {
    /// The row.
    pub cells: Vec<Cell>,
    /// The neuron's sum z there.
    pub value: f64,
}

/// A way uphill.
#[derive(Clone, Debug, PartialEq)]
pub struct Ascent {
    /// Identifier of the neuron's layer on the canvas.
    pub layer: u32,
    /// Its number in the layer.
    pub unit: usize,
    /// The places, from the start to the top.
    pub path: Vec<AscentPoint>,
    /// Whether the top is at the edge of what occurs in the data: beyond it the sum would grow on.
    pub at_edge: bool,
}

/// Where a climb begins.
#[derive(Clone, Debug, PartialEq)]
pub enum StartFrom {
    /// At this row.
    Row(Vec<Cell>),
    /// At the training row that excites the neuron most.
    BestRow,
}

/// Climbs. `None` if there is no such neuron, or no column with numbers to move.
pub fn climb(
    prepared: &Prepared,
    parameters: &[f32],
    (layer, unit): (u32, usize),
    start: &StartFrom,
) -> Option<Ascent> {
    let index = prepared.layer_ids.iter().position(|&id| id == layer)?;
    let dense = prepared.network.layers().get(index)?.as_dense();
    dense.filter(|dense: &&Dense| unit < dense.units)?;
    let mut slope = Slope::new(prepared, parameters, (index, unit))?;
    let begin = match start {
        StartFrom::Row(cells) => cells.clone(),
        StartFrom::BestRow => slope.best_row(),
    };
    let mut at = slope.look(&begin)?;
    let mut path = vec![AscentPoint { cells: begin, value: at.value }];
    let mut step = FIRST_STEP;
    while path.len() <= STEPS && step > SHORTEST_STEP {
        let Some(last) = path.last() else { break };
        let Some(cells) = slope.moved(&last.cells, &at.gradient, step) else { break };
        match slope.look(&cells) {
            Some(next) if next.value > at.value => {
                path.push(AscentPoint { cells, value: next.value });
                at = next;
                step *= 1.2;
            }
            _ => step *= 0.5,
        }
    }
    let top = path.last()?;
    let at_edge = slope.is_at_edge(&top.cells, &at.gradient);
    Some(Ascent { layer, unit, path, at_edge })
}

/// The sum and its slope in one place.
struct Look {
    value: f64,
    /// Along each movable column, per width of its range.
    gradient: Vec<f64>,
}

/// The neuron's sum as a function of the movable columns.
struct Slope<'a> {
    prepared: &'a Prepared,
    parameters: &'a [f32],
    at: (usize, usize),
    /// Columns with numbers, and their ranges.
    columns: Vec<(usize, f64, f64)>,
    workspace: Workspace<f32>,
    encoded: Vec<f32>,
    moved: Vec<f32>,
    gradient: Vec<f32>,
}

impl<'a> Slope<'a> {
    fn new(prepared: &'a Prepared, parameters: &'a [f32], at: (usize, usize)) -> Option<Self> {
        let encoder = &prepared.samples.encoder;
        let columns: Vec<_> = (0..encoder.columns.len())
            .filter_map(|column| match Axis::of(encoder, column)?.scale {
                Scale::Number { minimum, maximum } => Some((column, minimum, maximum)),
                Scale::Category { .. } => None,
            })
            .filter(|(_, low, high)| high > low)
            .collect();
        let width = encoder.width();
        (!columns.is_empty() && parameters.len() == prepared.network.parameter_count()).then(|| {
            Self {
                prepared,
                parameters,
                at,
                columns,
                workspace: Workspace::new(&prepared.network, 1),
                encoded: vec![0.0; width],
                moved: vec![0.0; width],
                gradient: vec![0.0; width],
            }
        })
    }

    /// z and its slope at a row; `None` where z is not a number.
    fn look(&mut self, cells: &[Cell]) -> Option<Look> {
        let Self { prepared, parameters, workspace, encoded, moved, gradient, .. } = self;
        let (network, encoder) = (&prepared.network, &prepared.samples.encoder);
        encoder.encode_row(cells, encoded);
        network.load_inputs(workspace, encoded, 0..1);
        network.clear_dropout(workspace);
        network.forward(parameters, workspace);
        let value = network.input_gradient(parameters, self.at, workspace, gradient)?;
        if !value.is_finite() {
            return None;
        }
        // A column may enter as several inputs (x, x², sin x): the chain rule adds them up. How
        // they change with the column is found by a small difference.
        let mut cells = cells.to_vec();
        let slope = self.columns.iter().map(|&(column, low, high)| {
            let Some(Cell::Number(number)) = cells.get(column).cloned() else { return 0.0 };
            let small = 1e-3 * (high - low);
            let mut along = |shift: f64, out: &mut [f32]| {
                if let Some(cell) = cells.get_mut(column) {
                    *cell = Cell::Number(number + shift);
                }
                encoder.encode_row(&cells, out);
            };
            along(small, encoded);
            along(-small, moved);
            if let Some(cell) = cells.get_mut(column) {
                *cell = Cell::Number(number);
            }
            let ends = encoded.iter().zip(&*moved).zip(&*gradient);
            ends.map(|((&above, &below), &g)| f64::from(g) * f64::from(above - below)).sum::<f64>()
                / 2e-3
        });
        let gradient = slope.collect();
        Some(Look { value: f64::from(value), gradient })
    }

    /// A step of this length up the slope, kept within the ranges; `None` where it is flat.
    fn moved(&self, cells: &[Cell], gradient: &[f64], step: f64) -> Option<Vec<Cell>> {
        let free = self.columns.iter().zip(gradient).map(|(&(column, low, high), &slope)| {
            let Some(Cell::Number(number)) = cells.get(column) else { return 0.0 };
            let outward = (*number <= low && slope < 0.0) || (*number >= high && slope > 0.0);
            if outward { 0.0 } else { slope }
        });
        let free: Vec<f64> = free.collect();
        let length = free.iter().map(|slope| slope * slope).sum::<f64>().sqrt();
        if !length.is_finite() || length < 1e-12 {
            return None;
        }
        let mut next = cells.to_vec();
        for (&(column, low, high), slope) in self.columns.iter().zip(free) {
            if let Some(Cell::Number(number)) = next.get_mut(column) {
                *number = (*number + step * slope / length * (high - low)).clamp(low, high);
            }
        }
        Some(next)
    }

    fn is_at_edge(&self, cells: &[Cell], gradient: &[f64]) -> bool {
        self.columns.iter().zip(gradient).any(|(&(column, low, high), &slope)| {
            let Some(Cell::Number(number)) = cells.get(column) else { return false };
            (*number <= low && slope < 0.0) || (*number >= high && slope > 0.0)
        })
    }

    /// The training row with the largest sum.
    fn best_row(&mut self) -> Vec<Cell> {
        let samples = &self.prepared.samples;
        let network = &self.prepared.network;
        let mut best = (f32::NEG_INFINITY, None);
        let Some(inputs) = samples.inputs.as_slice() else { return samples.encoder.typical_row() };
        for &row in &samples.train {
            let place = row as usize;
            network.load_inputs(&mut self.workspace, inputs, place..place + 1);
            network.clear_dropout(&mut self.workspace);
            network.forward(self.parameters, &mut self.workspace);
            if let Some(value) = network.unit_sum(self.at, &self.workspace)
                && value > best.0
            {
                best = (value, Some(place));
            }
        }
        match best.1 {
            Some(row) => samples.encoder.row_of(&samples.table, row),
            None => samples.encoder.typical_row(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::experiment::{ExperimentSpec, TableStore};
    use crate::train::Trainer;

    fn trained(name: &str, epochs: u64) -> Trainer {
        let mut spec = ExperimentSpec::named(name).unwrap();
        spec.training.stop.epochs = Some(epochs);
        let go_on = |_| ControlFlow::Continue(());
        let prepared = Prepared::load(spec, &TableStore::default(), &go_on).unwrap();
        let mut trainer = Trainer::new(prepared).unwrap();
        while trainer.run_epoch().is_none() {}
        trainer
    }

    #[test]
    fn the_way_leads_uphill_to_the_inner_circle() {
        let trainer = trained("circle", 200);
        let prepared = trainer.prepared();
        let output = *prepared.layer_ids.last().unwrap();
        let start = StartFrom::Row(vec![Cell::Number(4.0), Cell::Number(1.0)]);
        let ascent = climb(prepared, trainer.parameters(), (output, 0), &start).unwrap();
        assert!(ascent.path.windows(2).all(|pair| pair[0].value < pair[1].value));
        let top = ascent.path.last().unwrap();
        let reach = top.cells.iter().filter_map(|cell| match cell {
            Cell::Number(number) => Some(number * number),
            _ => None,
        });
        // The second class lies within 2.5 of the middle.
        assert!(reach.sum::<f64>().sqrt() < 3.0, "{top:?}");
        assert!(!ascent.at_edge);
        let best = climb(prepared, trainer.parameters(), (output, 0), &StartFrom::BestRow).unwrap();
        assert!(best.path.last().unwrap().value >= best.path[0].value);
    }

    #[test]
    fn words_stay_and_numbers_stay_within_the_data() {
        let trainer = trained("penguins", 20);
        let prepared = trainer.prepared();
        let output = *prepared.layer_ids.last().unwrap();
        let ascent = climb(prepared, trainer.parameters(), (output, 2), &StartFrom::BestRow);
        let ascent = ascent.unwrap();
        let (first, top) = (&ascent.path[0].cells, &ascent.path.last().unwrap().cells);
        let encoder = &prepared.samples.encoder;
        for column in 0..encoder.columns.len() {
            match Axis::of(encoder, column).unwrap().scale {
                Scale::Category { .. } => assert_eq!(first[column], top[column]),
                Scale::Number { minimum, maximum } => {
                    let Cell::Number(number) = top[column] else { continue };
                    assert!((minimum..=maximum).contains(&number));
                }
            }
        }
        assert!(climb(prepared, trainer.parameters(), (output, 3), &StartFrom::BestRow).is_none());
    }
}
