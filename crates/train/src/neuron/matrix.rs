//! Exponential of a 2 x 2 matrix and its integral, in closed form.

use bruno_device::Matrix;

/// `exp(J t)` and its integral from 0 to t.
///
/// With eigenvalues `m + d` and `m - d`: `exp(J t) = u I + w (J - m I)`, where `u` and `w` are the mean and the divided
/// difference of `exp` at the eigenvalues; the integral has the same form with `(exp(l t) - 1)/l` in the place of `exp`.
/// FeLIF Jacobians have real eigenvalues (a symmetric product of couplings); with an attached reset they may be complex, `m
/// + i d` and `m - i d`: then `u` and `w` are the real part at one of them and the imaginary part by d.
pub fn exponential(j: Matrix, t: f64) -> (Matrix, Matrix) {
    let mean = 0.5 * (j[0][0] + j[1][1]);
    let half = 0.5 * (j[0][0] - j[1][1]);
    let square = half * half + j[0][1] * j[1][0];
    let d = square.abs().sqrt();
    let of = |u: f64, w: f64| [[u + w * half, w * j[0][1]], [w * j[1][0], u - w * half]];
    if square < 0.0 && d * t > 1e-6 {
        let (sin, cos) = (d * t).sin_cos();
        let grown = (mean * t).exp();
        let (real, imaginary) = (grown * cos - 1.0, grown * sin);
        // (exp(l t) - 1)/l at l = m + i d.
        let norm = mean * mean + d * d;
        let u = (real * mean + imaginary * d) / norm;
        let w = (imaginary * mean - real * d) / norm / d;
        return (of(grown * cos, grown * sin / d), of(u, w));
    }
    let (low, high) = (mean - d, mean + d);
    let form = |f: &dyn Fn(f64) -> f64, slope: f64| {
        let (a, b) = (f(low), f(high));
        let w = if d * t > 1e-6 {
            (b - a) / (2.0 * d)
        } else {
            slope
        };
        of(0.5 * (a + b), w)
    };
    let exp = form(&|l| (l * t).exp(), t * (mean * t).exp());
    let integral = form(&|l| expm1_over(l, t), expm1_slope(mean, t));
    (exp, integral)
}

/// `(exp(l t) - 1)/l`.
pub fn expm1_over(l: f64, t: f64) -> f64 {
    if (l * t).abs() < 1e-9 {
        t
    } else {
        (l * t).exp_m1() / l
    }
}

/// Derivative of `expm1_over` by l.
fn expm1_slope(l: f64, t: f64) -> f64 {
    let x = l * t;
    if x.abs() < 1e-4 {
        t * t * (0.5 + x / 3.0)
    } else {
        (t * x.exp() - x.exp_m1() / l) / l
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against 20,000 midpoint steps.
    fn check(j: Matrix, t: f64) {
        let (exp, integral) = exponential(j, t);
        let steps = 20_000;
        let h = t / f64::from(steps);
        for column in 0..2 {
            let mut x = [f64::from(column == 0), f64::from(column == 1)];
            let mut sum = [0.0, 0.0];
            let f = |x: [f64; 2]| [0, 1].map(|r: usize| j[r][0] * x[0] + j[r][1] * x[1]);
            for _ in 0..steps {
                let slope = f(x);
                let middle = [0, 1].map(|r| x[r] + 0.5 * h * slope[r]);
                let next = f(middle);
                sum = [0, 1].map(|r| sum[r] + h * middle[r]);
                x = [0, 1].map(|r| x[r] + h * next[r]);
            }
            for r in 0..2 {
                assert!((exp[r][column] - x[r]).abs() < 1e-6, "exp {exp:?} {x:?}");
                assert!(
                    (integral[r][column] - sum[r]).abs() < 1e-6 * t.max(1.0),
                    "{integral:?} {sum:?}"
                );
            }
        }
    }

    #[test]
    fn stiff_and_slow() {
        check([[-2000.0, 30.0], [400.0, -50.0]], 1e-3);
    }
    #[test]
    fn equal_eigenvalues() {
        check([[-3.0, 0.0], [2.0, -3.0]], 0.5);
    }
    #[test]
    fn complex_eigenvalues() {
        check([[-80.0, 200.0], [-300.0, -20.0]], 1e-2);
    }
    #[test]
    fn nothing_moves() {
        check([[0.0, 0.0], [0.0, 0.0]], 1.0);
    }
    #[test]
    fn one_at_rest() {
        check([[-80.0, 0.0], [1.0, 0.0]], 1e-2);
    }
}
