//! Which of several results no other one beats.

/// For each `(quality, cost)` whether no other point has at least the quality at no more cost, and better in one of both.
/// Points that are not finite never are on the front.
pub fn pareto_front(points: &[(f64, f64)]) -> Vec<bool> {
    let finite = |(quality, cost): &(f64, f64)| quality.is_finite() && cost.is_finite();
    let beats = |a: &(f64, f64), b: &(f64, f64)| {
        finite(a) && a.0 >= b.0 && a.1 <= b.1 && (a.0 > b.0 || a.1 < b.1)
    };
    let on_front = |p: &(f64, f64)| finite(p) && !points.iter().any(|other| beats(other, p));
    points.iter().map(on_front).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(points: &[(f64, f64)], expected: &[bool]) {
        assert_eq!(pareto_front(points), expected);
    }

    #[test]
    fn a_trade() {
        check(&[(0.9, 5.0), (0.8, 2.0), (0.7, 3.0)], &[true, true, false]);
    }
    #[test]
    fn equal_points_stay() {
        check(&[(0.9, 5.0), (0.9, 5.0), (0.9, 6.0)], &[true, true, false]);
    }
    #[test]
    fn what_is_no_number() {
        check(
            &[(f64::NAN, 1.0), (0.5, f64::INFINITY), (0.1, 9.0)],
            &[false, false, true],
        );
    }

    proptest! {
        /// Every point that is left out is beaten by one of the front.
        #[test]
        fn the_front_beats_the_rest(points in prop::collection::vec((0u8..9, 0u8..9), 1..20)) {
            let points: Vec<(f64, f64)> = points.into_iter().map(|(a, b)| (a.into(), b.into())).collect();
            let front = pareto_front(&points);
            for (p, on) in points.iter().zip(&front) {
                let mut best = points.iter().zip(&front).filter(|(_, on)| **on);
                prop_assert!(*on || best.any(|(f, _)| f.0 >= p.0 && f.1 <= p.1 && f != p));
            }
        }
    }
}
