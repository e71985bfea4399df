//! From values to places: an axis, its range and its ticks.

/// Words of an axis and where it may end.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    /// Quantity and unit.
    pub label: String,
    /// No tick lies outside: an accuracy has none above 1.
    bounds: (f64, f64),
    /// Whether it begins at zero whatever the values.
    from_zero: bool,
    /// Ticks are no closer: nothing lies between one epoch and the next.
    least_step: f64,
}

impl Axis {
    /// An axis as wide as its values.
    pub fn new(label: &str) -> Self {
        Self {
            label: label.into(),
            bounds: (f64::MIN, f64::MAX),
            from_zero: false,
            least_step: 0.0,
        }
    }

    /// An axis of whole numbers: epochs, neurons.
    pub fn whole(label: &str) -> Self {
        Self {
            least_step: 1.0,
            ..Self::new(label)
        }
    }

    /// An axis of a share, at most 0..1.
    pub fn share(label: &str) -> Self {
        Self {
            bounds: (0.0, 1.0),
            ..Self::new(label)
        }
    }

    /// An axis that begins at zero: counts and lengths of bars.
    pub fn from_zero(label: &str) -> Self {
        Self {
            from_zero: true,
            ..Self::new(label)
        }
    }

    /// The scale for these values between two places; none where none of them can be drawn.
    pub fn scale(
        &self,
        values: impl Iterator<Item = f64>,
        (from, to): (f64, f64),
    ) -> Option<Scale> {
        let mut finite = values.filter(|v| drawable(*v)).peekable();
        finite.peek()?;
        let (mut low, mut high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| {
            (l.min(v), h.max(v))
        });
        if self.from_zero {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        let width = high - low;
        // Equal values stand in the middle of something.
        let room = match width {
            0.0 if high == 0.0 => 1.0,
            0.0 => 0.05 * high.abs(),
            _ => 0.03 * width,
        };
        let foot = if self.from_zero && low == 0.0 {
            0.0
        } else {
            room
        };
        let (low, high) = (
            (low - foot).max(self.bounds.0),
            (high + room).min(self.bounds.1),
        );
        (low < high).then_some(Scale {
            low,
            high,
            least_step: self.least_step,
            from,
            to,
        })
    }
}

/// Whether a value has a place: it is a number, and so far from the largest that widths are numbers too.
pub(super) fn drawable(value: f64) -> bool {
    value.abs() < 1e300
}

/// A range of values on a range of places.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    low: f64,
    high: f64,
    least_step: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// The place of a value.
    pub fn place(&self, value: f64) -> f64 {
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    /// The value at which bars stand: zero, or the end nearest to it.
    pub fn base(&self) -> f64 {
        0f64.clamp(self.low, self.high)
    }

    /// Round values with their text, about as many as wanted.
    pub fn ticks(&self, wanted: f64) -> Vec<(f64, String)> {
        let step = round_step((self.high - self.low) / wanted).max(self.least_step);
        let (first, last) = ((self.low / step).ceil(), (self.high / step).floor());
        if !(last - first).is_finite() || last - first > 3.0 * wanted {
            return Vec::new();
        }
        let count = (last - first) as usize;
        let values = (0..=count).map(|k| (first + k as f64) * step);
        values.map(|v| (v, label(v, step))).collect()
    }
}

/// The next of 1, 2, 5, 10, ... at or above a step.
fn round_step(step: f64) -> f64 {
    let decade = 10f64.powf(step.log10().floor());
    let of_decade = [1.0, 2.0, 5.0].map(|m| m * decade);
    let fits = of_decade.into_iter().find(|s| *s >= step * (1.0 - 1e-9));
    fits.unwrap_or(10.0 * decade)
}

/// A tick's text, with the decimals that its step has.
fn label(value: f64, step: f64) -> String {
    let exponent = step.log10().floor();
    if !(-5.0..6.0).contains(&exponent) {
        return format!("{value:.1e}");
    }
    let decimals = (-exponent).max(0.0) as usize;
    let text = format!("{value:.decimals$}");
    // No minus before nothing.
    match text.trim_start_matches('-').parse() {
        Ok(0.0) => text.trim_start_matches('-').into(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(axis: Axis, values: &[f64], expected: &[&str]) {
        let scale = axis.scale(values.iter().copied(), (0.0, 100.0)).unwrap();
        let ticks: Vec<String> = scale.ticks(4.0).into_iter().map(|t| t.1).collect();
        assert_eq!(ticks, expected);
    }

    #[test]
    fn an_accuracy_has_no_tick_above_1() {
        check(
            Axis::share("accuracy"),
            &[0.69, 1.0],
            &["0.7", "0.8", "0.9", "1.0"],
        );
    }
    #[test]
    fn a_count_begins_at_zero() {
        check(Axis::from_zero("chips"), &[3.0, 7.0], &["0", "2", "4", "6"]);
    }
    #[test]
    fn small_values() {
        check(
            Axis::new("A"),
            &[1e-9, 3e-9],
            &["1.0e-9", "2.0e-9", "3.0e-9"],
        );
    }
    #[test]
    fn values_that_have_no_distance() {
        let scale = Axis::new("x").scale([f64::MAX, f64::MIN].into_iter(), (0.0, 1.0));
        assert!(scale.is_none());
    }

    proptest! {
        #[test]
        fn ticks_are_few_and_inside(a in -1e30f64..1e30, width in 0f64..1e30) {
            let scale = Axis::new("x").scale([a, a + width].into_iter(), (0.0, 300.0));
            for (value, _) in scale.map(|s| s.ticks(5.0)).unwrap_or_default() {
                let place = scale.unwrap().place(value);
                prop_assert!((-1e-6..=300.0 + 1e-6).contains(&place));
            }
            prop_assert!(scale.is_none_or(|s| s.ticks(5.0).len() <= 16));
        }
    }
}
