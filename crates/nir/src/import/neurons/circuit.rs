//! The capacitor of a layer: so large that the currents of its synapses use their word.

use super::{ADDER_CURRENTS, I_RANGE_PA, MARGIN, Neuron, TAU_US};
use crate::matrix::Matrix;
use bruno_chip::{DeviceCard, Formats};
use bruno_device::{Codes, Coefficient, Constants, Felif, GUARD_BITS, TICK_S};

/// A capacitor whose currents use their word.
pub struct Circuit {
    pub card: DeviceCard,
    /// Thresholds a tick of the largest current, and those that all channels spiking in every step would make.
    pub reach: f64,
    pub needed: f64,
}

impl Circuit {
    /// `input` and `recurrent` in thresholds that a spike moves altogether.
    pub fn of(neuron: &Neuron, input: &Matrix, recurrent: Option<&Matrix>, headroom: f64) -> Self {
        let formats = Formats::default();
        let loss = neuron.current_loss();
        let all = std::iter::once(input).chain(recurrent);
        let (sum, channels, largest) = all.fold((0.0, 0, 0.0f64), |(sum, n, largest), m| {
            (
                sum + m.largest_row_sum(),
                n + m.columns,
                m.largest().max(largest),
            )
        });
        let needed = loss * sum / (1.0 - neuron.current.decay);
        let adders = loss * largest * channels as f64 / ADDER_CURRENTS;
        let wanted = MARGIN * needed.max(adders).max(f64::MIN_POSITIVE);
        let v_th = formats.v_range_v / headroom;
        // A current of `reach` thresholds a tick is `C * reach * v_th / tick`.
        let capacitance = |reach: f64| I_RANGE_PA * 1e-12 * TICK_S / (reach * v_th);
        let um2 = Felif::new(&DeviceCard {
            area_um2: 1.0,
            ..DeviceCard::default()
        });
        // Bounds of a description, with a little room: area, leak conductance; mantissa of the input's register.
        let pre = f64::from(1u32 << Constants::new(&formats).pre);
        let by_c = TICK_S * formats.i_lsb_pa() * 1e-12 / formats.v_lsb()
            * pre
            * f64::from(1u32 << GUARD_BITS);
        let least = (1.1e-3 * um2.capacitance_f).max(by_c / 2000.0);
        let most = (9e3 * um2.capacitance_f).min(0.9e-6 * TICK_S / neuron.leak());
        let farads = capacitance(wanted).clamp(least, most.max(least));
        let tau_us = neuron.current_tau_us().clamp(TAU_US.0, TAU_US.1);
        Self {
            card: DeviceCard {
                area_um2: farads / um2.capacitance_f,
                g_leak_ps: farads * neuron.leak() / TICK_S * 1e12,
                v_th_v: v_th,
                v_reset_v: neuron.reset * v_th,
                v_floor_v: -formats.v_range_v,
                t_ref_ms: 0.0,
                tau_syn_ms: tau_us * 1e-3,
                ..DeviceCard::default()
            },
            reach: capacitance(1.0) / farads,
            needed,
        }
    }

    /// Current of a spike that moves the membrane by a threshold altogether, pA, with the registers in force.
    pub fn pa_by_threshold(&self, codes: &Codes, decay: Coefficient) -> f64 {
        let formats = Formats::default();
        let pre = f64::from(1u32 << Constants::new(&formats).pre);
        let guard = f64::from(1u32 << GUARD_BITS);
        let volts_by_pa =
            codes.input.value() / (guard * pre) * formats.v_lsb() / formats.i_lsb_pa();
        f64::from(codes.v_th) * formats.v_lsb() / volts_by_pa * decay.value()
    }
}
