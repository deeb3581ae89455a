//! A network: a checked shape and the place of every weight in one flat vector.
//!
//! All weights and biases of a network lie in a single slice, layer after layer, so that training
//! methods are plain vector algebra and copying a network is copying a vector. A [`Network`] does
//! not hold the numbers; it knows where they are.

use std::ops::Range;

use super::activation::Activation;
use super::output::OutputActivation;
use super::shape::{LayerShape, MAX_PARAMETERS, NetworkError, NetworkShape};
use super::small;

/// What the units of a dense layer do to their sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DenseActivation {
    /// A hidden layer's activation.
    Hidden(Activation),
    /// The output layer's activation.
    Output(OutputActivation),
}

/// A fully connected layer, a = f(W·x + b), and where its W and b lie among the parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dense {
    /// The number of values it is given.
    pub inputs: usize,
    /// The number of its units.
    pub units: usize,
    /// The function f.
    pub activation: DenseActivation,
    /// Where W lies: `units` rows of `inputs` weights, the weight from input i to unit u at
    /// `weights.start + u * inputs + i`.
    pub weights: Range<usize>,
    /// Where b lies: one bias for each unit.
    pub biases: Range<usize>,
}

/// One layer of a network, the output layer included.
#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    /// A fully connected layer.
    Dense(Dense),
    /// A dropout layer, which has no parameters.
    Dropout {
        /// The share of values that is dropped while training.
        rate: f32,
        /// The number of values that pass through it.
        units: usize,
    },
}

impl Dense {
    /// Where the weight from `input` to `unit` lies among the parameters; `None` as the input means
    /// the bias. `None` if there is no such weight.
    pub fn parameter(&self, unit: usize, input: Option<usize>) -> Option<usize> {
        if unit >= self.units {
            return None;
        }
        match input {
            None => Some(self.biases.start + unit),
            Some(input) if input < self.inputs => {
                Some(self.weights.start + unit * self.inputs + input)
            }
            Some(_) => None,
        }
    }
}

impl Layer {
    /// The dense layer, if it is one.
    pub fn as_dense(&self) -> Option<&Dense> {
        match self {
            Self::Dense(dense) => Some(dense),
            Self::Dropout { .. } => None,
        }
    }

    /// The number of values this layer hands on.
    pub fn units(&self) -> usize {
        match self {
            Self::Dense(dense) => dense.units,
            Self::Dropout { units, .. } => *units,
        }
    }
}

/// A network of dense and dropout layers, without its numbers. Cheap to clone and share.
///
/// ```
/// use netsmith::nn::{Activation, LayerShape, Network, NetworkShape, OutputActivation};
///
/// let network = Network::new(NetworkShape {
///     inputs: 2,
///     hidden: vec![LayerShape::Dense { units: 4, activation: Activation::Tanh }],
///     outputs: 1,
///     output_activation: OutputActivation::Sigmoid,
/// })?;
/// // 2·4 weights and 4 biases, then 4·1 weights and 1 bias.
/// assert_eq!(network.parameter_count(), 17);
/// # Ok::<(), netsmith::nn::NetworkError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    shape: NetworkShape,
    layers: Vec<Layer>,
    parameter_count: usize,
    is_small: bool,
}

impl Network {
    /// Checks a shape and lays out its parameters.
    ///
    /// # Errors
    /// If a size is zero, a dropout rate is outside [0, 1), or there would be more than
    /// [`MAX_PARAMETERS`] parameters.
    pub fn new(shape: NetworkShape) -> Result<Self, NetworkError> {
        if shape.inputs == 0 {
            return Err(NetworkError::NoInputs);
        }
        if shape.outputs == 0 {
            return Err(NetworkError::NoOutputs);
        }
        let mut plan = Plan { layers: Vec::new(), width: shape.inputs, parameters: 0 };
        for (index, layer) in shape.hidden.iter().enumerate() {
            match *layer {
                LayerShape::Dense { units: 0, .. } => {
                    return Err(NetworkError::NoUnits { layer: index + 1 });
                }
                LayerShape::Dense { units, activation } => {
                    plan.dense(units, DenseActivation::Hidden(activation));
                }
                LayerShape::Dropout { rate } if !(0.0..1.0).contains(&rate) => {
                    return Err(NetworkError::DropoutRate { layer: index + 1, rate });
                }
                LayerShape::Dropout { rate } => {
                    plan.layers.push(Layer::Dropout { rate, units: plan.width });
                }
            }
        }
        plan.dense(shape.outputs, DenseActivation::Output(shape.output_activation));
        if plan.parameters > MAX_PARAMETERS {
            return Err(NetworkError::TooManyParameters {
                count: plan.parameters,
                limit: MAX_PARAMETERS,
            });
        }
        let is_small = small::are_small(&plan.layers);
        Ok(Self { shape, layers: plan.layers, parameter_count: plan.parameters, is_small })
    }

