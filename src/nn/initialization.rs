//! How the weights are drawn before training starts.
//!
//! All zeros would make every unit of a layer the same for ever; far too large weights saturate the
//! activations, and far too small ones let the signal fade from layer to layer. The rules below
//! keep its variance about constant. Here n is the number of inputs of a layer (fan-in) and m the
//! number of its units (fan-out).

use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use super::network::Network;
use super::real::Real;

/// A rule for the starting weights. Biases start at 0 unless the rule says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Initialization {
    /// U(−√(6/(n+m)), √(6/(n+m))): Glorot & Bengio 2010, made for tanh.
    #[default]
    XavierUniform,
    /// N(0, 2/(n+m)): the same variance, normally distributed.
    XavierNormal,
    /// U(−√(6/n), √(6/n)): He et al. 2015, made for `ReLU`.
    HeUniform,
    /// N(0, 2/n): the same variance, normally distributed.
    HeNormal,
    /// U(−1/√n, 1/√n) for weights and biases: `LeCun` et al. 1998; what PyTorch's `Linear` does.
    LecunUniform,
    /// N(0, 1/n): made for SELU.
    LecunNormal,
    /// All zeros, to see why that does not work.
    Zeros,
    /// U(−0.5, 0.5) with biases 0.1, as in `TensorFlow` Playground.
    Playground,
}

/// Where the weights of one layer come from.
enum Draw {
    Uniform(f64),
    Normal(f64),
}

impl Draw {
    /// One weight. Drawn in double precision, so that both precisions get the same network.
    fn sample<R: Rng>(&self, rng: &mut R) -> f64 {
        match *self {
            Self::Uniform(limit) => (2.0 * rng.random::<f64>() - 1.0) * limit,
            Self::Normal(deviation) => {
                let standard: f64 = StandardNormal.sample(rng);
                standard * deviation
            }
        }
    }
}

impl Initialization {
    /// Every rule, in the order in which they are offered.
    pub const ALL: &[Self] = &[
        Self::XavierUniform,
        Self::XavierNormal,
        Self::HeUniform,
        Self::HeNormal,
        Self::LecunUniform,
        Self::LecunNormal,
        Self::Zeros,
        Self::Playground,
    ];

    /// The name in files and commands.
    pub fn id(self) -> &'static str {
        match self {
            Self::XavierUniform => "xavier_uniform",
            Self::XavierNormal => "xavier_normal",
            Self::HeUniform => "he_uniform",
            Self::HeNormal => "he_normal",
            Self::LecunUniform => "lecun_uniform",
            Self::LecunNormal => "lecun_normal",
            Self::Zeros => "zeros",
            Self::Playground => "playground",
        }
    }

    /// The rule of this id, if there is one.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|each| each.id() == id)
    }

    /// The name on screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::XavierUniform => "Xavier uniform",
            Self::XavierNormal => "Xavier normal",
            Self::HeUniform => "He uniform",
            Self::HeNormal => "He normal",
            Self::LecunUniform => "LeCun uniform",
            Self::LecunNormal => "LeCun normal",
            Self::Zeros => "Zeros",
            Self::Playground => "Playground",
        }
    }

    /// The formula of a weight w, for a layer of m units with n inputs each.
    pub fn formula(self) -> &'static str {
        match self {
            Self::XavierUniform => "w ~ U(−√(6/(n+m)), √(6/(n+m)))",
            Self::XavierNormal => "w ~ N(0, 2/(n+m))",
            Self::HeUniform => "w ~ U(−√(6/n), √(6/n))",
            Self::HeNormal => "w ~ N(0, 2/n)",
            Self::LecunUniform => "w, b ~ U(−1/√n, 1/√n)",
            Self::LecunNormal => "w ~ N(0, 1/n)",
            Self::Zeros => "w = 0",
            Self::Playground => "w ~ U(−0.5, 0.5), b = 0.1",
        }
    }

    /// One or two sentences on when to use it.
    pub fn summary(self) -> &'static str {
        match self {
            Self::XavierUniform => {
                "Keeps the signal's variance in both directions. The usual choice for tanh and sigmoid."
            }
            Self::XavierNormal => {
                "Xavier's variance, drawn from a bell curve instead of an interval."
            }
            Self::HeUniform => {
                "Twice the variance, because ReLU blocks half of the signal. The usual choice for the ReLU family."
            }
            Self::HeNormal => "He's variance, drawn from a bell curve instead of an interval.",
            Self::LecunUniform => {
                "Small weights and small random biases, as PyTorch starts its linear layers."
            }
            Self::LecunNormal => "Variance 1/n: what SELU needs to normalise itself.",
            Self::Zeros => {
                "Every unit of a layer starts equal and stays equal. Try it once, to see that it cannot learn."
            }
            Self::Playground => "What TensorFlow Playground does, for comparing with it.",
        }
    }

    /// The distribution of the weights of a layer with `inputs` and `units`.
    fn weights(self, inputs: usize, units: usize) -> Draw {
        let n = inputs as f64;
        let m = units as f64;
        match self {
            Self::XavierUniform => Draw::Uniform((6.0 / (n + m)).sqrt()),
            Self::XavierNormal => Draw::Normal((2.0 / (n + m)).sqrt()),
            Self::HeUniform => Draw::Uniform((6.0 / n).sqrt()),
            Self::HeNormal => Draw::Normal((2.0 / n).sqrt()),
            Self::LecunUniform => Draw::Uniform(1.0 / n.sqrt()),
            Self::LecunNormal => Draw::Normal(1.0 / n.sqrt()),
            Self::Zeros => Draw::Uniform(0.0),
            Self::Playground => Draw::Uniform(0.5),
        }
    }
}

