//! Curves with no more points than the screen has columns: of each column the smallest and the
//! largest value are kept, so that no peak is lost.

/// Keeps at most two points a column of `columns` equal ones between the first and the last x.
/// Points must be in order of x; those that are not finite are left out.
///
/// ```
/// use netsmith::ui::result::thin::thin;
/// let wave: Vec<[f64; 2]> = (0..10_000).map(|i| [f64::from(i), f64::from(i % 7)]).collect();
/// let few = thin(wave.into_iter(), 100);
/// assert!(few.len() <= 202);
/// assert!(few.iter().any(|point| point[1] == 6.0));
/// ```
pub fn thin(points: impl Iterator<Item = [f64; 2]> + Clone, columns: usize) -> Vec<[f64; 2]> {
    let finite = points.filter(|[x, y]| x.is_finite() && y.is_finite());
    let count = finite.clone().count();
    if count <= 2 * columns.max(1) {
        return finite.collect();
    }
    let first = finite.clone().next().map_or(0.0, |point| point[0]);
    let last = finite.clone().last().map_or(1.0, |point| point[0]);
    let width = ((last - first) / columns.max(1) as f64).max(f64::MIN_POSITIVE);
    let mut kept = Vec::with_capacity(2 * columns + 2);
    let mut column: Option<Column> = None;
    for point in finite {
        let index = ((point[0] - first) / width) as usize;
        match &mut column {
            Some(current) if current.index == index => current.add(point),
            _ => {
                if let Some(full) = column.take() {
                    full.finish(&mut kept);
                }
                column = Some(Column { index, low: point, high: point });
            }
        }
    }
    if let Some(full) = column {
        full.finish(&mut kept);
    }
    kept
}

/// The extremes of one column of pixels.
struct Column {
    index: usize,
    low: [f64; 2],
    high: [f64; 2],
}

impl Column {
    fn add(&mut self, point: [f64; 2]) {
        if point[1] < self.low[1] {
            self.low = point;
        }
        if point[1] > self.high[1] {
            self.high = point;
        }
    }

    /// The extremes in the order in which they came.
    fn finish(self, kept: &mut Vec<[f64; 2]>) {
        let (first, second) =
            if self.low[0] <= self.high[0] { (self.low, self.high) } else { (self.high, self.low) };
        kept.push(first);
        if second[0] > first[0] {
            kept.push(second);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_survive_in_order() {
        let points = (0..5000).map(|i| {
            let peak = if i == 2500 { 100.0 } else { 0.0 };
            [f64::from(i), peak]
        });
        let few = thin(points, 50);
        assert!(few.len() <= 102);
        assert!(few.contains(&[2500.0, 100.0]));
        assert!(few.windows(2).all(|pair| pair[0][0] < pair[1][0]));
    }

    #[test]
    fn what_is_not_a_number_is_left_out() {
        let points = [[0.0, 1.0], [1.0, f64::NAN], [2.0, f64::INFINITY], [3.0, 2.0]];
        assert_eq!(thin(points.into_iter(), 10), [[0.0, 1.0], [3.0, 2.0]]);
    }
}
