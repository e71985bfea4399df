//! The lines of the blocks.

use super::cursor::Cursor;
use super::expressions::{expression, unit};
use crate::lexer::{Line, Token};
use crate::mistake::{Fault, Span};
use crate::model::Method;
use crate::syntax::{
    Action, Assignment, Condition, Declaration, Equation, File, IntegerLine, MethodLine, Named,
};

/// Puts one line of a block into the file.
pub(super) fn statement(file: &mut File, block: &str, line: &Line) -> Result<(), Fault> {
    let mut cursor = Cursor::new(line);
    let c = &mut cursor;
    match block {
        "parameters" => file.parameters.push(declaration(c)?),
        "internals" => file.internals.push(declaration(c)?),
        "state" => file.states.push(declaration(c)?),
        "kernels" => file.kernels.push(equation(c)?),
        "equations" if c.take_word("inline") => file.inlines.push(declaration(c)?),
        "equations" if c.take_word("method") => file.methods.push(method(c)?),
        "equations" => file.equations.push(equation(c)?),
        "input" => file.inputs.push(input(c)?),
        "costs" => file.costs.push(declaration(c)?),
        "integers" => file.integers.push(integers(c)?),
        _ => file.actions.push(action(c)?),
    }
    cursor.finish()
}

fn declaration(c: &mut Cursor) -> Result<Declaration, Fault> {
    let name = c.name("a name")?;
    let start = c.position();
    let unit = match c.take_word("switch") {
        true => None,
        false => Some(unit(c)?),
    };
    let unit_text = c.text_from(start);
    c.symbol("=")?;
    let value = expression(c)?;
    let mut found = Declaration {
        name,
        unit,
        unit_text,
        value,
        range: None,
        floor: None,
        ceil: None,
        bits: None,
    };
    while c.peek().is_some() {
        clause(c, &mut found)?;
    }
    Ok(found)
}

/// `from [a : b]`, `floor x`, `ceil x` or `@bits(n)`.
fn clause(c: &mut Cursor, found: &mut Declaration) -> Result<(), Fault> {
    let once = |given: bool, c: &Cursor| match given {
        true => Err(c.fault("each clause once", "take the second one out")),
        false => Ok(()),
    };
    match c.peek() {
        Some(Token::Name(word)) if word == "from" => {
            once(found.range.is_some(), c)?;
            c.skip();
            c.symbol("[")?;
            let low = expression(c)?;
            c.symbol(":")?;
            found.range = Some((low, expression(c)?));
            c.symbol("]")
        }
        Some(Token::Name(word)) if word == "floor" => {
            once(found.floor.is_some(), c)?;
            c.skip();
            found.floor = Some(expression(c)?);
            Ok(())
        }
        Some(Token::Name(word)) if word == "ceil" => {
            once(found.ceil.is_some(), c)?;
            c.skip();
            found.ceil = Some(expression(c)?);
            Ok(())
        }
        Some(Token::Symbol("@")) => {
            once(found.bits.is_some(), c)?;
            found.bits = Some(annotation(c, "bits", 4, 30)?);
            Ok(())
        }
        _ => Err(c.fault(
            "an operator, `from [low : high]`, `floor x`, `ceil x`, `@bits(n)` or the end of the line",
            "complete the expression or take the rest out",
        )),
    }
}

/// `@name(n)`.
fn annotation(c: &mut Cursor, name: &str, low: u32, high: u32) -> Result<(u32, Span), Fault> {
    c.symbol("@")?;
    if !c.take_word(name) {
        return Err(c.fault(&format!("`{name}(n)`"), &format!("write `@{name}(n)`")));
    }
    c.symbol("(")?;
    let found = c.whole(low, high)?;
    c.symbol(")")?;
    Ok(found)
}

fn equation(c: &mut Cursor) -> Result<Equation, Fault> {
    let span = c.here();
    let Some(Token::Change(name)) = c.peek() else {
        return Err(c.fault(
            "a state with a prime, as in `V' = ...`",
            "write the rate of a state, or `inline NAME UNIT = ...`",
        ));
    };
    c.skip();
    c.symbol("=")?;
    let state = Named {
        name: name.clone(),
        span,
    };
    Ok(Equation {
        state,
        rate: expression(c)?,
    })
}

