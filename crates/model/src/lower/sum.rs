//! Sums of terms in fixed point.

use super::terms::{Factor, Term};
use super::{Coded, Lowered, Lowering};
use crate::expression::{Expression, Kind};
use crate::mistake::Span;
use crate::program::Value;

/// Where a sum goes: LSB, name of its registers, and the state that it steps alone.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    pub lsb: f64,
    pub label: &'a str,
    /// The one term of a state's own step: it is rounded at the state's LSB by an offset from outside.
    pub own: Option<usize>,
    pub span: Span,
}

impl Lowering<'_> {
    /// A sum of terms in the LSB of the target.
    pub(super) fn sum(&mut self, list: &[Term], to: Target) -> Lowered<Value> {
        let mut total: Option<Value> = None;
        let mut minus = Vec::new();
        let mut constant: Option<Expression> = None;
        for term in list {
            if term.factors.is_empty() {
                constant =
                    Some(constant.map_or(term.coefficient.clone(), |c| c.plus(&term.coefficient)));
                continue;
            }
            let (value, negative) = self.term(term, to)?;
            match (negative, total) {
                (true, _) => minus.push(value),
                (false, None) => total = Some(value),
                (false, Some(t)) => total = Some(self.built.program.add(t, value)?),
            }
        }
        if let Some(constant) = constant {
            // Theta and -theta share a register.
            let (negative, size) = match constant.kind() {
                Kind::Negative(inner) => (true, inner.clone()),
                _ => (false, constant.clone()),
            };
            let value = self.code(
                Coded::Expression(size),
                to.lsb,
                &format!("{}_const", to.label),
            )?;
            match (negative, total) {
                (true, _) => minus.push(value),
                (false, None) => total = Some(value),
                (false, Some(t)) => total = Some(self.built.program.add(t, value)?),
            }
        }
        let mut total = match total {
            Some(t) => t,
            None => self.built.program.constant(0)?,
        };
        for value in minus {
            total = self.built.program.subtract(total, value)?;
        }
        Ok(total)
    }

    /// One term, and whether it is to be subtracted.
    fn term(&mut self, term: &Term, to: Target) -> Lowered<(Value, bool)> {
        if term
            .factors
            .iter()
            .any(|f| matches!(f, Factor::Rate { .. }))
        {
            return self.rate_term(term, to);
        }
        let name = format!("{}_by_{}", to.label, self.factor_names(&term.factors));
        let (factor, lsb) = self.product(&term.factors)?;
        let coded = Coded::Expression(term.coefficient.clone());
        self.coefficient(coded, (factor, lsb), Target { label: &name, ..to }, None)
    }
}
