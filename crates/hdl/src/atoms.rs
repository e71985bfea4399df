//! The atoms of a rust-hdl block: its ports and locals, collected with `Probe`.

use rust_hdl_core::atom::{Atom, AtomKind, is_atom_signed};
use rust_hdl_core::prelude::*;

/// Role of a signal in its kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Driven from outside.
    Input,
    /// Driven by the kernel, seen outside.
    Output,
    /// Driven and used by the kernel.
    Local,
}

/// One signal of a kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalInfo {
    /// Field name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Type.
    pub kind: Type,
}

/// Width and sign of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Type {
    /// Width in bits.
    pub bits: u32,
    /// Two's complement.
    pub signed: bool,
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.signed { "signed" } else { "unsigned" };
        write!(f, "{sign} {}", self.bits)
    }
}

/// The signals of a block, in the order of its fields.
pub fn signals(block: &dyn Block) -> Vec<SignalInfo> {
    let mut collector = Collector::default();
    block.accept("kernel", &mut collector);
    collector.found
}

#[derive(Default)]
struct Collector {
    found: Vec<SignalInfo>,
}

impl Probe for Collector {
    fn visit_atom(&mut self, name: &str, atom: &dyn Atom) {
        let role = match atom.kind() {
            AtomKind::InputParameter => Role::Input,
            AtomKind::OutputParameter => Role::Output,
            _ => Role::Local,
        };
        self.found.push(SignalInfo {
            name: name.into(),
            role,
            kind: Type {
                bits: atom.bits() as u32,
                signed: is_atom_signed(atom),
            },
        });
    }
}
