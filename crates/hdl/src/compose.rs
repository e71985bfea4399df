//! Kernels as statements: several kernels in a row, wired by the names of their ports.
//!
//! An output of a stage feeds every later input of the same name; what is left is bound by the caller (a state's array
//! element, a register's copy, a constant).

mod stage_printer;

use crate::HdlError;
use crate::atoms::{Role, SignalInfo, Type, signals};
use crate::expression;
use rust_hdl_core::ast::{Verilog, VerilogBlock};
use rust_hdl_core::prelude::Block;
use stage_printer::StagePrinter;
pub(crate) use stage_printer::comment_text;
use std::collections::HashMap;
use std::fmt::Write;

/// What a kernel's input is where the kernel is printed: an expression that can be sliced, with its storage type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    text: String,
    kind: Type,
}

impl Binding {
    /// A named signal or array element of `bits` bits.
    pub fn new(text: &str, bits: u32, signed: bool) -> Self {
        Self {
            text: text.into(),
            kind: Type { bits, signed },
        }
    }
}

/// One kernel in a row.
pub struct Stage {
    pub(crate) name: String,
    pub(crate) signals: Vec<SignalInfo>,
    pub(crate) code: VerilogBlock,
    renamed: HashMap<String, String>,
}

impl Stage {
    /// A kernel under a name, which prefixes its locals.
    pub fn new(name: &str, block: &dyn Block) -> Result<Self, HdlError> {
        match block.hdl() {
            Verilog::Combinatorial(code) => Ok(Self::of(name, signals(block), code)),
            _ => Err(HdlError::Unsupported {
                kernel: name.into(),
                what: "a block without a kernel".into(),
            }),
        }
    }

    /// Signals and statements under a name.
    pub(crate) fn of(name: &str, signals: Vec<SignalInfo>, code: VerilogBlock) -> Self {
        Self {
            name: name.into(),
            signals,
            code,
            renamed: HashMap::new(),
        }
    }

    /// Calls the port `from` by the name `to` in the composition.
    pub fn rename(mut self, from: &str, to: &str) -> Self {
        self.renamed.insert(from.into(), to.into());
        self
    }

    pub(crate) fn outer<'a>(&'a self, port: &'a str) -> &'a str {
        self.renamed.get(port).map_or(port, String::as_str)
    }
}

/// One printed statement (an assignment, or an `if` with its branches) with the comments before it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Statement {
    pub text: String,
    /// Temporaries that it assigns.
    pub writes: Vec<String>,
    /// Names that it reads: temporaries and bound names.
    pub reads: Vec<String>,
    /// Its delay, see `delay.rs`.
    pub delay: u32,
}

/// Printed statements with what they need declared.
#[derive(Debug, Clone, Default)]
pub struct Printed {
    pub(crate) statements: Vec<Statement>,
    pub(crate) locals: Vec<(String, Type)>,
    pub(crate) outputs: HashMap<String, String>,
}

impl Printed {
    /// The statements, indented.
    pub fn text(&self) -> String {
        self.statements.iter().map(|s| s.text.as_str()).collect()
    }

    /// Name of the temporary that holds an output of the composition.
    pub fn output(&self, name: &str) -> Result<String, HdlError> {
        let found = self.outputs.get(name).cloned();
        found.ok_or_else(|| HdlError::Unbound(name.into()))
    }

    /// Declarations of the temporaries.
    pub fn declarations(&self, depth: usize) -> String {
        let mut text = String::new();
        for (name, kind) in &self.locals {
            let _ = writeln!(text, "{}reg {}{name};", "  ".repeat(depth), range(*kind));
        }
        text
    }

    /// Assignments of zero to every temporary: a simulator then keeps them in registers of its own.
    pub fn zeroes(&self, depth: usize) -> String {
        let mut text = String::new();
        for (name, kind) in &self.locals {
            let zero = expression::sized_literal(0, *kind);
            let _ = writeln!(text, "{}{name} = {zero};", "  ".repeat(depth));
        }
        text
    }
}

/// `signed [w-1:0] `, empty for one unsigned bit.
pub(crate) fn range(kind: Type) -> String {
    let sign = if kind.signed { "signed " } else { "" };
    match kind.bits {
        1 => sign.into(),
        bits => format!("{sign}[{}:0] ", bits - 1),
    }
}

/// Prints stages in a row; `bind` gives what no earlier stage drives.
pub fn print(
    stages: &[Stage],
    bind: &dyn Fn(&str) -> Option<Binding>,
    depth: usize,
) -> Result<Printed, HdlError> {
    let mut printed = Printed::default();
    for stage in stages {
        let mut printer = StagePrinter::new(stage);
        printer.bind_inputs(&printed, bind)?;
        printer.declare(&mut printed);
        printer.kernel(depth, &mut printed.statements)?;
        for signal in stage.signals.iter().filter(|s| s.role == Role::Output) {
            let name = printer.local(&signal.name);
            printed
                .outputs
                .insert(stage.outer(&signal.name).into(), name);
        }
    }
    Ok(printed)
}
