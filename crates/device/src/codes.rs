//! Integer codes of one layer: what stands in its registers.

mod fit;

pub use fit::Misfit;

use crate::{Coefficient, Felif, NeuronProgram, RegisterId, TICK_S, noise};
use bruno_chip::{DeviceCard, DeviceRegister, Formats, Rounding};
use serde::{Deserialize, Serialize};

/// Fraction bits below one LSB that V and p carry within a step.
pub const GUARD_BITS: u32 = 8;

/// Bits of p, without guard bits, beyond which the recorder's flows are shifted down.
const FLOW_TARGET_BITS: u32 = 16;

/// Width of the recorder's surrogate after reset, V: that of the training settings' default.
const SURROGATE_WIDTH_V: f64 = 0.1;

/// Currents are shifted down to this width before the product with `in_m`.
pub const PRE_TARGET_BITS: u32 = 20;

/// Codes of one layer, in the order of the register map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codes {
    /// Decay of the synaptic current, `1 - exp(-1us/tau)`.
    pub i_dec: Coefficient,
    /// Current to membrane.
    pub input: Coefficient,
    /// Leak of the membrane.
    pub leak: Coefficient,
    /// `log2 k+` by V.
    pub xv: Coefficient,
    /// `-log2 k+` by p.
    pub xp: Coefficient,
    /// Charge of the occupation.
    pub kap: Coefficient,
    /// `log2 k+` at V = p = 0, LSB 2^-12.
    pub x0: i32,
    /// Sum of both log2 rates, LSB 2^-12.
    pub xc: i32,
    /// Threshold, LSB of V.
    pub v_th: i32,
    /// Membrane after a spike, LSB of V.
    pub v_reset: i32,
    /// Lower clamp, LSB of V.
    pub v_floor: i32,
    /// Refractory time, ticks.
    pub t_ref: i32,
    /// Occupation after a spike, LSB of p.
    pub p_reset: i32,
    /// A spike keeps the occupation.
    pub keep_p: bool,
    /// Rounding of the chip: what stands in `i_dec_h`.
    pub rounding: Rounding,
    /// Start of the layer's random numbers, 30 bits.
    pub seed: i32,
    /// Largest noise of a tick, guard LSB of V.
    pub noise_m: i32,
    /// Width of the recorder's surrogate, LSB of V.
    pub sur_w: i32,
    /// Registers of a neuron file's program, in the order of their addresses; none of other neurons. In a layer of a file
    /// the codes above are zero but for `rounding` and `seed`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own: Vec<i32>,
}

/// Constants of a chip's datapath that follow from its formats alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Constants {
    /// Right shift of the current before the product.
    pub pre: u32,
    /// Largest and smallest current.
    pub i_max: i32,
    /// Smallest current.
    pub i_min: i32,
    /// Largest membrane code.
    pub v_max: i32,
    /// Code of p = 1 (one above the largest).
    pub p_one: i32,
    /// Guard bits of a flow that the recorder's sums leave out, so that 4096 ticks fit 32 bits.
    pub flow_shift: u32,
}

impl Constants {
    /// The constants of a set of formats.
    pub fn new(formats: &Formats) -> Self {
        Self {
            pre: formats.i_bits.saturating_sub(PRE_TARGET_BITS),
            i_max: (1 << (formats.i_bits - 1)) - 1,
            i_min: -(1 << (formats.i_bits - 1)),
            v_max: (1 << (formats.v_bits - 1)) - 1,
            p_one: 1 << formats.p_bits,
            flow_shift: formats.p_bits.saturating_sub(FLOW_TARGET_BITS),
        }
    }
}

/// A coefficient that does not fit, named by the field that drives it.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeError {
    /// Field of the device card.
    pub field: &'static str,
    /// Coefficient that cannot be coded.
    pub coefficient: f64,
    /// Bits that it has.
    pub bits: u32,
}

impl Codes {
    /// Largest `sur_w`: the recorder's sums stay within 32 bits.
    pub const MAX_SURROGATE: i32 = (1 << 17) - 1;

