//! Typed printing of expressions: every node has a width and a sign, and what does not fit is refused.
//!
//! Verilog evaluates an expression at the width of its context; Rust evaluates each operation at the width of its
//! operands. The two agree when both operands and the result have one width, so that is what is demanded: mixed widths
//! must go through a cast, and casts take named signals only.

use crate::HdlError;
use crate::atoms::Type;
use rust_hdl_core::ast::{VerilogExpression as Ast, VerilogLiteral, VerilogOp, VerilogOpUnary};

/// A printed expression with its type. Literals have none until an operand gives them one.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    pub text: String,
    pub kind: Option<Type>,
    literal: Option<i64>,
    named: bool,
}

/// How a kernel's signals are called where it is printed.
pub(crate) trait Scope {
    /// Printed name and type of a signal.
    fn signal(&self, name: &str) -> Result<(String, Type), HdlError>;
    /// The kernel's name, for errors.
    fn kernel(&self) -> &str;
}

const BIT: Type = Type {
    bits: 1,
    signed: false,
};

impl Typed {
    fn new(text: String, kind: Type) -> Self {
        Self {
            text,
            kind: Some(kind),
            literal: None,
            named: false,
        }
    }

    /// The text, with a literal sized to `kind`.
    pub fn sized(&self, kind: Type) -> String {
        match self.literal {
            Some(value) => sized_literal(value, kind),
            None => self.text.clone(),
        }
    }
}

/// A literal of exactly this type.
pub(crate) fn sized_literal(value: i64, kind: Type) -> String {
    let sign = if kind.signed { "s" } else { "" };
    let magnitude = value.unsigned_abs();
    let minus = if value < 0 { "-" } else { "" };
    format!("{minus}{}'{sign}d{magnitude}", kind.bits)
}

/// Prints an expression.
pub(crate) fn print(ast: &Ast, scope: &dyn Scope) -> Result<Typed, HdlError> {
    match ast {
        Ast::Signal(name) => {
            let (text, kind) = scope.signal(name)?;
            Ok(Typed {
                named: true,
                ..Typed::new(text, kind)
            })
        }
        Ast::Literal(literal) => Ok(Typed {
            text: String::new(),
            kind: None,
            literal: Some(literal_value(literal, scope)?),
            named: false,
        }),
        Ast::Paren(inner) => print(inner, scope),
        Ast::Binary(left, op, right) => binary(left, op, right, scope),
        Ast::Unary(op, inner) => unary(op, inner, scope),
        Ast::Cast(inner, bits) => cast(inner, *bits as u32, scope),
        Ast::Signed(inner) => reinterpret(inner, true, scope),
        Ast::Unsigned(inner) => reinterpret(inner, false, scope),
        Ast::Index(inner, index) => bit(inner, index, scope),
        Ast::Slice(..) | Ast::IndexReplace(..) => {
            Err(unsupported(scope, "a slice or bit replacement"))
        }
    }
}

fn unsupported(scope: &dyn Scope, what: &str) -> HdlError {
    HdlError::Unsupported {
        kernel: scope.kernel().into(),
        what: what.into(),
    }
}

/// The value of a literal: rust-hdl keeps it private, but not its hexadecimal form.
pub(crate) fn literal(literal: &VerilogLiteral) -> Option<i64> {
    let text = format!("{literal:x}");
    let (_, digits) = text.split_once("'h")?;
    i64::from_str_radix(digits, 16).ok()
}

fn literal_value(number: &VerilogLiteral, scope: &dyn Scope) -> Result<i64, HdlError> {
    literal(number).ok_or_else(|| unsupported(scope, &format!("the literal {number:x}")))
}

fn binary(left: &Ast, op: &VerilogOp, right: &Ast, scope: &dyn Scope) -> Result<Typed, HdlError> {
    let l = print(left, scope)?;
    let r = print(right, scope)?;
    if matches!(op, VerilogOp::Shl | VerilogOp::Shr) {
        return shift(&l, op, &r, scope);
    }
    let Some(kind) = l.kind.or(r.kind) else {
        return Err(unsupported(scope, "an operation on two literals"));
    };
    let (symbol, comparison) = symbol(op);
    let text = format!("({} {symbol} {})", l.sized(kind), r.sized(kind));
    if let (Some(a), Some(b)) = (l.kind, r.kind)
        && a != b
    {
        return Err(HdlError::Mixed {
            kernel: scope.kernel().into(),
            expression: text,
            left: a.to_string(),
            right: b.to_string(),
        });
    }
    let logical = matches!(op, VerilogOp::LogicalAnd | VerilogOp::LogicalOr);
    if logical && kind != BIT {
        return Err(unsupported(scope, "a logical operation on words"));
    }
    Ok(Typed::new(text, if comparison { BIT } else { kind }))
}

