//! A neuron model: what a file declares, with names resolved and units checked.

use crate::expression::Expression;
use crate::mistake::Span;
use crate::unit::Unit;

/// One tick, s.
pub const TICK_S: f64 = 1e-6;

/// A neuron model.
#[derive(Debug, Clone)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// Parameters in the order of the file.
    pub parameters: Vec<Parameter>,
    /// Internals and inlines: named parts of the equations, for reports.
    pub parts: Vec<Part>,
    /// States in the order of the file.
    pub states: Vec<State>,
    /// The state that the levels of spiking channels are added to.
    pub input: usize,
    /// When the neuron fires.
    pub condition: Condition,
    /// What a spike makes of the states; all right sides are read before one is written.
    pub resets: Vec<Reset>,
    /// How long a spike holds states.
    pub refractory: Option<Refractory>,
    /// What a neuron takes, as far as the file says.
    pub costs: Costs,
    /// How a tick steps the equations.
    pub method: Method,
    /// How the integers are to be where that is not left to bruno.
    pub integers: Integers,
    pub(crate) source: Source,
}

/// The file, for mistakes that later steps find.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub file: String,
    pub text: String,
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Name.
    pub name: String,
    /// Unit of the file, as written and to SI.
    pub unit: (String, Unit),
    /// Default, SI.
    pub default: f64,
    /// Smallest and largest value, SI.
    pub bounds: (f64, f64),
    /// 0 or 1.
    pub switch: bool,
    /// Where it is declared.
    pub span: Span,
}

/// An internal or an inline.
#[derive(Debug, Clone)]
pub struct Part {
    /// Name.
    pub name: String,
    /// Unit of the file, as written and to SI.
    pub unit: (String, Unit),
    /// What it stands for.
    pub value: Expression,
}

/// A state.
#[derive(Debug, Clone)]
pub struct State {
    /// Name.
    pub name: String,
    /// Unit of the file, as written and to SI.
    pub unit: (String, Unit),
    /// Value after a reset; of parameters.
    pub rest: Expression,
    /// Range of its word, SI.
    pub range: (f64, f64),
    /// Clamp from below that counts no saturation.
    pub floor: Option<Expression>,
    /// Clamp from above that counts no saturation.
    pub ceil: Option<Expression>,
    /// Word length where the file gives one.
    pub bits: Option<u32>,
    /// Linear and autonomous: advanced exactly, also while refractory.
    pub kernel: bool,
    /// Its rate, SI units a second.
    pub rate: Expression,
    /// Where it is declared.
    pub span: Span,
}

/// When the neuron fires.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The state that is compared.
    pub state: usize,
    /// It has to be above, else below.
    pub above: bool,
    /// What it is compared with.
    pub threshold: Expression,
    /// Only where it was not so before the tick.
    pub rising: bool,
    /// Where it is written.
    pub span: Span,
}

/// How a tick steps the states that have equations, from the new kernels and their own old values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// One explicit step: the rate at the old values.
    #[default]
    Euler,
    /// An explicit step of second order (K. Heun 1900): the mean of that rate and of the rate where it leads.
    Heun,
}

/// A state after a spike.
#[derive(Debug, Clone)]
pub struct Reset {
    /// The state.
    pub state: usize,
    /// Its new value, of the states before the reset.
    pub value: Expression,
    /// A switch that keeps the state.
    pub unless: Option<usize>,
    /// Where it is written.
    pub span: Span,
}

/// Refractory time.
#[derive(Debug, Clone)]
pub struct Refractory {
    /// How long, s; of parameters.
    pub time: Expression,
    /// States that stand still; none where it only forbids to fire.
    pub holds: Vec<usize>,
}

/// What a neuron takes, SI units.
#[derive(Debug, Clone, Default)]
pub struct Costs {
    /// Energy of a spike, J; of parameters.
    pub spike: Option<Expression>,
    /// Power while it does not spike, W; of parameters and the state that the condition compares.
    pub power: Option<Expression>,
    /// Area, m2; of parameters.
    pub area: Option<Expression>,
}

/// How the integers are to be.
#[derive(Debug, Clone, Default)]
pub struct Integers {
    /// Degree of the polynomial of 2^x; 3 unless a file asks for 2.
    pub exp2_degree: Option<u32>,
    /// Names and mantissas of derived coefficients.
    pub registers: Vec<Alias>,
}

/// A register's name in place of the derived one.
#[derive(Debug, Clone)]
pub struct Alias {
    /// Name of the register.
    pub name: String,
    /// Name of the derived coefficient.
    pub of: String,
    /// Bits of its mantissa; the factor keeps the bits that the product leaves.
    pub mantissa: Option<u32>,
    /// Where it is written.
    pub span: Span,
}

impl Model {
    /// A parameter's index by its name.
    pub fn parameter(&self, name: &str) -> Option<usize> {
        self.parameters.iter().position(|p| p.name == name)
    }

    /// Whether a refractory time holds a state.
    pub fn holds(&self, state: usize) -> bool {
        let refractory = self.refractory.as_ref();
        refractory.is_some_and(|r| r.holds.contains(&state))
    }

    /// A state's index by its name.
    pub fn state(&self, name: &str) -> Option<usize> {
        self.states.iter().position(|s| s.name == name)
    }

    /// The text of its file.
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// The name of its file.
    pub fn file(&self) -> &str {
        &self.source.file
    }

    /// The defaults of the parameters, SI.
    pub fn defaults(&self) -> Vec<f64> {
        self.parameters.iter().map(|p| p.default).collect()
    }

    /// States in the order in which a tick moves them: kernels, then the others, each after those whose change it uses.
    pub fn in_order(&self) -> Vec<usize> {
        // A circle of changes was refused when the file was read.
        let others = crate::resolve::order(self).unwrap_or_default();
        self.kernels().into_iter().chain(others).collect()
    }

    /// Indices of the kernels and of the other states.
    pub(crate) fn kernels(&self) -> Vec<usize> {
        self.indices(true)
    }

    pub(crate) fn equations(&self) -> Vec<usize> {
        self.indices(false)
    }

    fn indices(&self, kernel: bool) -> Vec<usize> {
        let states = self.states.iter().enumerate();
        states
            .filter(|(_, s)| s.kernel == kernel)
            .map(|(i, _)| i)
            .collect()
    }

    /// The rate of a state with every rate on its right side put in.
    pub(crate) fn whole_rate(&self, state: usize) -> Expression {
        let put_in = |e: &Expression| match e.kind() {
            crate::expression::Kind::Change(other) => Some(self.whole_rate(*other)),
            _ => None,
        };
        self.states[state].rate.replaced(&put_in)
    }
}
