//! Expressions of parameters and states in SI units, after names and units were checked.
//!
//! They are shared trees: a part that occurs twice exists once. Size and depth are kept in every node, so that a chain of
//! inlines that would grow beyond bounds when written out is refused before anything walks over it.

use crate::mistake::Span;
use std::sync::Arc;

/// An expression.
#[derive(Debug, Clone)]
pub struct Expression(Arc<Node>);

#[derive(Debug)]
struct Node {
    kind: Kind,
    span: Span,
    size: u32,
    depth: u32,
    has_state: bool,
    has_parameter: bool,
}

/// Forms of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A number in SI units.
    Number(f64),
    /// A parameter by its index.
    Parameter(usize),
    /// A state by its index, before the tick.
    State(usize),
    /// The rate of a state: its change in the tick over the tick.
    Change(usize),
    /// The tick, s.
    Tick,
    /// Negation.
    Negative(Expression),
    /// Sum.
    Sum(Expression, Expression),
    /// Product.
    Product(Expression, Expression),
    /// Quotient.
    Quotient(Expression, Expression),
    /// A whole power.
    Power(Expression, i32),
    /// A function.
    Call(Function, Vec<Expression>),
}

/// Functions of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// e to the argument.
    Exp,
    /// Natural logarithm.
    Ln,
    /// Smaller of two.
    Min,
    /// Larger of two.
    Max,
    /// 1/(1 + exp(-x)).
    Sigmoid,
    /// Hyperbolic tangent.
    Tanh,
    /// 1 where the first is smaller than the second, else 0: only derivatives have it.
    Below,
}

impl Function {
    /// Its name in a file, `None` for one that no file can name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exp => "exp",
            Self::Ln => "ln",
            Self::Min => "min",
            Self::Max => "max",
            Self::Sigmoid => "sigmoid",
            Self::Tanh => "tanh",
            Self::Below => "below",
        }
    }
}

impl Expression {
    /// A node with the place in the file that it came from.
    pub fn new(kind: Kind, span: Span) -> Self {
        let parts = parts(&kind);
        let size = parts.iter().fold(1u32, |n, p| n.saturating_add(p.0.size));
        let depth = 1 + parts.iter().map(|p| p.0.depth).max().unwrap_or(0);
        let has_state =
            matches!(kind, Kind::State(_) | Kind::Change(_)) || parts.iter().any(|p| p.0.has_state);
        let has_parameter =
            matches!(kind, Kind::Parameter(_)) || parts.iter().any(|p| p.0.has_parameter);
        drop(parts);
        Self(Arc::new(Node {
            kind,
            span,
            size,
            depth,
            has_state,
            has_parameter,
        }))
    }

    /// A number that no place in a file gave.
    pub fn number(value: f64) -> Self {
        Self::new(Kind::Number(value), Span::default())
    }

    /// What it is.
    pub fn kind(&self) -> &Kind {
        &self.0.kind
    }

    /// Where it was written.
    pub fn span(&self) -> Span {
        self.0.span
    }

    /// The same, said to come from another place.
    pub(crate) fn at(&self, span: Span) -> Self {
        match self.0.span == span {
            true => self.clone(),
            false => Self::new(self.kind().clone(), span),
        }
    }

    /// Nodes when written out.
    pub fn size(&self) -> u32 {
        self.0.size
    }

    /// Levels.
    pub(crate) fn depth(&self) -> u32 {
        self.0.depth
    }

    /// Whether it changes at run time: it has a state or a rate.
    pub fn has_state(&self) -> bool {
        self.0.has_state
    }

    /// Whether it has a parameter.
    pub fn has_parameter(&self) -> bool {
        self.0.has_parameter
    }

    /// The number that it is, if it is one.
    pub fn as_number(&self) -> Option<f64> {
        match self.kind() {
            Kind::Number(x) => Some(*x),
            _ => None,
        }
    }

    /// What is compared, if it says whether the first is smaller.
    pub(crate) fn below(&self) -> Option<[&Expression; 2]> {
        match self.kind() {
            Kind::Call(Function::Below, of) => Some([of.first()?, of.get(1)?]),
            _ => None,
        }
    }

    /// Parts of the node.
    pub(crate) fn parts(&self) -> Vec<&Expression> {
        parts(self.kind())
    }

    /// The states whose rate it uses.
    pub(crate) fn changes(&self) -> Vec<usize> {
        let mut found = Vec::new();
        self.visit(&mut |e| {
            if let Kind::Change(state) = e.kind()
                && !found.contains(state)
            {
                found.push(*state);
            }
        });
        found
    }

    /// Whether a part of it is so.
    pub(crate) fn any(&self, is_so: &dyn Fn(&Expression) -> bool) -> bool {
        is_so(self) || self.parts().iter().any(|part| part.any(is_so))
    }

    /// Walks over every node.
    pub(crate) fn visit(&self, see: &mut dyn FnMut(&Expression)) {
        see(self);
        for part in self.parts() {
            part.visit(see);
        }
    }
}

fn parts(kind: &Kind) -> Vec<&Expression> {
    match kind {
        Kind::Number(_) | Kind::Parameter(_) | Kind::State(_) | Kind::Change(_) | Kind::Tick => {
            vec![]
        }
        Kind::Negative(a) | Kind::Power(a, _) => vec![a],
        Kind::Sum(a, b) | Kind::Product(a, b) | Kind::Quotient(a, b) => vec![a, b],
        Kind::Call(_, arguments) => arguments.iter().collect(),
    }
}

impl PartialEq for Expression {
    /// The same form; where it was written does not matter.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.0.size == other.0.size && self.kind() == other.kind())
    }
}
