//! A symmetric positive definite system, solved block by block: nearly all of the work is then products of matrices, which
//! run several times as fast as one column after the other.

use nalgebra::{Cholesky, DMatrix};

/// Columns of a block.
const BLOCK: usize = 128;

/// `system^-1 right`. A pivot that vanishes, as in a singular system, counts as a tiny one.
pub(super) fn solve(mut system: DMatrix<f64>, right: &DMatrix<f64>) -> DMatrix<f64> {
    let size = system.nrows();
    let tiny = 1e-12 * system.diagonal().amax().max(1.0);
    for start in (0..size).step_by(BLOCK) {
        let end = (start + BLOCK).min(size);
        factor(&mut system, start, end, tiny);
    }
    let mut solution = right.clone();
    // No pivot is 0: both always succeed.
    system.solve_lower_triangular_mut(&mut solution);
    system.tr_solve_lower_triangular_mut(&mut solution);
    solution
}

/// Puts the columns `start..end` of the factor L (below the diagonal) in place of those of the system, and takes their share
/// off what is right of them.
fn factor(system: &mut DMatrix<f64>, start: usize, end: usize, tiny: f64) {
    let size = system.nrows();
    let width = end - start;
    let corner = system.view((start, start), (width, width)).into_owned();
    let Some(corner) = Cholesky::new_with_substitute(corner, tiny) else {
        return;
    };
    let corner = corner.l();
    system
        .view_mut((start, start), (width, width))
        .copy_from(&corner);
    let mut below = system.view((end, start), (size - end, width)).transpose();
    corner.solve_lower_triangular_mut(&mut below);
    let below = below.transpose();
    system
        .view_mut((end, start), (size - end, width))
        .copy_from(&below);
    for column in (end..size).step_by(BLOCK) {
        let columns = BLOCK.min(size - column);
        let rows = below.rows(column - end, size - column);
        let own = below.rows(column - end, columns).transpose();
        let mut rest = system.view_mut((column, column), (size - column, columns));
        rest.gemm(-1.0, &rows, &own, 1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A system of a size against nalgebra's own Cholesky.
    fn check(size: usize) {
        let wave = |k: usize, l: usize| ((3 * k + 7 * l * l + k * l) as f64).sin();
        let factor = DMatrix::from_fn(size, size, wave);
        let system = &factor * factor.transpose() + DMatrix::identity(size, size);
        let right = DMatrix::from_fn(size, 3, |k, l| wave(l, k));
        let expected = Cholesky::new(system.clone()).unwrap().solve(&right);
        let error = (solve(system, &right) - &expected).amax() / expected.amax();
        assert!(error < 1e-9, "{error}");
    }

    #[test]
    fn smaller_than_a_block() {
        check(1);
        check(50);
    }
    #[test]
    fn a_block_and_its_border() {
        check(BLOCK - 1);
        check(BLOCK);
        check(BLOCK + 1);
    }
    #[test]
    fn several_blocks() {
        check(3 * BLOCK + 20);
    }
    #[test]
    fn nothing() {
        assert_eq!(solve(DMatrix::zeros(0, 0), &DMatrix::zeros(0, 2)).len(), 0);
    }
    #[test]
    fn a_singular_system_gives_numbers() {
        let ones = DMatrix::from_element(200, 200, 1.0);
        let found = solve(ones, &DMatrix::from_element(200, 1, 1.0));
        assert!(found.iter().all(|x| x.is_finite()));
    }
}