impl Network {
    /// Writes starting weights and biases into `parameters`.
    ///
    /// The same rule, shape and generator state give the same network, in both precisions.
    ///
    /// # Panics
    /// If `parameters` does not have [`parameter_count`](Network::parameter_count) numbers.
    pub fn initialize<T: Real, R: Rng>(
        &self,
        how: Initialization,
        parameters: &mut [T],
        rng: &mut R,
    ) {
        assert_eq!(parameters.len(), self.parameter_count(), "one number per parameter");
        for dense in self.dense_layers() {
            let draw = how.weights(dense.inputs, dense.units);
            for weight in &mut parameters[dense.weights.clone()] {
                *weight = T::of(draw.sample(rng));
            }
            for bias in &mut parameters[dense.biases.clone()] {
                *bias = T::of(match how {
                    Initialization::LecunUniform => draw.sample(rng),
                    Initialization::Playground => 0.1,
                    _ => 0.0,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{Activation, LayerShape, NetworkShape, OutputActivation};
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn network() -> Network {
        Network::new(NetworkShape {
            inputs: 100,
            hidden: vec![LayerShape::Dense { units: 200, activation: Activation::Tanh }],
            outputs: 1,
            output_activation: OutputActivation::Identity,
        })
        .unwrap()
    }

    #[test]
    fn variances_are_those_of_the_papers() {
        let network = network();
        let hidden = network.dense_layers().next().unwrap();
        for (how, variance) in [
            (Initialization::XavierUniform, 2.0 / 300.0),
            (Initialization::XavierNormal, 2.0 / 300.0),
            (Initialization::HeUniform, 2.0 / 100.0),
            (Initialization::HeNormal, 2.0 / 100.0),
            (Initialization::LecunUniform, 1.0 / 300.0),
            (Initialization::LecunNormal, 1.0 / 100.0),
            (Initialization::Playground, 1.0 / 12.0),
        ] {
            let mut parameters = vec![0.0_f64; network.parameter_count()];
            network.initialize(how, &mut parameters, &mut ChaCha8Rng::seed_from_u64(1));
            let weights = &parameters[hidden.weights.clone()];
            let mean = weights.iter().sum::<f64>() / weights.len() as f64;
            let found =
                weights.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / weights.len() as f64;
            assert!(
                mean.abs() < 4.0 * (variance / weights.len() as f64).sqrt(),
                "{how:?}: mean {mean}"
            );
            assert!((found / variance - 1.0).abs() < 0.05, "{how:?}: {found} for {variance}");
            assert_eq!(Initialization::from_id(how.id()), Some(how));
        }
    }

    #[test]
    fn both_precisions_start_alike() {
        let network = network();
        let mut wide = vec![0.0_f64; network.parameter_count()];
        let mut narrow = vec![0.0_f32; network.parameter_count()];
        let how = Initialization::HeNormal;
        network.initialize(how, &mut wide, &mut ChaCha8Rng::seed_from_u64(7));
        network.initialize(how, &mut narrow, &mut ChaCha8Rng::seed_from_u64(7));
        for (wide, narrow) in wide.iter().zip(&narrow) {
            assert!((*wide as f32).to_bits() == narrow.to_bits());
        }
    }
}