fn method(c: &mut Cursor) -> Result<MethodLine, Fault> {
    let span = c.here();
    let known = [("euler", Method::Euler), ("heun", Method::Heun)];
    match known.into_iter().find(|(name, _)| c.take_word(name)) {
        Some((_, method)) => Ok(MethodLine { method, span }),
        None => Err(c.fault(
            "`euler` or `heun`",
            "write `method heun` for steps of second order, or take the line out",
        )),
    }
}

fn input(c: &mut Cursor) -> Result<Named, Fault> {
    let name = c.name("a state")?;
    c.symbol("+=")?;
    if !c.take_word("spikes") {
        return Err(c.fault(
            "`spikes`",
            "write `I += spikes`: the levels of the channels that spike",
        ));
    }
    Ok(name)
}

/// What stands between `onCondition` and its colon.
pub(super) fn condition(c: &mut Cursor, start: Span) -> Result<Condition, Fault> {
    c.symbol("(")?;
    let left = expression(c)?;
    let above = c.take(">");
    if !above && !c.take("<") {
        return Err(c.fault(
            "`>` or `<`",
            "write a comparison, e.g. `onCondition(V > V_th):`",
        ));
    }
    let right = expression(c)?;
    let comma = c.take(",");
    let rising = comma && c.take_word("rising");
    if comma && !rising {
        return Err(c.fault("`rising`", "write `rising`, or take the comma out"));
    }
    c.symbol(")")?;
    Ok(Condition {
        left,
        above,
        right,
        rising,
        span: start.to(c.before()),
    })
}

fn action(c: &mut Cursor) -> Result<Action, Fault> {
    let span = c.here();
    let name = c.name("a state, `refractory(time)` or `emit_spike()`")?;
    if name.name == "emit_spike" {
        c.symbol("(")?;
        c.symbol(")")?;
        return Ok(Action::Emit(span));
    }
    if name.name == "refractory" {
        return refractory(c, span);
    }
    let how = match c.peek() {
        Some(Token::Symbol("=")) => Assignment::Set,
        Some(Token::Symbol("+=")) => Assignment::Add,
        Some(Token::Symbol("-=")) => Assignment::Subtract,
        _ => {
            return Err(c.fault(
                "`=`, `+=` or `-=`",
                "write what the spike makes of the state",
            ));
        }
    };
    c.skip();
    let value = expression(c)?;
    let unless = match c.take_word("unless") {
        true => Some(c.name("a switch")?),
        false => None,
    };
    Ok(Action::Reset {
        state: name,
        how,
        value,
        unless,
    })
}

fn refractory(c: &mut Cursor, span: Span) -> Result<Action, Fault> {
    c.symbol("(")?;
    let time = expression(c)?;
    let holds = match c.take(",") {
        true => Some(held(c)?),
        false => None,
    };
    c.symbol(")")?;
    Ok(Action::Refractory { time, holds, span })
}

/// `holds V w`, or `holds nothing` of a neuron that only does not fire.
fn held(c: &mut Cursor) -> Result<Vec<Named>, Fault> {
    if !c.take_word("holds") {
        return Err(c.fault("`holds`", "write `refractory(t_ref, holds V)`"));
    }
    let mut holds = Vec::new();
    if c.take_word("nothing") {
        return Ok(holds);
    }
    holds.push(c.name("a state or `nothing`")?);
    while !matches!(c.peek(), None | Some(Token::Symbol(")"))) {
        holds.push(c.name("a state or `)`")?);
    }
    Ok(holds)
}

fn integers(c: &mut Cursor) -> Result<IntegerLine, Fault> {
    if c.take_word("exp2") {
        if !c.take_word("degree") {
            return Err(c.fault("`degree`", "write `exp2 degree 2` or `exp2 degree 3`"));
        }
        let (degree, span) = c.whole(2, 3)?;
        return Ok(IntegerLine::Degree(degree, span));
    }
    if !c.take_word("register") {
        return Err(c.fault(
            "`exp2 degree n` or `register NAME = DERIVED`",
            "write one of them",
        ));
    }
    let name = c.name("the register's name")?;
    c.symbol("=")?;
    let span = c.here();
    let of = match c.peek() {
        Some(Token::Name(n)) => n.clone(),
        Some(Token::Change(n)) => format!("{n}'"),
        _ => {
            return Err(c.fault(
                "the name of a derived coefficient",
                "`bruno model check` lists them",
            ));
        }
    };
    c.skip();
    let mantissa = match c.peek() {
        Some(_) => Some(annotation(c, "mantissa", 4, 11)?),
        None => None,
    };
    Ok(IntegerLine::Register {
        name,
        of: Named { name: of, span },
        mantissa,
    })
}
