//! A right side as a sum of terms: a coefficient of parameters times factors that change at run time. Factors stay as they are
//! written, so that `1 - p` is one factor and not two terms.

use super::word::Word;
use super::{Lowered, Refusal};
use crate::expression::{Expression, Function, Kind};
use crate::mistake::Fault;

/// What changes at run time.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Factor {
    /// A state.
    State(usize),
    /// The rate of another state.
    Change(usize),
    /// A sum of terms.
    Sum(Expression),
    /// `inner * exp(exponent)`, capped.
    Rate {
        inner: Expression,
        exponent: Expression,
        cap: Option<Expression>,
        /// Zero, not the cap, where the cap is reached: a derivative.
        gated: bool,
        whole: Expression,
    },
    /// A sigmoid of an argument.
    Sigmoid(Expression),
    /// The smaller or larger of two.
    Chosen(Function, Expression, Expression),
}

/// `coefficient * factors`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    pub coefficient: Expression,
    pub factors: Vec<Factor>,
}

fn alone(factor: Factor) -> Vec<Term> {
    vec![Term {
        coefficient: Expression::number(1.0),
        factors: vec![factor],
    }]
}

fn refused(e: &Expression, what: &str, remedy: &str) -> Refusal {
    let expected = "sums, products, exp, sigmoid, tanh, min and max of states";
    Refusal::Fault(Fault::new(e.span(), what, expected, remedy))
}

/// The terms of an expression; states off zero count as offset plus code.
pub(super) fn terms(words: &[Word], e: &Expression) -> Lowered<Vec<Term>> {
    if !e.has_state() {
        return Ok(vec![Term {
            coefficient: e.clone(),
            factors: vec![],
        }]);
    }
    let by = |list: Vec<Term>, f: &dyn Fn(&Expression) -> Expression| -> Vec<Term> {
        list.into_iter()
            .map(|t| Term {
                coefficient: f(&t.coefficient),
                ..t
            })
            .collect()
    };
    match e.kind() {
        Kind::State(i) => Ok(state(words, *i)),
        Kind::Change(i) => Ok(alone(Factor::Change(*i))),
        Kind::Negative(a) => Ok(by(terms(words, a)?, &Expression::minus_sign)),
        Kind::Sum(a, b) => Ok(merged([terms(words, a)?, terms(words, b)?].concat())),
        Kind::Quotient(_, b) if b.has_state() => {
            let remedy = "write it as a product, or as exp, sigmoid or a polynomial of the state";
            Err(refused(b, "a division by a state", remedy))
        }
        Kind::Quotient(a, b) => Ok(by(terms(words, a)?, &|c| c.over(b))),
        Kind::Power(a, n) if *n < 0 => Err(refused(
            a,
            "a division by a state",
            "write a polynomial of the state",
        )),
        Kind::Power(a, n) => {
            let product = (1..*n).fold(a.clone(), |p, _| p.times(a));
            terms(words, &product)
        }
        Kind::Product(a, b) if !a.has_state() => Ok(by(terms(words, b)?, &|c| a.times(c))),
        Kind::Product(a, b) if !b.has_state() => Ok(by(terms(words, a)?, &|c| c.times(b))),
        Kind::Product(a, b) if a.below().is_some() => gated(words, e, a, b),
        Kind::Product(a, b) if b.below().is_some() => gated(words, e, b, a),
        Kind::Product(a, b) => {
            let (x, y) = (one(words, a)?, one(words, b)?);
            let factors = [x.factors, y.factors].concat();
            Ok(vec![Term {
                coefficient: x.coefficient.times(&y.coefficient),
                factors,
            }])
        }
        Kind::Call(function, arguments) => call(words, e, *function, arguments),
        Kind::Number(_) | Kind::Parameter(_) | Kind::Tick => Ok(vec![]),
    }
}

fn state(words: &[Word], i: usize) -> Vec<Term> {
    let mut found = alone(Factor::State(i));
    if words[i].offset != 0.0 {
        let offset = Expression::number(words[i].offset);
        found.push(Term {
            coefficient: offset,
            factors: vec![],
        });
    }
    found
}

