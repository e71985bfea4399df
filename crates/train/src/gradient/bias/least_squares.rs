//! Linear least squares in a few terms, by the normal equations.

/// Terms of a law.
pub const TERMS: usize = 4;

/// A value for each term.
pub type Terms = [f64; TERMS];

/// The coefficients that leave the least sum of squares; none where the rows do not determine them.
pub fn fit(rows: &[(Terms, f64)]) -> Option<Terms> {
    let mut a = [[0.0; TERMS + 1]; TERMS];
    for (terms, value) in rows {
        for (i, row) in a.iter_mut().enumerate() {
            for (j, other) in terms.iter().chain([value]).enumerate() {
                row[j] += terms[i] * other;
            }
        }
    }
    for column in 0..TERMS {
        let size = |row: &usize| a[*row][column].abs();
        let pivot = (column..TERMS).max_by(|x, y| size(x).total_cmp(&size(y)))?;
        a.swap(column, pivot);
        if a[column][column].abs() < 1e-9 {
            return None;
        }
        let own = a[column];
        for (_, row) in a.iter_mut().enumerate().filter(|(k, _)| *k != column) {
            let by = row[column] / own[column];
            row.iter_mut().zip(own).for_each(|(x, y)| *x -= by * y);
        }
    }
    Some(std::array::from_fn(|k| a[k][TERMS] / a[k][k]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_law_is_found_again() {
        let law = [0.5, -2.0, 3.0, 1.0];
        let row = |k: u32| {
            let x = f64::from(k);
            let terms = [1.0, (x * 1.7).sin(), (x * 0.9).cos(), f64::from(k % 2)];
            let value = (0..TERMS).map(|t| law[t] * terms[t]).sum();
            (terms, value)
        };
        let rows: Vec<_> = (0..20).map(row).collect();
        let found = fit(&rows).unwrap();
        assert!(
            found.iter().zip(law).all(|(a, b)| (a - b).abs() < 1e-9),
            "{found:?}"
        );
    }
    #[test]
    fn terms_that_are_the_same() {
        let rows = [([1.0, 2.0, 2.0, 0.0], 1.0), ([1.0, 3.0, 3.0, 1.0], 2.0)];
        assert_eq!(fit(&rows), None);
    }
}
