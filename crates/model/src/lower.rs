//! From a model to a program of 32-bit operations, with the registers that it needs.
//!
//! 1. A right side becomes a sum of terms ([`terms`]).
//! 2. A coefficient becomes mantissa, half and shift; factors are narrowed so that no product leaves 30 bits ([`sum`]).
//! 3. A decay alone in its state is rounded once at the LSB; other terms carry up to 8 guard bits and their sum is rounded once.
//! 4. `c exp(u)` becomes a power of two of one sum of logarithms ([`rates`]).
//! 5. `q'` on a right side is the change that q really made, as the difference of two rounded values: it telescopes.
//! 6. Kernels advance by the exponential of their matrix.
//!
//! Every value's interval follows from the words of the states and the bounds of the parameters; a model whose values would
//! leave 32 bits is refused.

mod charge;
mod clamps;
mod coded;
mod constants;
mod factors;
mod functions;
mod heun;
mod noise;
mod rates;
mod registers;
mod slopes;
mod spike;
mod sum;
mod terms;
mod tick;
mod word;

use crate::coefficient::Mantissa;
use crate::interval::{Bounds, Interval};
use crate::kernel::Kernels;
use crate::mistake::{Fault, Mistakes, Span};
use crate::model::{Alias, Model};
use crate::program::{Input, Program, TooWide, Value};
pub(crate) use coded::Coded;
use coded::Constants;
pub use noise::Noise;
pub use registers::{CardError, Registers};
pub use slopes::{LeftOut, MOST_SLOPES, Slope};
pub use word::Word;

/// Most guard bits that terms carry below the LSB.
const GUARD_BITS: u32 = 8;

/// A model as integers.
#[derive(Debug, Clone)]
pub struct Derived {
    /// The model.
    pub model: Model,
    /// Words of the states.
    pub words: Vec<Word>,
    /// One tick of a neuron.
    pub program: Program,
    /// Coefficients, each of three registers.
    pub coefficients: Vec<Coefficient>,
    /// Constants, a register each.
    pub codes: Vec<Code>,
    /// What is added before states are rounded.
    pub offsets: Vec<Offset>,
    /// Codes that each state may have after a tick before its word clamps it.
    pub reaches: Vec<(i64, i64)>,
    /// Noise on one of the offsets, where it was asked for.
    pub noise: Option<Noise>,
    /// Derivatives that are sampled, where they were asked for.
    pub slopes: Vec<Slope>,
    /// Those of which no integers can be made, and why.
    pub left_out: Vec<LeftOut>,
    pub(crate) constants: Constants,
}

/// A coefficient of parameters as mantissa and shift.
#[derive(Debug, Clone)]
pub struct Coefficient {
    /// Name of its registers, without `_m`, `_h` and `_s`.
    pub name: String,
    /// Bits of the mantissa.
    pub mantissa_bits: u32,
    /// The same where the file gives them.
    pub(crate) given: Option<u32>,
    /// The term is subtracted.
    pub negative: bool,
    /// LSB of the factor over LSB of the sum.
    pub(crate) scale: f64,
    pub(crate) value: Coded,
    /// Coded value over its bounds.
    pub range: Interval,
}

impl Coefficient {
    /// The coefficient that a coded value stands for, SI units.
    pub fn exact(&self, coded: f64) -> f64 {
        coded / self.scale
    }

    /// The largest code of a card within the bounds: a smaller shift belongs to 0 alone.
    pub fn largest(&self) -> Mantissa {
        let none = Mantissa {
            mantissa: 0,
            shift: 0,
        };
        Mantissa::encode(self.range.high, self.mantissa_bits).unwrap_or(none)
    }
}

/// A constant of parameters in LSB.
#[derive(Debug, Clone)]
pub struct Code {
    /// Name of its register.
    pub name: String,
    /// One LSB.
    pub lsb: f64,
    pub(crate) value: Coded,
    /// Smallest code.
    pub low: i64,
    /// Largest code.
    pub high: i64,
}

/// What is added below the LSB of a state before it is rounded: a half, or random bits, or noise beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offset {
    /// The state.
    pub state: usize,
    /// How many bits are below the LSB.
    pub bits: Below,
}

/// Bits below the LSB of a rounded value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Below {
    /// So many.
    Guard(u32),
    /// As many as the shift of a coefficient.
    Shift(usize),
}

/// Why a model cannot be lowered.
#[derive(Debug, Clone)]
enum Refusal {
    /// A value may leave 32 bits, or the coefficient its registers.
    Wide(TooWide),
    /// By name.
    Fault(Fault),
}

impl Refusal {
    /// What cannot be done, in words.
    fn reason(&self) -> String {
        match self {
            Self::Fault(fault) => fault.what.clone(),
            Self::Wide(wide) => format!("its values are up to {} LSB", wide.high.max(-wide.low)),
        }
    }
}

type Lowered<T> = Result<T, Refusal>;

