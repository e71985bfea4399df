//! What the registers of a layer make of its neurons in a tick.

use bruno_chip::{Formats, Rounding};
use bruno_device::{Codes, Coefficient, Constants, GUARD_BITS, Layer, LayerKind, NeuronProgram};
use bruno_model::Shipped;

/// The shipped file whose spikes subtract the threshold.
pub(crate) const SUBTRACTIVE: &str = "lif_subtractive";

/// A neuron's tick: a current and a membrane that lose a share each.
#[derive(Debug, Clone)]
pub(crate) struct Tick {
    /// Share of the current that is lost.
    pub current_loss: InForce,
    /// Share of the membrane that is lost.
    pub leak: InForce,
    /// Threshold, V.
    pub threshold: InForce,
    /// Membrane after a spike, V; none where a spike subtracts the threshold.
    pub reset: Option<InForce>,
    /// What a current of 1 pA adds to the membrane, V.
    pub volts_by_pa: f64,
    /// Refractory time, ticks.
    pub refractory: u32,
}

/// A register and what it stands for.
#[derive(Debug, Clone, Default)]
pub(crate) struct InForce {
    pub code: String,
    pub value: f64,
}

impl Tick {
    /// Of a layer's neurons; `None` for kinds that NIR does not have.
    pub fn of(layer: &Layer, codes: &Codes, formats: &Formats, rounding: Rounding) -> Option<Self> {
        match layer.kind {
            LayerKind::Lif => Some(Self::of_lif(codes, formats, rounding)),
            LayerKind::File => Self::of_file(layer.model.program.as_ref()?, &codes.own),
            LayerKind::Felif | LayerKind::Readout => None,
        }
    }

    /// Of the kind `lif`.
    pub fn of_lif(codes: &Codes, formats: &Formats, rounding: Rounding) -> Self {
        let volts = |code: i32| InForce {
            code: code.to_string(),
            value: f64::from(code) * formats.v_lsb(),
        };
        let guard = match rounding {
            Rounding::Nearest | Rounding::Stochastic => GUARD_BITS,
            Rounding::Truncate => 0,
        };
        let below = f64::from(Constants::new(formats).pre + guard).exp2();
        Self {
            current_loss: codes.i_dec.into(),
            leak: InForce {
                value: codes.leak_share(),
                ..codes.leak.into()
            },
            threshold: volts(codes.v_th),
            reset: Some(volts(codes.v_reset)),
            volts_by_pa: codes.input.value() / below * formats.v_lsb() / formats.i_lsb_pa(),
            refractory: codes.t_ref.unsigned_abs(),
        }
    }

    /// Of the shipped file `lif_subtractive` with the registers of its program; `None` for another file.
    pub fn of_file(program: &NeuronProgram, own: &[i32]) -> Option<Self> {
        let derived = &program.derived;
        let shipped = Shipped::named(SUBTRACTIVE)?;
        if derived.model.text() != shipped.text {
            return None;
        }
        let registers = program.registers(own);
        let coefficient = |name: &str| {
            let place = derived.coefficients.iter().position(|c| c.name == name)?;
            let held = registers.coefficients.get(place)?;
            Some(InForce {
                code: format!("{} / 2^{}", held.mantissa, held.shift),
                value: derived.coefficients.get(place)?.exact(held.value()),
            })
        };
        let mut codes = derived.codes.iter().zip(&registers.codes);
        let (code, threshold) = codes.find(|(code, _)| code.name == "V_th")?;
        Some(Self {
            current_loss: coefficient("I_by_I")?,
            leak: coefficient("V_by_V")?,
            threshold: InForce {
                code: threshold.to_string(),
                value: f64::from(*threshold) * code.lsb,
            },
            reset: None,
            volts_by_pa: coefficient("V_by_I")?.value * 1e-12,
            refractory: program.refractory_ticks(own),
        })
    }
}

impl From<Coefficient> for InForce {
    fn from(c: Coefficient) -> Self {
        Self {
            code: format!("{} / 2^{}", c.mantissa, c.shift),
            value: c.value(),
        }
    }
}
