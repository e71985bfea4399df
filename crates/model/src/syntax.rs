//! What a model file says, before names and units are looked at.

use crate::mistake::Span;
use crate::model::Method;
use crate::unit::Unit;

/// A name and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Named {
    pub name: String,
    pub span: Span,
}

/// An expression as written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Written {
    pub kind: Form,
    pub span: Span,
}

/// The forms of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Form {
    /// A number with the unit behind it.
    Number(f64, Unit),
    /// A parameter, internal, inline, state, constant or unit.
    Name(String),
    /// `x'`.
    Change(String),
    Negative(Box<Written>),
    Sum(Box<Written>, Box<Written>),
    Difference(Box<Written>, Box<Written>),
    Product(Box<Written>, Box<Written>),
    Quotient(Box<Written>, Box<Written>),
    Power(Box<Written>, i32),
    Call(String, Vec<Written>),
}

/// `name unit = value from [low : high] floor x ceil y @bits(n)`.
#[derive(Debug, Clone)]
pub(crate) struct Declaration {
    pub name: Named,
    /// `None`: a switch, `on` or `off`.
    pub unit: Option<Unit>,
    /// The unit as written.
    pub unit_text: String,
    pub value: Written,
    pub range: Option<(Written, Written)>,
    pub floor: Option<Written>,
    pub ceil: Option<Written>,
    pub bits: Option<(u32, Span)>,
}

/// `x' = rate`.
#[derive(Debug, Clone)]
pub(crate) struct Equation {
    pub state: Named,
    pub rate: Written,
}

/// `onCondition(left > right, rising):`.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub left: Written,
    /// `>`; else `<`.
    pub above: bool,
    pub right: Written,
    pub rising: bool,
    pub span: Span,
}

/// `=`, `+=` or `-=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Assignment {
    Set,
    Add,
    Subtract,
}

/// What a spike does.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    Reset {
        state: Named,
        how: Assignment,
        value: Written,
        unless: Option<Named>,
    },
    Refractory {
        time: Written,
        /// `None`: every state with an equation.
        holds: Option<Vec<Named>>,
        span: Span,
    },
    Emit(Span),
}

/// `method heun`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MethodLine {
    pub method: Method,
    pub span: Span,
}

/// A line of the block `integers`.
#[derive(Debug, Clone)]
pub(crate) enum IntegerLine {
    /// `exp2 degree 2`.
    Degree(u32, Span),
    /// `register NAME = DERIVED @mantissa(n)`; the derived name may end in a prime.
    Register {
        name: Named,
        of: Named,
        mantissa: Option<(u32, Span)>,
    },
}

/// A file, block by block.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub name: Named,
    pub parameters: Vec<Declaration>,
    pub internals: Vec<Declaration>,
    pub states: Vec<Declaration>,
    pub kernels: Vec<Equation>,
    pub inlines: Vec<Declaration>,
    pub equations: Vec<Equation>,
    pub methods: Vec<MethodLine>,
    pub inputs: Vec<Named>,
    pub condition: Option<Condition>,
    pub actions: Vec<Action>,
    pub integers: Vec<IntegerLine>,
    pub costs: Vec<Declaration>,
}