impl From<TooWide> for Refusal {
    fn from(wide: TooWide) -> Self {
        Self::Wide(wide)
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// What grows while a program is built; taken back where a guard bit too many was tried.
#[derive(Debug, Clone, Default)]
struct Built {
    program: Program,
    coefficients: Vec<Coefficient>,
    codes: Vec<Code>,
    offsets: Vec<Offset>,
    /// Factors that exist.
    factors: Vec<(terms::Factor, Vec<Value>, (Value, f64))>,
    /// Sums of logarithms that exist.
    logarithms: Vec<rates::Logarithm>,
    names: Vec<String>,
    /// Labels of functions' arguments.
    labels: Vec<String>,
    sums: usize,
    /// Codes of states before they are clamped to their words.
    reaches: Vec<(i64, i64)>,
    noise: Option<Noise>,
    slopes: Vec<Slope>,
}

struct Lowering<'m> {
    model: &'m Model,
    constants: Constants,
    words: Vec<Word>,
    built: Built,
    /// Value of each state that terms read.
    now: Vec<Value>,
    /// Values of each state after its own update, for those whose change others use.
    moved: Vec<Option<Value>>,
    /// Cards at which coefficients are compared.
    probes: Vec<Vec<f64>>,
    extras: Extras,
    left_out: Vec<LeftOut>,
    /// In the second stage of a step: the coefficients of the first that are still to come again, in their order.
    again: std::ops::Range<usize>,
}

/// What a program has beside the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extras {
    /// Room for noise on the state that the condition compares. A kernel, which is advanced exactly, takes none:
    /// [`Derived::noise`] says so.
    pub noise: bool,
    /// Samples of derivatives for a recorder ([`Derived::slopes`]).
    pub slopes: bool,
}

impl Derived {
    /// Derives a model's integers.
    ///
    /// # Errors
    /// What cannot be done in 32 bits, by name, with its place and a remedy.
    pub fn new(model: &Model) -> Result<Self, Mistakes> {
        Self::with(model, Extras::default())
    }

    /// Derives integers with more than the model needs.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with(model: &Model, extras: Extras) -> Result<Self, Mistakes> {
        Self::lowered(model, extras)
            .map_err(|fault| Mistakes::new(&model.source.file, &model.source.text, vec![fault]))
    }

    fn lowered(model: &Model, extras: Extras) -> Result<Self, Fault> {
        let mut lowering = Lowering::new(model, extras)?;
        lowering.tick()?;
        lowering.finish()
    }
}

impl<'m> Lowering<'m> {
    fn new(model: &'m Model, extras: Extras) -> Result<Self, Fault> {
        let words: Vec<Word> = (0..model.states.len())
            .map(|s| Word::of(model, s))
            .collect();
        let kernels = Kernels::of(model);
        let spans: Vec<Span> = kernels
            .states
            .iter()
            .map(|s| model.states[*s].rate.span())
            .collect();
        let constants = Constants::new(Bounds::of(model), kernels, &spans)?;
        let mut built = Built {
            reaches: vec![(0, 0); words.len()],
            ..Built::default()
        };
        let mut now = Vec::new();
        for (i, word) in words.iter().enumerate() {
            let value = built.program.input(Input::State(i), word.low, word.high);
            now.push(value.map_err(|w| too_wide(&w, model.states[i].span))?);
        }
        Ok(Self {
            model,
            moved: vec![None; words.len()],
            probes: probes(model),
            constants,
            words,
            built,
            now,
            extras,
            left_out: Vec::new(),
            again: 0..0,
        })
    }

    fn finish(self) -> Result<Derived, Fault> {
        let built = self.built;
        let derived = Derived {
            model: self.model.clone(),
            words: self.words,
            program: built.program.pruned(),
            coefficients: built.coefficients,
            codes: built.codes,
            offsets: built.offsets,
            reaches: built.reaches,
            noise: built.noise,
            slopes: built.slopes,
            left_out: self.left_out,
            constants: self.constants,
        };
        for alias in &derived.model.integers.registers {
            let known = derived.names();
            if !known.contains(&alias.name) {
                let what = format!("no derived coefficient is called `{}`", alias.of);
                return Err(Fault::new(
                    alias.span,
                    what,
                    known.join(", "),
                    "write one of these names",
                ));
            }
        }
        Ok(derived)
    }

    /// The name of a register: that of the file where it gives one, and never a name twice.
    fn name(&mut self, derived: &str) -> String {
        let unique = self.unique(derived);
        self.built.names.push(unique.clone());
        let alias = self.alias(&unique).map(|a| a.name.clone());
        alias.unwrap_or(unique)
    }

    /// The mantissa that the file gives to the register that would be called so next.
    fn given(&self, derived: &str) -> Option<u32> {
        self.alias(&self.unique(derived))?.mantissa
    }

    fn alias(&self, unique: &str) -> Option<&Alias> {
        let mut registers = self.model.integers.registers.iter();
        registers.find(|a| a.of == unique)
    }

    fn unique(&self, derived: &str) -> String {
        let numbered = (2..).map(|number| format!("{derived}_{number}"));
        let mut names = std::iter::once(derived.to_string()).chain(numbered);
        let free = names.find(|name| !self.built.names.contains(name));
        free.unwrap_or_default()
    }
}

impl Derived {
    /// Names of the coefficients and codes.
    pub fn names(&self) -> Vec<String> {
        let coefficients = self.coefficients.iter().map(|c| c.name.clone());
        coefficients
            .chain(self.codes.iter().map(|c| c.name.clone()))
            .collect()
    }
}

fn too_wide(wide: &TooWide, span: Span) -> Fault {
    Fault::new(
        span,
        format!("a value of {} to {} LSB", wide.low, wide.high),
        "values within 32 bits",
        "widen the range of the state that moves so far, give it fewer `@bits`, or narrow the bounds of parameters",
    )
}

/// A few cards inside of all bounds, always the same.
fn probes(model: &Model) -> Vec<Vec<f64>> {
    let mut seed = 1u32;
    let mut share = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(seed >> 8) / f64::from(1u32 << 24)
    };
    let card = |_| {
        let value = |p: &crate::model::Parameter| p.bounds.0 + (p.bounds.1 - p.bounds.0) * share();
        model.parameters.iter().map(value).collect()
    };
    (0..4).map(card).collect()
}