/// An expression as one term: sums become a factor.
fn one(words: &[Word], e: &Expression) -> Lowered<Term> {
    let mut found = terms(words, e)?;
    match found.len() {
        1 => Ok(found.remove(0)),
        _ => Ok(alone(Factor::Sum(e.clone())).remove(0)),
    }
}

fn call(
    words: &[Word],
    e: &Expression,
    function: Function,
    arguments: &[Expression],
) -> Lowered<Vec<Term>> {
    let one = Expression::number(1.0);
    let a = arguments.first().unwrap_or(&one);
    let b = arguments.get(1).unwrap_or(&one);
    match function {
        Function::Exp => Ok(alone(Factor::Rate {
            inner: one.clone(),
            exponent: a.clone(),
            cap: None,
            gated: false,
            whole: e.clone(),
        })),
        Function::Sigmoid => Ok(alone(Factor::Sigmoid(a.clone()))),
        Function::Tanh => {
            let two = Expression::number(2.0);
            let sigmoid = Expression::call(Function::Sigmoid, vec![two.times(a)], e.span());
            terms(words, &two.times(&sigmoid).minus(&one))
        }
        Function::Min => match (capped(words, e, a, b)?, capped(words, e, b, a)?) {
            (Some(rate), _) | (_, Some(rate)) => Ok(alone(rate)),
            _ => Ok(alone(Factor::Chosen(function, a.clone(), b.clone()))),
        },
        Function::Max => Ok(alone(Factor::Chosen(function, a.clone(), b.clone()))),
        Function::Ln | Function::Below => {
            let remedy = "use it of parameters only, or write a polynomial of the state";
            Err(refused(
                e,
                &format!("`{}` of a state", function.name()),
                remedy,
            ))
        }
    }
}

/// `min(inner * exp(u), cap)` as a rate.
fn capped(
    words: &[Word],
    whole: &Expression,
    a: &Expression,
    cap: &Expression,
) -> Lowered<Option<Factor>> {
    if cap.has_state() || !a.has_state() {
        return Ok(None);
    }
    let found = terms(words, a)?;
    let [
        Term {
            coefficient,
            factors,
        },
    ] = found.as_slice()
    else {
        return Ok(None);
    };
    Ok(match factors.as_slice() {
        [
            Factor::Rate {
                inner,
                exponent,
                cap: None,
                ..
            },
        ] => Some(Factor::Rate {
            inner: coefficient.times(inner),
            exponent: exponent.clone(),
            cap: Some(cap.clone()),
            gated: false,
            whole: whole.clone(),
        }),
        _ => None,
    })
}

/// The derivative of a capped exponential: the exponential in `slope` as far as `below` says that it is below its cap.
fn gated(
    words: &[Word],
    whole: &Expression,
    below: &Expression,
    slope: &Expression,
) -> Lowered<Vec<Term>> {
    let remedy = "cap an exponential alone";
    let refusal = || refused(whole, "a derivative at a kink", remedy);
    let [a, cap] = below.below().ok_or_else(refusal)?;
    let Some(Factor::Rate {
        inner, exponent, ..
    }) = capped(words, whole, a, cap)?
    else {
        return Err(refusal());
    };
    let mut term = one(words, slope)?;
    let same = |f: &&mut Factor| matches!(f, Factor::Rate { exponent: e, cap: None, .. } if *e == exponent);
    let found = term.factors.iter_mut().find(same).ok_or_else(refusal)?;
    if let Factor::Rate { inner: own, .. } = &found {
        term.coefficient = term.coefficient.times(own).over(&inner);
    }
    *found = Factor::Rate {
        inner,
        exponent,
        cap: Some(cap.clone()),
        gated: true,
        whole: whole.clone(),
    };
    Ok(vec![term])
}

/// Terms of equal factors as one.
fn merged(list: Vec<Term>) -> Vec<Term> {
    let mut found: Vec<Term> = Vec::new();
    for term in list {
        match found.iter_mut().find(|t| t.factors == term.factors) {
            Some(same) => same.coefficient = same.coefficient.plus(&term.coefficient),
            None => found.push(term),
        }
    }
    found.retain(|t| t.coefficient.as_number() != Some(0.0));
    found
}
