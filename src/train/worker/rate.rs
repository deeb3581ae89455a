//! How fast the run is.

/// Rows a second, smoothed.
#[derive(Debug, Default)]
pub(super) struct Rate {
    /// Rows trained on in a second of training; 0 before there is anything to go by.
    pub(super) value: f64,
    rows: u64,
    seconds: f64,
}

impl Rate {
    /// Takes the totals of the run; looks at what came since the last look, a fifth of a second of
    /// training at the least.
    pub(super) fn update(&mut self, rows: u64, seconds: f64) {
        if seconds < self.seconds || rows < self.rows {
            *self = Self { value: 0.0, rows, seconds };
        }
        let passed = seconds - self.seconds;
        if passed > 0.2 || (self.value == 0.0 && passed > 0.0) {
            self.value = (rows - self.rows) as f64 / passed;
            self.rows = rows;
            self.seconds = seconds;
        }
    }
}
