//! The solver on problems whose answers are known.

use super::*;

/// `dy/dt = -stiffness (y - cos t) - sin t` beside the constraint `0 = z - y^2` (Prothero and Robinson): y = cos t
/// whatever the stiffness.
struct Pursuit {
    stiffness: f64,
}

impl System<2> for Pursuit {
    fn mass(&self) -> [f64; 2] {
        [1.0, 0.0]
    }

    fn scale(&self) -> [f64; 2] {
        [1.0; 2]
    }

    fn rhs(&self, t: f64, y: &[f64; 2]) -> [f64; 2] {
        [
            -self.stiffness * (y[0] - t.cos()) - t.sin(),
            y[1] - y[0] * y[0],
        ]
    }
}

fn check_pursuit(stiffness: f64, tolerance: f64, limit: f64) {
    let system = Pursuit { stiffness };
    let mut solver = Radau::new(&system, tolerance, 0.0, [1.0, 1.0]);
    while solver.t_s() < 10.0 {
        let y = solver.step(10.0).unwrap().end();
        let t = solver.t_s();
        let error = (y[0] - t.cos()).abs().max((y[1] - t.cos().powi(2)).abs());
        assert!(error < limit, "{error:e} at {t}, stiffness {stiffness:e}");
    }
}

#[test]
fn a_constraint_and_any_stiffness() {
    for stiffness in [0.0, 1.0, 1e3, 1e9, 1e30] {
        check_pursuit(stiffness, 1e-6, 1e-3);
        check_pursuit(stiffness, 1e-9, 1e-6);
    }
}

/// Robertson's reaction; reference values of Hairer and Wanner's test set at t = 40.
struct Reaction;

impl System<3> for Reaction {
    fn mass(&self) -> [f64; 3] {
        [1.0; 3]
    }

    fn scale(&self) -> [f64; 3] {
        [1.0, 1e-4, 1.0]
    }

    fn rhs(&self, _: f64, y: &[f64; 3]) -> [f64; 3] {
        let (a, b, c) = (0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] * y[1]);
        [b - a, a - b - c, c]
    }
}

#[test]
fn robertson_reaction() {
    let mut solver = Radau::new(&Reaction, 1e-8, 0.0, [1.0, 0.0, 0.0]);
    let mut y = [0.0; 3];
    while solver.t_s() < 40.0 {
        y = solver.step(40.0).unwrap().end();
    }
    let expected = [0.715_827_068_7, 9.185_534_764e-6, 0.284_163_745_7];
    for (got, want) in y.iter().zip(expected) {
        assert!((got / want - 1.0).abs() < 1e-6, "{y:?}");
    }
}

/// A right-hand side that is no number.
struct Undefined;

impl System<1> for Undefined {
    fn mass(&self) -> [f64; 1] {
        [1.0]
    }

    fn scale(&self) -> [f64; 1] {
        [1.0]
    }

    fn rhs(&self, t: f64, _: &[f64; 1]) -> [f64; 1] {
        [(0.5 - t).sqrt()]
    }
}

#[test]
fn a_solver_that_cannot_go_on_says_where() {
    let mut solver = Radau::new(&Undefined, 1e-6, 0.0, [0.0]);
    let error = loop {
        match solver.step(1.0) {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    let CircuitError::Solver { t_s, .. } = error else {
        panic!("{error}");
    };
    assert!((t_s - 0.5).abs() < 1e-6, "{t_s}");
}
