//! Derivatives of rates for a recorder that sums them over a window: those that the mean of the states does not give.

use super::sum::Target;
use super::terms::{Term, terms};
use super::{Lowered, Lowering};
use crate::derivative::Variable;
use crate::expression::{Expression, Kind};
use crate::model::{Model, TICK_S};
use crate::program::{Output, Value};

/// Most derivatives that a program samples.
pub const MOST_SLOPES: usize = 9;

/// Bits of a sample without its sign: a sum over 4096 ticks stays within 32 bits, and longer windows leave low bits out.
const SAMPLE_BITS: u32 = 19;
/// One LSB of a sample as a power of two, of the ratio of both ranges a tick: samples stop at a quarter of it.
const FINEST: f64 = -21.0;
/// How often the LSB is doubled where values would leave 32 bits.
const DOUBLINGS: u32 = 12;

/// A derivative of a rate that a program samples in every tick, at the states that the rate is taken at. It is zero while a
/// refractory time holds the state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slope {
    /// The state whose rate it is of.
    pub state: usize,
    /// The state that it is by.
    pub by: usize,
    /// One LSB of a sample, SI units a second.
    pub lsb: f64,
}

/// A derivative that the recorder has no sum of: a window takes it at its mean state.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftOut {
    /// The state whose rate it is of.
    pub state: usize,
    /// The state that it is by.
    pub by: usize,
    /// Why.
    pub why: String,
}

impl Model {
    /// The derivatives of rates by states, rates on a right side being constants, that are no straight line of the states:
    /// their mean is not their value at the mean.
    fn curved(&self) -> Vec<(usize, usize, Expression)> {
        let all = 0..self.states.len();
        let moved = self.equations();
        let pairs = moved.iter().flat_map(|s| all.clone().map(|by| (*s, by)));
        let slopes = pairs.map(|(s, by)| (s, by, self.states[s].rate.by(Variable::State(by))));
        let straight = |e: &Expression| {
            let chooses = e.any(&|part| part.below().is_some());
            let mut bends = all.clone().map(|by| e.by(Variable::State(by)));
            !chooses && bends.all(|bend| !bend.has_state())
        };
        let curved = slopes.filter(|(_, _, e)| e.has_state() && !straight(e));
        curved.collect()
    }
}

impl Lowering<'_> {
    /// Samples of the derivatives. One of which no integers can be made is left out, and kept as such.
    pub(super) fn slopes(&mut self, refractory: Option<Value>) {
        for (state, by, derivative) in self.model.curved() {
            let why = match self.built.slopes.len() < MOST_SLOPES {
                true => match self.slope(state, by, &derivative, refractory) {
                    Ok(()) => continue,
                    Err(refusal) => refusal.reason(),
                },
                false => format!("{MOST_SLOPES} others have one"),
            };
            self.left_out.push(LeftOut { state, by, why });
        }
    }

    /// A sample at the finest LSB that fits.
    fn slope(
        &mut self,
        state: usize,
        by: usize,
        derivative: &Expression,
        refractory: Option<Value>,
    ) -> Lowered<()> {
        let span = |s: usize| self.model.states[s].range.1 - self.model.states[s].range.0;
        let finest = FINEST.exp2() * span(state) / span(by);
        let before = self.built.clone();
        let mut tried = Ok(());
        for doubled in 0..=DOUBLINGS {
            let lsb = finest * f64::from(doubled).exp2();
            tried = self.sample(state, by, derivative, refractory, lsb);
            match tried {
                Ok(()) => break,
                Err(_) => self.built = before.clone(),
            }
        }
        tried
    }

    fn sample(
        &mut self,
        state: usize,
        by: usize,
        derivative: &Expression,
        refractory: Option<Value>,
        lsb: f64,
    ) -> Lowered<()> {
        let name = |s: usize| &self.model.states[s].name;
        let label = format!("{}_by_{}_slope", name(state), name(by));
        let tick = Expression::new(Kind::Tick, derivative.span());
        let list = terms(&self.words, derivative)?.into_iter().map(|t| Term {
            coefficient: tick.times(&t.coefficient),
            ..t
        });
        let to = Target {
            lsb,
            label: &label,
            own: None,
            span: derivative.span(),
        };
        let mut value = self.sum(&list.collect::<Vec<_>>(), to)?;
        let p = &mut self.built.program;
        let most = p.constant((1 << SAMPLE_BITS) - 1)?;
        let least = p.constant(1 - (1 << SAMPLE_BITS))?;
        value = p.min(value, most)?;
        value = p.max(value, least)?;
        let refractory = refractory.filter(|_| self.model.holds(state));
        if let Some(refractory) = refractory {
            let zero = p.constant(0)?;
            value = p.select(refractory, zero, zero, value)?;
        }
        p.output(Output::Slope(self.built.slopes.len()), value);
        self.built.slopes.push(Slope {
            state,
            by,
            lsb: lsb / TICK_S,
        });
        Ok(())
    }
}
