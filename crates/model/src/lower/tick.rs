//! One tick: kernels, then the other states, clamps, threshold, resets.

use super::spike::REFRACTORY_BITS;
use super::sum::Target;
use super::terms::{Factor, Term, terms};
use super::{Below, Coded, GUARD_BITS, Lowered, Lowering, Offset, Refusal, too_wide};
use crate::expression::Expression;
use crate::mistake::{Fault, Span};
use crate::model::Method;
use crate::program::{Input, Output, TooWide, Value};

impl Lowering<'_> {
    pub(super) fn tick(&mut self) -> Result<(), Fault> {
        let order = crate::resolve::order(self.model)?;
        for (i, state) in self.model.states.iter().enumerate() {
            self.at(state.span, |l| l.in_range(i, &state.rest, "rest value"))?;
        }
        let mut saturated = Vec::new();
        self.kernels(&mut saturated)?;
        let condition = self.model.condition.span;
        let refractory = match self.model.refractory {
            Some(_) => Some(self.at(condition, |l| {
                Ok(l.built
                    .program
                    .input(Input::Refractory, 0, (1 << REFRACTORY_BITS) - 1)?)
            })?),
            None => None,
        };
        let mut counted = Vec::new();
        let stepped = match self.model.method {
            Method::Euler => Vec::new(),
            Method::Heun => self.heun(&order, refractory)?,
        };
        for (place, &state) in order.iter().enumerate() {
            let span = self.model.states[state].span;
            let wanted = match stepped.get(place) {
                Some(wanted) => *wanted,
                None => self.step(state)?,
            };
            let clips = self.at(span, |l| l.clamped(state, wanted))?;
            counted.extend(clips.map(|c| (state, c)));
        }
        if self.extras.slopes {
            self.slopes(refractory);
        }
        self.at(condition, |l| {
            l.held(&order, refractory, &counted, &mut saturated)
        })?;
        self.at(condition, |l| l.spike(&order, refractory))?;
        self.at(condition, |l| {
            let mut total = l.built.program.constant(0)?;
            for one in saturated {
                total = l.built.program.add(total, one)?;
            }
            l.built.program.output(Output::Saturations, total);
            Ok(())
        })
    }

    /// Runs a part; a value that leaves 32 bits is told with the place.
    pub(super) fn at<T>(
        &mut self,
        span: Span,
        part: impl FnOnce(&mut Self) -> Lowered<T>,
    ) -> Result<T, Fault> {
        part(self).map_err(|refusal| match refusal {
            Refusal::Fault(fault) => fault,
            Refusal::Wide(wide) => too_wide(&wide, span),
        })
    }

    fn kernels(&mut self, saturated: &mut Vec<Value>) -> Result<(), Fault> {
        let kernels = self.constants.kernels.states.clone();
        let mut moved = self.now.clone();
        for (row, &state) in kernels.iter().enumerate() {
            let span = self.model.states[state].rate.span();
            let (value, clip) = self.at(span, |l| l.kernel(row, state))?;
            moved[state] = value;
            saturated.extend(clip);
        }
        for &state in &kernels {
            self.built
                .program
                .output(Output::State(state), moved[state]);
        }
        self.now = moved;
        Ok(())
    }

    /// One kernel after the tick, and whether it saturated.
    fn kernel(&mut self, row: usize, state: usize) -> Lowered<(Value, Option<Value>)> {
        let zero = |e: &Expression| e.as_number() == Some(0.0);
        let kernels = self.constants.kernels.states.clone();
        let row_entries = self.constants.kernels.matrix[row].clone();
        let reads: Vec<usize> = (0..kernels.len())
            .filter(|c| *c == row || !zero(&row_entries[*c]))
            .collect();
        let span = self.model.states[state].rate.span();
        let label = self.model.states[state].name.clone();
        let change = if reads.len() == 1 {
            let name = format!("{label}_by_{label}");
            let to = Target {
                lsb: self.words[state].lsb,
                label: &name,
                own: Some(state),
                span,
            };
            let from = (self.now[state], self.words[state].lsb);
            let (value, negative) =
                self.coefficient(Coded::Propagator { row, column: row }, from, to, None)?;
            self.signed(value, negative)?
        } else {
            self.guarded(state, |l, lsb| {
                let mut total = l.built.program.constant(0)?;
                for &column in &reads {
                    let name = format!("{label}_by_{}", l.model.states[kernels[column]].name);
                    let to = Target {
                        lsb,
                        label: &name,
                        own: None,
                        span,
                    };
                    let from = (l.now[kernels[column]], l.words[kernels[column]].lsb);
                    let (value, negative) =
                        l.coefficient(Coded::Propagator { row, column }, from, to, None)?;
                    total = match negative {
                        true => l.built.program.subtract(total, value)?,
                        false => l.built.program.add(total, value)?,
                    };
                }
                Ok(total)
            })?
        };
        let mut wanted = self.built.program.add(self.now[state], change)?;
        if self.model.input == state {
            // A full state and its step stay within 2^bits beside it.
            let most = i64::from(i32::MAX) - (1 << self.words[state].bits);
            let inject = self.built.program.input(Input::Injection, -most, most)?;
            wanted = self.built.program.add(wanted, inject)?;
        }
        self.reached(state, wanted);
        self.clip(state, wanted)
    }

    fn signed(&mut self, value: Value, negative: bool) -> Lowered<Value> {
        if !negative {
            return Ok(value);
        }
        let zero = self.built.program.constant(0)?;
        Ok(self.built.program.subtract(zero, value)?)
    }

    /// A sum at the finest guard bits that fit, rounded once by an offset from outside.
    fn guarded(
        &mut self,
        state: usize,
        sum: impl Fn(&mut Self, f64) -> Lowered<Value>,
    ) -> Lowered<Value> {
        let mut last = TooWide { low: 0, high: 0 };
        // Noise goes below the LSB.
        let fewest = u32::from(self.is_noisy(state));
        for guard in (fewest..=GUARD_BITS).rev() {
            let before = self.built.clone();
            let lsb = self.words[state].lsb * (-f64::from(guard)).exp2();
            let done = sum(self, lsb).and_then(|value| self.rounded(state, value, guard));
            match done {
                Err(Refusal::Wide(wide)) => last = wide,
                other => return other,
            }
            self.built = before;
        }
        Err(last.into())
    }

    pub(super) fn rounded(&mut self, state: usize, value: Value, guard: u32) -> Lowered<Value> {
        if guard == 0 {
            return Ok(value);
        }
        let noise = self.noise_on(state, guard);
        let index = self.built.offsets.len();
        self.built.offsets.push(Offset {
            state,
            bits: Below::Guard(guard),
        });
        let most = (1 << guard) - 1 + noise;
        let offset = self
            .built
            .program
            .input(Input::Offset(index), -noise, most)?;
        let sum = self.built.program.add(value, offset)?;
        Ok(self.built.program.shift_right(sum, guard)?)
    }

    /// What a state with an equation moves to, LSB of the state.
    fn step(&mut self, state: usize) -> Result<Value, Fault> {
        let rate = self.model.states[state].rate.clone();
        self.at(rate.span(), |l| l.wanted(state, &rate))
    }

    fn wanted(&mut self, state: usize, rate: &Expression) -> Lowered<Value> {
        let tick = Expression::new(crate::expression::Kind::Tick, rate.span());
        let list = terms(&self.words, rate)?;
        let (moves, list): (Vec<Term>, Vec<Term>) = list
            .into_iter()
            .partition(|t| matches!(t.factors.as_slice(), [Factor::Change(_)]));
        let times_tick = |t: Term| Term {
            coefficient: tick.times(&t.coefficient),
            ..t
        };
        let list: Vec<Term> = list.into_iter().map(times_tick).collect();
        let lsb = self.words[state].lsb;
        let label = self.model.states[state].name.clone();
        let own =
            matches!(list.as_slice(), [Term { factors, .. }] if *factors == [Factor::State(state)]);
        let alone = own && !self.is_noisy(state);
        let change = if alone {
            self.sum(
                &list,
                Target {
                    lsb,
                    label: &label,
                    own: Some(state),
                    span: rate.span(),
                },
            )?
        } else {
            self.guarded(state, |l, lsb| {
                l.sum(
                    &list,
                    Target {
                        lsb,
                        label: &label,
                        own: None,
                        span: rate.span(),
                    },
                )
            })?
        };
        let mut wanted = self.built.program.add(self.now[state], change)?;
        for term in &moves {
            let [Factor::Change(other)] = term.factors.as_slice() else {
                continue;
            };
            let (plus, minus) = self.charge(*other, &term.coefficient, state, rate.span())?;
            wanted = self.built.program.add(wanted, plus)?;
            wanted = self.built.program.subtract(wanted, minus)?;
        }
        Ok(wanted)
    }

    /// `rnd(c q')` and `rnd(c q)`: their difference is what the change of another state moves in this one, and it telescopes.
    fn charge(
        &mut self,
        other: usize,
        coefficient: &Expression,
        state: usize,
        span: Span,
    ) -> Lowered<(Value, Value)> {
        let name = format!(
            "{}_by_{}'",
            self.model.states[state].name, self.model.states[other].name
        );
        let to = Target {
            lsb: self.words[state].lsb,
            label: &name,
            own: None,
            span,
        };
        let lsb = self.words[other].lsb;
        let coded = Coded::Expression(coefficient.clone());
        let before = self.built.coefficients.len();
        let (old, negative) = self.coefficient(coded.clone(), (self.now[other], lsb), to, None)?;
        let again = Some(before).filter(|b| *b < self.built.coefficients.len());
        let moved = self.moved[other].unwrap_or(self.now[other]);
        let (new, _) = self.coefficient(coded, (moved, lsb), to, again)?;
        Ok(match negative {
            true => (old, new),
            false => (new, old),
        })
    }
}
