//! Expressions and units: sums of products of powers.

use super::cursor::Cursor;
use crate::lexer::Token;
use crate::mistake::Fault;
use crate::syntax::{Form, Written};
use crate::unit::Unit;

/// Deepest nesting of parentheses, calls and signs.
const MAX_NESTING: u32 = 64;

/// Words that may follow an expression, so never the unit of its last number.
const AFTER: [&str; 4] = ["from", "floor", "ceil", "unless"];

pub(super) fn expression(cursor: &mut Cursor) -> Result<Written, Fault> {
    sum(cursor, 0)
}

fn sum(cursor: &mut Cursor, depth: u32) -> Result<Written, Fault> {
    let mut left = product(cursor, depth)?;
    loop {
        let form = match cursor.peek() {
            Some(Token::Symbol("+")) => Form::Sum,
            Some(Token::Symbol("-")) => Form::Difference,
            _ => return Ok(left),
        };
        cursor.skip();
        let right = product(cursor, depth)?;
        left = joined(form, left, right);
    }
}

fn product(cursor: &mut Cursor, depth: u32) -> Result<Written, Fault> {
    let mut left = signed(cursor, depth)?;
    loop {
        let form = match cursor.peek() {
            Some(Token::Symbol("*")) => Form::Product,
            Some(Token::Symbol("/")) => Form::Quotient,
            _ => return Ok(left),
        };
        cursor.skip();
        let right = signed(cursor, depth)?;
        left = joined(form, left, right);
    }
}

fn joined(form: fn(Box<Written>, Box<Written>) -> Form, left: Written, right: Written) -> Written {
    let span = left.span.to(right.span);
    Written {
        kind: form(left.into(), right.into()),
        span,
    }
}

fn signed(cursor: &mut Cursor, depth: u32) -> Result<Written, Fault> {
    let start = cursor.here();
    if depth >= MAX_NESTING {
        return Err(Fault::new(
            start,
            format!("an expression nested deeper than {MAX_NESTING} levels"),
            format!("at most {MAX_NESTING} levels of parentheses, calls and signs"),
            "name parts of it with `inline` lines",
        ));
    }
    if cursor.take("-") {
        let inner = signed(cursor, depth + 1)?;
        let span = start.to(inner.span);
        return Ok(Written {
            kind: Form::Negative(inner.into()),
            span,
        });
    }
    let base = atom(cursor, depth)?;
    if !cursor.take("**") {
        return Ok(base);
    }
    let exponent = exponent(cursor)?;
    let span = base.span.to(cursor.before());
    Ok(Written {
        kind: Form::Power(base.into(), exponent),
        span,
    })
}

fn exponent(cursor: &mut Cursor) -> Result<i32, Fault> {
    let negative = cursor.take("-");
    let (n, _) = cursor.whole(0, 9)?;
    Ok(if negative { -(n as i32) } else { n as i32 })
}

fn atom(cursor: &mut Cursor, depth: u32) -> Result<Written, Fault> {
    let span = cursor.here();
    let whole = |kind, cursor: &Cursor| Written {
        kind,
        span: span.to(cursor.before()),
    };
    match cursor.peek() {
        Some(Token::Number(x)) => {
            cursor.skip();
            let unit = unit_of_number(cursor)?;
            Ok(whole(Form::Number(*x, unit), cursor))
        }
        Some(Token::Change(name)) => {
            cursor.skip();
            Ok(whole(Form::Change(name.clone()), cursor))
        }
        Some(Token::Name(name)) => {
            cursor.skip();
            if !cursor.take("(") {
                return Ok(whole(Form::Name(name.clone()), cursor));
            }
            let mut arguments = vec![sum(cursor, depth + 1)?];
            while cursor.take(",") {
                arguments.push(sum(cursor, depth + 1)?);
            }
            cursor.symbol(")")?;
            Ok(whole(Form::Call(name.clone(), arguments), cursor))
        }
        Some(Token::Symbol("(")) => {
            cursor.skip();
            let inner = sum(cursor, depth + 1)?;
            cursor.symbol(")")?;
            Ok(Written {
                span: span.to(cursor.before()),
                ..inner
            })
        }
        _ => Err(cursor.fault("a number, a name or `(`", "complete the expression")),
    }
}

/// The unit behind a number: one name with a power; longer units follow as factors.
fn unit_of_number(cursor: &mut Cursor) -> Result<Unit, Fault> {
    let Some(Token::Name(name)) = cursor.peek() else {
        return Ok(Unit::NONE);
    };
    if AFTER.contains(&name.as_str()) {
        return Ok(Unit::NONE);
    }
    let unit = one_unit(cursor)?;
    let power = if cursor.take("**") {
        exponent(cursor)?
    } else {
        1
    };
    Ok(unit.power(power))
}

/// A whole unit: `mV`, `F/m**2`, `1/s`.
pub(super) fn unit(cursor: &mut Cursor) -> Result<Unit, Fault> {
    let mut unit = Unit::NONE;
    let mut sign = 1;
    if matches!(cursor.peek(), Some(Token::Number(x)) if *x == 1.0) {
        cursor.skip();
        cursor.symbol("/")?;
        sign = -1;
    }
    loop {
        let next = one_unit(cursor)?;
        let power = if cursor.take("**") {
            exponent(cursor)?
        } else {
            1
        };
        unit = unit.times(next.power(sign * power));
        sign = match cursor.peek() {
            Some(Token::Symbol("*")) => 1,
            Some(Token::Symbol("/")) => -1,
            _ => return Ok(unit),
        };
        cursor.skip();
    }
}

fn one_unit(cursor: &mut Cursor) -> Result<Unit, Fault> {
    let found = match cursor.peek() {
        Some(Token::Name(name)) => Unit::named(name),
        _ => None,
    };
    let Some(unit) = found else {
        let expected = "a unit: f, p, n, u, m, c, k, M or G before m, g, s, A, K, V, Ohm, S, F, C, Hz, J, W, eV or T; or real";
        return Err(cursor.fault(
            expected,
            "write the unit by its symbol, e.g. mV, pA*ms, F/m**2, 1/s",
        ));
    };
    cursor.skip();
    Ok(unit)
}