fn symbol(op: &VerilogOp) -> (&'static str, bool) {
    match op {
        VerilogOp::Add => ("+", false),
        VerilogOp::Sub => ("-", false),
        VerilogOp::Mul => ("*", false),
        VerilogOp::LogicalAnd => ("&&", true),
        VerilogOp::LogicalOr => ("||", true),
        VerilogOp::BitXor => ("^", false),
        VerilogOp::BitAnd => ("&", false),
        VerilogOp::BitOr => ("|", false),
        VerilogOp::Eq => ("==", true),
        VerilogOp::Ne => ("!=", true),
        VerilogOp::Lt => ("<", true),
        VerilogOp::Le => ("<=", true),
        VerilogOp::Ge => (">=", true),
        VerilogOp::Gt => (">", true),
        VerilogOp::Shl => ("<<", false),
        VerilogOp::Shr => (">>>", false),
    }
}

/// Shifts keep the left type; an amount is a literal or the low five bits of a named signal.
fn shift(l: &Typed, op: &VerilogOp, r: &Typed, scope: &dyn Scope) -> Result<Typed, HdlError> {
    let kind = l
        .kind
        .ok_or_else(|| unsupported(scope, "a shifted literal"))?;
    let symbol = match (op, kind.signed) {
        (VerilogOp::Shl, _) => "<<",
        (_, true) => ">>>",
        (_, false) => ">>",
    };
    let amount = match (r.literal, r.named, r.kind) {
        (Some(n), _, _) => format!("5'd{}", n & 31),
        (None, true, Some(k)) if k.bits > 5 => format!("{}[4:0]", r.text),
        (None, true, Some(_)) => r.text.clone(),
        _ => {
            return Err(unsupported(
                scope,
                "a shift by an expression: name it first",
            ));
        }
    };
    Ok(Typed::new(format!("({} {symbol} {amount})", l.text), kind))
}

fn unary(op: &VerilogOpUnary, inner: &Ast, scope: &dyn Scope) -> Result<Typed, HdlError> {
    let x = print(inner, scope)?;
    if let (VerilogOpUnary::Neg, Some(size)) = (op, x.literal) {
        return Ok(Typed {
            literal: Some(-size),
            ..x
        });
    }
    let kind = x
        .kind
        .ok_or_else(|| unsupported(scope, "a unary operation on a literal"))?;
    let (symbol, result) = match op {
        VerilogOpUnary::Not => ("~", kind),
        VerilogOpUnary::Neg => ("-", kind),
        VerilogOpUnary::All => ("&", BIT),
        VerilogOpUnary::Any => ("|", BIT),
        VerilogOpUnary::Xor => ("^", BIT),
    };
    Ok(Typed::new(format!("({symbol}{})", x.text), result))
}

/// Sign- or zero-extension (by the operand's sign) or truncation of a named signal.
fn cast(inner: &Ast, bits: u32, scope: &dyn Scope) -> Result<Typed, HdlError> {
    let x = print(inner, scope)?;
    let kind = match (x.kind, x.named) {
        (Some(kind), true) => kind,
        _ => return Err(unsupported(scope, "a cast of an expression: name it first")),
    };
    let target = Type { bits, ..kind };
    let text = resized(&x.text, kind, bits);
    let text = if kind.signed {
        format!("$signed({text})")
    } else {
        text
    };
    Ok(Typed::new(text, target))
}

/// A named signal extended or cut to `bits`; as a concatenation or part select it is unsigned in Verilog's eyes.
///
/// A sign is extended as `(x ^ s) - s` with the sign bit's value s: the same wires as a repeated sign bit for a synthesiser,
/// but two operations for a simulator instead of four.
pub(crate) fn resized(name: &str, from: Type, bits: u32) -> String {
    let gap = bits.saturating_sub(from.bits);
    match (gap, from.signed) {
        (0, _) if bits == from.bits => name.into(),
        (0, _) if bits == 1 => format!("{name}[0]"),
        (0, _) => format!("{name}[{}:0]", bits - 1),
        (_, true) => {
            let sign = format!("{bits}'d{}", 1u64 << (from.bits - 1));
            format!("(({{{gap}'d0, {name}}} ^ {sign}) - {sign})")
        }
        (_, false) => format!("{{{gap}'d0, {name}}}"),
    }
}

fn reinterpret(inner: &Ast, signed: bool, scope: &dyn Scope) -> Result<Typed, HdlError> {
    let x = print(inner, scope)?;
    let kind = x
        .kind
        .ok_or_else(|| unsupported(scope, "a cast of a literal"))?;
    let function = if signed { "$signed" } else { "$unsigned" };
    Ok(Typed::new(
        format!("{function}({})", x.text),
        Type { signed, ..kind },
    ))
}

fn bit(inner: &Ast, index: &Ast, scope: &dyn Scope) -> Result<Typed, HdlError> {
    let x = print(inner, scope)?;
    let index = print(index, scope)?;
    match (x.kind, x.named, index.literal) {
        (Some(kind), true, Some(n)) if (0..i64::from(kind.bits)).contains(&n) => {
            Ok(Typed::new(format!("{}[{n}]", x.text), BIT))
        }
        _ => Err(unsupported(
            scope,
            "a bit that is not a literal index into a named signal",
        )),
    }
}
