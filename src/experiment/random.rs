//! Where random numbers come from: one seed, one independent stream for each purpose.
//!
//! The streams keep the purposes apart: more noise in the data does not change the starting
//! weights, another optimizer sees the same order of rows.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// What random numbers are drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Synthetic points.
    Data = 1,
    /// Division into training and validation part.
    Split = 2,
    /// Starting weights.
    Weights = 3,
    /// Order of the rows in each epoch.
    Order = 4,
    /// Dropout masks.
    Dropout = 5,
    /// The training method's own choices.
    Method = 6,
}

/// The generator for one purpose. `draw` counts how often the person asked for other numbers.
pub fn rng(seed: u64, stream: Stream, draw: u32) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream((u64::from(draw) << 8) | stream as u64);
    rng
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::*;

    #[test]
    fn streams_and_draws_differ_and_repeat() {
        let first = |stream, draw| rng(1, stream, draw).next_u64();
        assert_eq!(first(Stream::Data, 0), first(Stream::Data, 0));
        assert_ne!(first(Stream::Data, 0), first(Stream::Weights, 0));
        assert_ne!(first(Stream::Data, 0), first(Stream::Data, 1));
    }
}
