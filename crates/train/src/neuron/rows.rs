//! Sums and products of rows, one number a neuron, in the machine's widest vectors. Each element's operations are the same in
//! all of them, so the numbers do not depend on the machine.

use pulp::Arch;

/// `to = from`.
pub(crate) fn widen(to: &mut [f64], from: &[f32]) {
    Arch::new().dispatch(|| {
        for (to, from) in to.iter_mut().zip(from) {
            *to = f64::from(*from);
        }
    });
}

/// `to += a b`.
pub(crate) fn add_product(to: &mut [f64], a: &[f64], b: &[f64]) {
    Arch::new().dispatch(|| {
        for ((to, a), b) in to.iter_mut().zip(a).zip(b) {
            *to += a * b;
        }
    });
}

/// `to += m^T a` of a matrix that has a row for every number of `a`.
pub(crate) fn add_rows(to: &mut [f64], a: &[f64], m: &[f64]) {
    Arch::new().dispatch(|| {
        for (a, row) in a.iter().zip(m.chunks_exact(to.len())) {
            for (to, x) in to.iter_mut().zip(row) {
                *to += a * x;
            }
        }
    });
}

/// `to *= by`.
pub(crate) fn multiply(to: &mut [f64], by: &[f64]) {
    Arch::new().dispatch(|| {
        for (to, by) in to.iter_mut().zip(by) {
            *to *= by;
        }
    });
}

/// Sum of products, in eight sums that are added at the end.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a, a_left) = a.as_chunks::<8>();
    let (b, b_left) = b.as_chunks::<8>();
    let sums = Arch::new().dispatch(|| {
        let mut sums = [0.0; 8];
        for (a, b) in a.iter().zip(b) {
            for k in 0..8 {
                sums[k] += a[k] * b[k];
            }
        }
        sums
    });
    let left: f64 = a_left.iter().zip(b_left).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_product_is_in_the_sum() {
        let row: Vec<f64> = (1..=19).map(f64::from).collect();
        assert_eq!(dot(&row, &row), 2470.0);
    }
}