    /// Codes of a card; the error names the field whose coefficient leaves the datapath's range.
    pub fn new(
        card: &DeviceCard,
        formats: &Formats,
        rounding: Rounding,
    ) -> Result<Self, CodeError> {
        let model = Felif::new(card);
        let v_lsb = formats.v_lsb();
        let p_lsb = formats.p_lsb();
        let guard = match rounding {
            Rounding::Nearest | Rounding::Stochastic => f64::from(1u32 << GUARD_BITS),
            Rounding::Truncate => 1.0,
        };
        let pre = f64::from(1u32 << Constants::new(formats).pre);
        let by_c = TICK_S / model.capacitance_f;
        let x_lsb = 4096.0;
        Ok(Self {
            i_dec: decay(card.tau_syn_ms),
            input: code(
                "area_um2",
                by_c * formats.i_lsb_pa() * 1e-12 / v_lsb * pre * guard,
                11,
            )?,
            leak: code("g_leak_pS", model.leak_s * by_c * guard, 11)?,
            xv: code("d_e_nm", model.x_by_v * x_lsb * v_lsb, 11)?,
            xp: code("c_series_F_m2", model.x_by_p * x_lsb * p_lsb, 10)?,
            kap: code("p_s_C_m2", model.kappa_v * p_lsb / v_lsb, 10)?,
            x0: (model.x0 * x_lsb).round() as i32,
            xc: (model.xc * x_lsb).round() as i32,
            v_th: formats.v_code(card.v_th_v),
            v_reset: formats.v_code(card.v_reset_v),
            v_floor: formats.v_code(card.v_floor_v),
            t_ref: (card.t_ref_ms * 1e3).round() as i32,
            p_reset: formats.p_code(card.p_reset),
            keep_p: card.keep_p,
            rounding,
            seed: 0,
            noise_m: noise::code(card.noise_pa_rms.unwrap_or(0.0), &model, formats)?,
            sur_w: ((SURROGATE_WIDTH_V / v_lsb).round() as i32).clamp(1, Self::MAX_SURROGATE),
            own: Vec::new(),
        })
    }

    /// Codes of a readout: only the decay matters.
    pub fn readout(tau_ms: f64, rounding: Rounding) -> Self {
        Self {
            i_dec: decay(tau_ms),
            ..Self::of_program(Vec::new(), rounding)
        }
    }

    /// Codes of neurons of a file: the registers of its program.
    pub fn of_program(own: Vec<i32>, rounding: Rounding) -> Self {
        let zero = Coefficient {
            mantissa: 0,
            shift: 0,
        };
        Self {
            i_dec: zero,
            input: zero,
            leak: zero,
            xv: zero,
            xp: zero,
            kap: zero,
            x0: 0,
            xc: 0,
            v_th: 0,
            v_reset: 0,
            v_floor: 0,
            t_ref: 0,
            p_reset: 0,
            keep_p: false,
            rounding,
            seed: 0,
            noise_m: 0,
            sur_w: 0,
            own,
        }
    }

    /// Share of the membrane that the leak takes in a tick: the explicit step is unstable from 2, and overshoots from 1.
    pub fn leak_share(&self) -> f64 {
        let guard = match self.rounding {
            Rounding::Nearest | Rounding::Stochastic => f64::from(1u32 << GUARD_BITS),
            Rounding::Truncate => 1.0,
        };
        self.leak.value() / guard
    }

    /// What stands in a register; 0 where a program has no such one.
    pub fn value(&self, register: impl Into<RegisterId>) -> i32 {
        match register.into() {
            RegisterId::Card(register) => self.of_card(register),
            own @ RegisterId::Own(_) => NeuronProgram::held(own, &self.own),
        }
    }

    fn of_card(&self, register: DeviceRegister) -> i32 {
        use DeviceRegister as R;
        match register {
            R::IDecM => self.i_dec.mantissa,
            R::IDecH if self.rounding == Rounding::Stochastic => self.i_dec.mask(),
            R::IDecH => self.i_dec.half(),
            R::IDecS => self.i_dec.shift as i32,
            R::InM => self.input.mantissa,
            R::InH => self.input.half(),
            R::InS => self.input.shift as i32,
            R::LeakM => self.leak.mantissa,
            R::LeakH => self.leak.half(),
            R::LeakS => self.leak.shift as i32,
            R::VTh => self.v_th,
            R::VReset => self.v_reset,
            R::VFloor => self.v_floor,
            R::TRef => self.t_ref,
            R::XvM => self.xv.mantissa,
            R::XvH => self.xv.half(),
            R::XvS => self.xv.shift as i32,
            R::XpM => self.xp.mantissa,
            R::XpH => self.xp.half(),
            R::XpS => self.xp.shift as i32,
            R::X0 => self.x0,
            R::Xc => self.xc,
            R::KapM => self.kap.mantissa,
            R::KapH => self.kap.half(),
            R::KapS => self.kap.shift as i32,
            R::PReset => self.p_reset,
            R::KeepP => i32::from(self.keep_p),
            R::Seed => self.seed,
            R::NoiseM => self.noise_m,
            R::SurW => self.sur_w,
        }
    }
}

/// `1 - exp(-1us/tau)`, always in 0..1 for a valid tau.
fn decay(tau_ms: f64) -> Coefficient {
    let rate = -(-TICK_S / (tau_ms * 1e-3)).exp_m1();
    Coefficient::encode(rate, 7).unwrap_or(Coefficient {
        mantissa: 0,
        shift: 0,
    })
}

fn code(field: &'static str, value: f64, bits: u32) -> Result<Coefficient, CodeError> {
    Coefficient::encode(value, bits).ok_or(CodeError {
        field,
        coefficient: value,
        bits,
    })
}
