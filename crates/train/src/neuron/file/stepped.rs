//! What the method of a file's equations makes of a tick, and its derivatives.
//!
//! Of rates f, with their derivatives J by all states of the file, an explicit step adds `T f(x)` and has `T J`. Heun's adds
//! `T/2 (f(x) + f(y))` with `y = x + T f(x)` and has `T/2 (J(x) + J(y) P)`, P the derivative of y by x: `1 + T J(x)` in the
//! rows of states that move, 1 in those of others, 0 where the range of a state ends y. By a parameter the same with the
//! derivatives of f by it.

use super::FileNeuron;
use super::trained::Trained;
use bruno_device::TICK_S;
use bruno_model::{Expression, Method};

/// What the equations add in a tick, by moving state.
pub(super) struct Stepped {
    /// What each is moved by, SI units.
    pub change: Vec<f64>,
    /// Derivatives of it by all states of the file.
    pub slopes: Vec<Vec<f64>>,
    /// All states from which the tick starts.
    now: Vec<f64>,
    second: Option<Second>,
}

/// The second stage of a step.
struct Second {
    /// All states where the first rate leads.
    ahead: Vec<f64>,
    /// 1 of a moving state that went there.
    moves: Vec<f64>,
    /// Derivatives of the rates there by all states of the file.
    jacobian: Vec<Vec<f64>>,
}

impl FileNeuron {
    /// The step from these states, of which a refractory time holds some.
    pub(super) fn stepped(&self, now: &[f64], refractory: bool) -> Stepped {
        let all = |e: &[Expression], states: &[f64]| -> Vec<f64> {
            e.iter().map(|e| e.value(&self.at(states))).collect()
        };
        let jacobian = |states: &[f64]| -> Vec<Vec<f64>> {
            self.rates_by.iter().map(|row| all(row, states)).collect()
        };
        let (rates, first) = (all(&self.rates, now), jacobian(now));
        let scaled = |by: f64, row: &[f64]| row.iter().map(|x| by * x).collect();
        if self.derived.model.method == Method::Euler {
            return Stepped {
                change: scaled(TICK_S, &rates),
                slopes: first.iter().map(|row| scaled(TICK_S, row)).collect(),
                now: now.to_vec(),
                second: None,
            };
        }
        let (ahead, moves) = self.ahead(now, &rates, refractory);
        let second = Second {
            jacobian: jacobian(&ahead),
            ahead,
            moves,
        };
        let there = all(&self.rates, &second.ahead);
        let both = rates.iter().zip(&there);
        let slopes = first.iter().zip(&second.jacobian);
        Stepped {
            change: both.map(|(a, b)| 0.5 * TICK_S * (a + b)).collect(),
            slopes: slopes
                .map(|(here, row)| {
                    let through = self.through(&second, row, now, &first);
                    let sum = here.iter().zip(&through);
                    sum.map(|(a, b)| 0.5 * TICK_S * (a + b)).collect()
                })
                .collect(),
            now: now.to_vec(),
            second: Some(second),
        }
    }

    /// Where the first rates lead, and which of the moving states go there.
    fn ahead(&self, now: &[f64], rates: &[f64], refractory: bool) -> (Vec<f64>, Vec<f64>) {
        let mut ahead = now.to_vec();
        let mut moves = vec![0.0; self.moving.len()];
        for (row, &state) in self.moving.iter().enumerate() {
            if self.is_kernel(state) || refractory && self.holds(state) {
                continue;
            }
            let (low, high) = self.derived.model.states[state].range;
            let wanted = now[state] + TICK_S * rates[row];
            ahead[state] = wanted.clamp(low, high);
            moves[row] = f64::from(ahead[state] == wanted);
        }
        (ahead, moves)
    }

    /// A row of the second stage's derivatives, through where it starts, by all states of the file before.
    fn through(&self, second: &Second, row: &[f64], now: &[f64], first: &[Vec<f64>]) -> Vec<f64> {
        let mut through = row.to_vec();
        for (k, &state) in self.moving.iter().enumerate() {
            if second.moves[k] == 0.0 {
                // A state that stands still passes through; one that its range ends does not.
                if second.ahead[state] != now[state] {
                    through[state] = 0.0;
                }
                continue;
            }
            for (entry, slope) in through.iter_mut().zip(&first[k]) {
                *entry += row[state] * TICK_S * slope;
            }
        }
        through
    }

    /// The derivatives of the step by a parameter, from states that are given, a unit of SI.
    pub(super) fn stepped_by(&self, own: &Trained, step: &Stepped) -> Vec<f64> {
        let at = |states: &[f64]| -> Vec<f64> {
            let at = self.at(states);
            own.rates_by.iter().map(|e| e.value(&at)).collect()
        };
        let here = at(&step.now);
        let Some(second) = &step.second else {
            return here.iter().map(|x| TICK_S * x).collect();
        };
        let there = at(&second.ahead);
        let mut by = Vec::with_capacity(here.len());
        for (row, slopes) in second.jacobian.iter().enumerate() {
            let states = self.moving.iter().zip(&second.moves).zip(&here);
            let through = states.map(|((s, moves), own)| slopes[*s] * moves * TICK_S * own);
            by.push(0.5 * TICK_S * (here[row] + there[row] + through.sum::<f64>()));
        }
        by
    }
}
