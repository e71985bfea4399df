//! A table of Liberty over load and transition time.

/// Energies, pJ.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table {
    /// pF; empty: the load does not matter.
    loads: Vec<f64>,
    /// ns; empty: the transition does not matter.
    transitions: Vec<f64>,
    /// A row a load.
    values: Vec<f64>,
}

impl Table {
    /// None where there are not as many values as places.
    pub fn new(loads: Vec<f64>, transitions: Vec<f64>, values: Vec<f64>) -> Option<Self> {
        let places = loads.len().max(1) * transitions.len().max(1);
        (values.len() == places).then_some(Self {
            loads,
            transitions,
            values,
        })
    }

    /// Between its places linearly, beyond its ends their value.
    pub fn at(&self, load_pf: f64, transition_ns: f64) -> f64 {
        let (row, down) = place(&self.loads, load_pf);
        let (column, right) = place(&self.transitions, transition_ns);
        let columns = self.transitions.len().max(1);
        // The next place counts for nothing where there is none.
        let value = |r: usize, c: usize, weight: f64| match weight > 0.0 {
            true => weight * self.values[r * columns + c],
            false => 0.0,
        };
        value(row, column, (1.0 - down) * (1.0 - right))
            + value(row + 1, column, down * (1.0 - right))
            + value(row, column + 1, (1.0 - down) * right)
            + value(row + 1, column + 1, down * right)
    }
}

/// The place at or below `x`, and how far it is to the next.
fn place(places: &[f64], x: f64) -> (usize, f64) {
    let above = places.partition_point(|p| *p <= x);
    match (above.checked_sub(1), places.get(above)) {
        (None, _) => (0, 0.0),
        (Some(last), None) => (last, 0.0),
        (Some(at), Some(next)) => (at, (x - places[at]) / (next - places[at])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(load: f64, transition: f64, expected: f64) {
        let (loads, transitions) = (vec![1.0, 3.0], vec![10.0, 20.0, 40.0]);
        let table = Table::new(loads, transitions, vec![0.0, 1.0, 2.0, 4.0, 5.0, 8.0]).unwrap();
        assert_eq!(table.at(load, transition), expected);
    }

    #[test]
    fn at_a_place() {
        check(3.0, 40.0, 8.0);
    }
    #[test]
    fn between_places() {
        check(2.0, 30.0, 4.0);
    }
    #[test]
    fn beyond_the_ends() {
        check(0.5, 15.0, 0.5);
        check(9.0, 99.0, 8.0);
    }
    #[test]
    fn values_for_every_place() {
        assert_eq!(Table::new(vec![1.0], vec![1.0], vec![]), None);
    }
}