    /// Whether [`small`] may go over it.
    pub(super) fn is_small(&self) -> bool {
        self.is_small
    }

    /// The shape it was made from.
    pub fn shape(&self) -> &NetworkShape {
        &self.shape
    }

    /// The number of weights and biases: the length of the parameter and gradient vectors.
    pub fn parameter_count(&self) -> usize {
        self.parameter_count
    }

    /// The number of input values of a sample.
    pub fn inputs(&self) -> usize {
        self.shape.inputs
    }

    /// The number of output values.
    pub fn outputs(&self) -> usize {
        self.shape.outputs
    }

    /// What the output layer does to its sums.
    pub fn output_activation(&self) -> OutputActivation {
        self.shape.output_activation
    }

    /// Whether any layer is dropout.
    pub fn has_dropout(&self) -> bool {
        self.layers.iter().any(|layer| layer.as_dense().is_none())
    }

    /// All layers in order, the output layer last.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The dense layers in order, the output layer last.
    pub fn dense_layers(&self) -> impl Iterator<Item = &Dense> {
        self.layers.iter().filter_map(|layer| match layer {
            Layer::Dense(dense) => Some(dense),
            Layer::Dropout { .. } => None,
        })
    }
}

/// The layers laid out so far. Sizes saturate: a shape too large to count is also too large to
/// build, and is refused with that reason.
struct Plan {
    layers: Vec<Layer>,
    /// How many values the next layer will be given.
    width: usize,
    /// How many parameters are placed.
    parameters: usize,
}

impl Plan {
    fn dense(&mut self, units: usize, activation: DenseActivation) {
        let weights_end = self.parameters.saturating_add(self.width.saturating_mul(units));
        let biases_end = weights_end.saturating_add(units);
        self.layers.push(Layer::Dense(Dense {
            inputs: self.width,
            units,
            activation,
            weights: self.parameters..weights_end,
            biases: weights_end..biases_end,
        }));
        self.width = units;
        self.parameters = biases_end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(hidden: Vec<LayerShape>) -> NetworkShape {
        NetworkShape { inputs: 3, hidden, outputs: 2, output_activation: OutputActivation::Softmax }
    }

    fn dense(units: usize) -> LayerShape {
        LayerShape::Dense { units, activation: Activation::Relu }
    }

    #[test]
    fn parameters_lie_layer_after_layer() {
        let network =
            Network::new(shape(vec![dense(5), LayerShape::Dropout { rate: 0.5 }])).unwrap();
        let places: Vec<_> =
            network.dense_layers().map(|d| (d.weights.clone(), d.biases.clone())).collect();
        assert_eq!(places, [(0..15, 15..20), (20..30, 30..32)]);
        assert_eq!(network.parameter_count(), 32);
        assert_eq!(network.layers().len(), 3);
        assert_eq!(network.layers()[1].units(), 5);
    }

    #[test]
    fn impossible_shapes_are_refused_with_the_place() {
        assert_eq!(
            Network::new(NetworkShape { inputs: 0, ..shape(vec![]) }),
            Err(NetworkError::NoInputs)
        );
        assert_eq!(
            Network::new(NetworkShape { outputs: 0, ..shape(vec![]) }),
            Err(NetworkError::NoOutputs)
        );
        assert_eq!(
            Network::new(shape(vec![dense(1), dense(0)])),
            Err(NetworkError::NoUnits { layer: 2 })
        );
        for rate in [-0.1, 1.0, f32::NAN] {
            assert!(matches!(
                Network::new(shape(vec![LayerShape::Dropout { rate }])),
                Err(NetworkError::DropoutRate { layer: 1, .. })
            ));
        }
        let error = Network::new(shape(vec![dense(10_000), dense(10_000)])).unwrap_err();
        assert!(error.to_string().contains("100070002"), "{error}");
        let huge = Network::new(shape(vec![dense(usize::MAX / 2), dense(usize::MAX)]));
        assert!(matches!(huge, Err(NetworkError::TooManyParameters { .. })));
    }
}
