//! The decision map: what the network answers over a plane of two input columns, the others held.

use super::axis::Axis;
use super::pass::Pass;
use crate::data::{Cell, Encoder, TargetEncoding};
use crate::experiment::Prepared;
use crate::nn::Workspace;
use crate::train::metrics::class_of;

/// The rows a map asks the network about, encoded once and used for every snapshot.
#[derive(Clone, Debug)]
pub struct Plane {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis; `None` for a function of one variable.
    pub y: Option<Axis>,
    /// Points along each axis.
    pub resolution: usize,
    /// `[points, inputs]`, row-major; the first row of points is the lowest.
    inputs: Vec<f32>,
}

impl Plane {
    /// Lays out a plane over the columns of `x` and `y`; all other columns have the values of
    /// `held`, one cell for each of [`Encoder::columns`].
    pub fn new(
        encoder: &Encoder,
        x: Axis,
        y: Option<Axis>,
        held: &[Cell],
        resolution: usize,
    ) -> Self {
        let width = encoder.width();
        let rows = if y.is_some() { resolution } else { 1 };
        let mut inputs = vec![0.0; rows * resolution * width];
        let mut cells = held.to_vec();
        cells.resize(encoder.columns.len(), Cell::Missing);
        let columns: Vec<Cell> = (0..resolution).map(|i| x.cell(x.at(i, resolution))).collect();
        let mut points = inputs.chunks_exact_mut(width.max(1));
        for row in 0..rows {
            if let Some(y) = &y
                && let Some(cell) = cells.get_mut(y.column)
            {
                *cell = y.cell(y.at(row, resolution));
            }
            for (column, point) in columns.iter().zip(points.by_ref()) {
                if let Some(cell) = cells.get_mut(x.column) {
                    cell.clone_from(column);
                }
                encoder.encode_row(&cells, point);
            }
        }
        Self { x, y, resolution, inputs }
    }

    /// The encoded points, `[points, inputs]`.
    pub fn inputs(&self) -> &[f32] {
        &self.inputs
    }
}

/// What the network answers at each point of a plane, row by row from the lowest.
#[derive(Clone, Debug, PartialEq)]
pub enum MapValues {
    /// A number, in the target's own unit.
    Number {
        /// One a point.
        values: Vec<f32>,
        /// The smallest and the largest target of the data, for the colour scale.
        range: (f32, f32),
    },
    /// The probability of the second of two classes.
    Binary(Vec<f32>),
    /// The likeliest class and its probability.
    Classes {
        /// Index of the likeliest class.
        classes: Vec<u16>,
        /// Its probability.
        certainty: Vec<f32>,
    },
}

/// A decision map.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// Points along each axis.
    pub resolution: usize,
    /// The answers.
    pub values: MapValues,
}

/// A function of one variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// The horizontal axis.
    pub x: Axis,
    /// Pairs of x and the network's answer: a number in the target's unit, or the probability of
    /// the second class (of the likeliest class, where there are more than two).
    pub points: Vec<[f64; 2]>,
}

/// Either, as the plane asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Drawn {
    /// Over two columns.
    Map(Map),
    /// Over one.
    Profile(Profile),
}

/// Asks the network about every point of the plane.
pub fn draw(prepared: &Prepared, parameters: &[f32], plane: &Plane, pass: &mut Pass) -> Drawn {
    let values = values(prepared, parameters, &plane.inputs, pass);
    match &plane.y {
        Some(y) => Drawn::Map(Map {
            x: plane.x.clone(),
            y: y.clone(),
            resolution: plane.resolution,
            values,
        }),
        None => Drawn::Profile(Profile {
            x: plane.x.clone(),
            points: profile_points(&plane.x, plane.resolution, &values),
        }),
    }
}

fn profile_points(x: &Axis, resolution: usize, values: &MapValues) -> Vec<[f64; 2]> {
    let heights = match values {
        MapValues::Number { values, .. } | MapValues::Binary(values) => values,
        MapValues::Classes { certainty, .. } => certainty,
    };
    heights.iter().enumerate().map(|(i, &v)| [x.at(i, resolution), f64::from(v)]).collect()
}

/// The network's answers to encoded rows.
pub fn values(
    prepared: &Prepared,
    parameters: &[f32],
    inputs: &[f32],
    pass: &mut Pass,
) -> MapValues {
    let network = &prepared.network;
    let rows = inputs.len() / network.inputs().max(1);
    match &prepared.samples.encoder.target {
        TargetEncoding::Number { mean, scale, .. } => {
            let decode = |value: f32| (f64::from(value) * scale + mean) as f32;
            let mut values = Vec::with_capacity(rows);
            pass.run(network, parameters, inputs, |_, workspace| {
                values.extend(workspace.output(0).iter().map(|&value| decode(value)));
            });
            let (low, high) = target_range(prepared);
            MapValues::Number { values, range: (decode(low), decode(high)) }
        }
        TargetEncoding::Classes { .. } if network.outputs() == 1 => {
            let mut values = Vec::with_capacity(rows);
            pass.run(network, parameters, inputs, |_, workspace| {
                values.extend_from_slice(workspace.output(0));
            });
            MapValues::Binary(values)
        }
        TargetEncoding::Classes { .. } => {
            let mut classes = Vec::with_capacity(rows);
            let mut certainty = Vec::with_capacity(rows);
            pass.run(network, parameters, inputs, |_, workspace| {
                for row in 0..workspace.batch() {
                    let class = class_of(outputs_of(workspace, row));
                    classes.push(class as u16);
                    certainty.push(outputs_of(workspace, row).nth(class).unwrap_or(0.0));
                }
            });
            MapValues::Classes { classes, certainty }
        }
    }
}

/// All outputs for one row of the batch.
pub fn outputs_of(workspace: &Workspace<f32>, row: usize) -> impl Iterator<Item = f32> + '_ {
    (0..workspace.outputs())
        .map(move |unit| workspace.output(unit).get(row).copied().unwrap_or(f32::NAN))
}

fn target_range(prepared: &Prepared) -> (f32, f32) {
    let targets = prepared.samples.targets.iter();
    let (low, high) =
        targets.fold((f32::MAX, f32::MIN), |(low, high), &value| (low.min(value), high.max(value)));
    if low < high { (low, high) } else { (-1.0, 1.0) }
}
