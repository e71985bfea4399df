//! Delay of a statement in units of about a nanosecond of a 180 nm process: what the pipeline of a folded bank is cut by.
//!
//! The figures only decide where registers stand; the arithmetic is the same wherever they are.

use rust_hdl_core::ast::{
    VerilogBlock, VerilogBlockOrConditional, VerilogExpression as Ast, VerilogOp, VerilogOpUnary,
    VerilogStatement,
};

const MULTIPLY: u32 = 7;
const ADD: u32 = 3;
const SHIFT: u32 = 2;
const SELECT: u32 = 1;

/// Delay from the operands to the target.
pub(crate) fn statement_delay(statement: &VerilogStatement) -> u32 {
    match statement {
        VerilogStatement::Assignment(_, value) => expression_delay(value),
        VerilogStatement::If(c) => {
            let otherwise = match &c.otherwise {
                VerilogBlockOrConditional::None => 0,
                VerilogBlockOrConditional::Block(code) => block_delay(code),
                VerilogBlockOrConditional::Conditional(next) => statement_delay(next),
            };
            SELECT
                + expression_delay(&c.test)
                    .max(block_delay(&c.then))
                    .max(otherwise)
        }
        VerilogStatement::Macro(code) => block_delay(code),
        _ => 0,
    }
}

fn block_delay(code: &VerilogBlock) -> u32 {
    code.iter().map(statement_delay).max().unwrap_or(0)
}

fn expression_delay(ast: &Ast) -> u32 {
    match ast {
        Ast::Binary(left, op, right) => {
            let own = match op {
                VerilogOp::Mul => MULTIPLY,
                VerilogOp::Shl | VerilogOp::Shr if matches!(**right, Ast::Literal(_)) => 0,
                VerilogOp::Shl | VerilogOp::Shr => SHIFT,
                VerilogOp::BitAnd | VerilogOp::BitOr | VerilogOp::BitXor => SELECT,
                VerilogOp::LogicalAnd | VerilogOp::LogicalOr => SELECT,
                _ => ADD,
            };
            own + expression_delay(left).max(expression_delay(right))
        }
        Ast::Unary(op, inner) => {
            let own = match op {
                VerilogOpUnary::Not => 0,
                _ => ADD,
            };
            own + expression_delay(inner)
        }
        Ast::Paren(inner)
        | Ast::Cast(inner, _)
        | Ast::Signed(inner)
        | Ast::Unsigned(inner)
        | Ast::Index(inner, _) => expression_delay(inner),
        _ => 0,
    }
}
