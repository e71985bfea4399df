//! Operations of a program as statements.

use crate::atoms::{Role, SignalInfo, Type};
use crate::{HdlError, Stage};
use bruno_device::FIRE;
use bruno_model::{Input, Operation, Program, Value};
use rust_hdl_core::ast::{
    VerilogBlock, VerilogBlockOrConditional, VerilogConditional, VerilogExpression as Ast,
    VerilogOp, VerilogOpUnary, VerilogStatement,
};
use std::collections::HashMap;

const WORD: Type = Type {
    bits: 32,
    signed: true,
};

/// The operations that `outputs` need, as a kernel; values in `given` are ports, not computed. `input` names what comes from
/// outside of the program.
pub(super) fn stage(
    name: &str,
    program: &Program,
    outputs: &[(String, Value)],
    given: &[(String, Value)],
    input: &dyn Fn(Input) -> String,
) -> Result<Stage, HdlError> {
    let mut body = Body {
        program,
        names: HashMap::new(),
        signals: Vec::new(),
        code: VerilogBlock::new(),
    };
    let given: HashMap<Value, &String> = given.iter().map(|(port, v)| (*v, port)).collect();
    for value in needed(program, outputs, &|v| given.contains_key(&v)) {
        let operation = program.nodes()[value.0].operation;
        let port = outputs.iter().find(|(_, v)| *v == value);
        match (given.get(&value), operation, port) {
            (_, Operation::Constant(_), _) => {}
            (Some(port), _, _) => body.declare(value, port, Role::Input),
            (None, Operation::Input(i), _) => body.declare(value, &input(i), Role::Input),
            (None, _, Some((port, _))) => body.compute(value, port, Role::Output),
            (None, _, None) => body.compute(value, &value.to_string(), Role::Local),
        }
    }
    for (port, value) in outputs {
        body.copy(port, *value);
    }
    Ok(Stage::of(name, body.signals, body.code))
}

/// Adds `fire`: the bit `spike` in every bit of a word.
pub(super) fn with_fire(stage: Stage) -> Stage {
    let Stage {
        name,
        mut signals,
        mut code,
        ..
    } = stage;
    signals.push(signal(FIRE, Role::Output));
    let spread = binary(literal(0), VerilogOp::Sub, named("spike"));
    code.push(VerilogStatement::Assignment(named(FIRE), spread));
    Stage::of(&name, signals, code)
}

/// The values that outputs need, in the order of the program.
fn needed(
    program: &Program,
    outputs: &[(String, Value)],
    given: &dyn Fn(Value) -> bool,
) -> Vec<Value> {
    let mut found = vec![false; program.nodes().len()];
    let mut open: Vec<Value> = outputs.iter().map(|(_, v)| *v).collect();
    while let Some(value) = open.pop() {
        if !std::mem::replace(&mut found[value.0], true) && !given(value) {
            open.extend(program.nodes()[value.0].operation.operands());
        }
    }
    let all = found.iter().enumerate().filter(|(_, found)| **found);
    all.map(|(i, _)| Value(i)).collect()
}

/// `to = from >> bits`.
pub(crate) fn shifted(from: &str, to: &str, bits: u32) -> Stage {
    let signals = vec![signal(from, Role::Input), signal(to, Role::Output)];
    let value = binary(named(from), VerilogOp::Shr, literal(bits as i32));
    let code = vec![VerilogStatement::Assignment(named(to), value)];
    Stage::of(to, signals, code)
}

struct Body<'a> {
    program: &'a Program,
    /// Signals of values.
    names: HashMap<Value, String>,
    signals: Vec<SignalInfo>,
    code: VerilogBlock,
}

impl Body<'_> {
    fn declare(&mut self, value: Value, name: &str, role: Role) {
        self.names.insert(value, name.into());
        self.signals.push(signal(name, role));
    }

    fn compute(&mut self, value: Value, name: &str, role: Role) {
        let operation = self.program.nodes()[value.0].operation;
        self.declare(value, name, role);
        let statement = self.statement(&named(name), operation);
        self.code.extend(statement);
    }

    /// An output whose value has another name: an input, a constant, another output.
    fn copy(&mut self, port: &str, value: Value) {
        if self.names.get(&value).is_none_or(|name| name != port) {
            self.signals.push(signal(port, Role::Output));
            let copied = self.operand(value);
            self.code
                .push(VerilogStatement::Assignment(named(port), copied));
        }
    }

    /// A value where it is read.
    fn operand(&self, value: Value) -> Ast {
        match (
            self.program.nodes()[value.0].operation,
            self.names.get(&value),
        ) {
            (Operation::Constant(x), _) => literal(x),
            (_, name) => named(name.map_or("", String::as_str)),
        }
    }

    /// The statement of an operation; none for what is no operation.
    fn statement(&self, target: &Ast, operation: Operation) -> Option<VerilogStatement> {
        let of = |v: Value| self.operand(v);
        let assign = |a: Ast, op: VerilogOp, b: Ast| {
            VerilogStatement::Assignment(target.clone(), binary(a, op, b))
        };
        let amount = |n: u32| literal((n & 31) as i32);
        Some(match operation {
            Operation::Input(_) | Operation::Constant(_) => return None,
            Operation::Add(a, b) => assign(of(a), VerilogOp::Add, of(b)),
            Operation::Subtract(a, b) => assign(of(a), VerilogOp::Sub, of(b)),
            Operation::Multiply(a, b) => assign(of(a), VerilogOp::Mul, of(b)),
            Operation::ShiftLeft(a, n) => assign(of(a), VerilogOp::Shl, amount(n)),
            Operation::ShiftRight(a, n) => assign(of(a), VerilogOp::Shr, amount(n)),
            Operation::ShiftRightBy(a, b) => assign(of(a), VerilogOp::Shr, of(b)),
            Operation::And(a, mask) => assign(of(a), VerilogOp::BitAnd, literal(mask)),
            Operation::Min(a, b) => choose(target, (of(a), VerilogOp::Gt, of(b)), of(b), of(a)),
            Operation::Max(a, b) => choose(target, (of(a), VerilogOp::Lt, of(b)), of(b), of(a)),
            Operation::Select([a, b, c, d]) => {
                choose(target, (of(a), VerilogOp::Gt, of(b)), of(c), of(d))
            }
        })
    }
}

/// `if (a > b) target = yes; else target = no;`
fn choose(target: &Ast, (a, op, b): (Ast, VerilogOp, Ast), yes: Ast, no: Ast) -> VerilogStatement {
    let assign = |value| vec![VerilogStatement::Assignment(target.clone(), value)];
    VerilogStatement::If(VerilogConditional {
        test: binary(a, op, b),
        then: assign(yes),
        otherwise: VerilogBlockOrConditional::Block(assign(no)),
    })
}

pub(super) fn signal(name: &str, role: Role) -> SignalInfo {
    SignalInfo {
        name: name.into(),
        role,
        kind: WORD,
    }
}

pub(super) fn named(name: &str) -> Ast {
    Ast::Signal(name.into())
}

pub(super) fn binary(a: Ast, op: VerilogOp, b: Ast) -> Ast {
    Ast::Binary(Box::new(a), op, Box::new(b))
}

pub(super) fn literal(x: i32) -> Ast {
    let size = Ast::Literal(u64::from(x.unsigned_abs()).into());
    match x < 0 {
        true => Ast::Unary(VerilogOpUnary::Neg, Box::new(size)),
        false => size,
    }
}
