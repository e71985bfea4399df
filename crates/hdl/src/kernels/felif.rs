//! FeLIF neuron: a leaky integrate-and-fire membrane on a ferroelectric capacitor (docs/semantics.md, steps 2..7).

use super::{
    Linearisation, MembraneOffset, MembraneReset, NeuronKernels, OccupationOffset, OccupationReset,
    Surrogate,
};
use crate::integers::S;
use crate::{HdlError, Stage};
use rust_hdl_core::prelude::*;

type Word = S<32>;

/// What FeLIF neurons are made of.
pub(super) fn kernels() -> Result<NeuronKernels, HdlError> {
    Ok(NeuronKernels {
        neuron: Some(Stage::new("neuron", &Felif::default())?),
        offsets: vec![
            Stage::new("v_offset", &MembraneOffset::default())?,
            Stage::new("p_offset", &OccupationOffset::default())?,
        ],
        samples: vec![
            Stage::new("lin", &Linearisation::default())?,
            Stage::new("sur", &Surrogate::default())?,
        ],
        resets: vec![
            Stage::new("reset_v", &MembraneReset::default())?,
            Stage::new("reset_p", &OccupationReset::default())?,
        ],
    })
}

/// One tick of a FeLIF neuron.
#[derive(LogicBlock, Default)]
pub struct Felif {
    /// Membrane before the tick, LSB of V.
    pub v: Signal<In, Word>,
    /// Refractory ticks left.
    pub refr: Signal<In, Word>,
    /// Occupation before the tick, LSB of p.
    pub p: Signal<In, Word>,
    /// Synaptic current of this tick, LSB of I.
    pub i_next: Signal<In, Word>,
    /// 1: it was clamped.
    pub i_sat: Signal<In, Word>,
    /// Current to membrane, mantissa.
    pub in_m: Signal<In, Word>,
    /// Its rounding half.
    pub in_h: Signal<In, Word>,
    /// Its shift.
    pub in_s: Signal<In, Word>,
    /// Leak, mantissa.
    pub leak_m: Signal<In, Word>,
    /// Its rounding half.
    pub leak_h: Signal<In, Word>,
    /// Its shift.
    pub leak_s: Signal<In, Word>,
    /// log2 of the upward rate by V, mantissa.
    pub xv_m: Signal<In, Word>,
    /// Its rounding half.
    pub xv_h: Signal<In, Word>,
    /// Its shift.
    pub xv_s: Signal<In, Word>,
    /// log2 of the upward rate by p, mantissa.
    pub xp_m: Signal<In, Word>,
    /// Its rounding half.
    pub xp_h: Signal<In, Word>,
    /// Its shift.
    pub xp_s: Signal<In, Word>,
    /// log2 of the upward rate at V = p = 0, LSB 2^-12.
    pub x0: Signal<In, Word>,
    /// Sum of both log2 rates.
    pub xc: Signal<In, Word>,
    /// Charge of the occupation, mantissa.
    pub kap_m: Signal<In, Word>,
    /// Its rounding half.
    pub kap_h: Signal<In, Word>,
    /// Its shift.
    pub kap_s: Signal<In, Word>,
    /// Threshold.
    pub v_th: Signal<In, Word>,
    /// Lower clamp.
    pub v_floor: Signal<In, Word>,
    /// Largest membrane code.
    pub v_max: Signal<In, Word>,
    /// Right shift of the current before its product.
    pub pre: Signal<In, Word>,
    /// Code of p = 1.
    pub p_one: Signal<In, Word>,
    /// Largest occupation.
    pub p_max: Signal<In, Word>,
    /// Rounding offset of the occupation's step, guard LSB of p.
    pub p_round: Signal<In, Word>,
    /// Rounding offset of the membrane's step, guard LSB of V.
    pub v_round: Signal<In, Word>,
    /// Membrane after the tick, before a spike resets it.
    pub v_moved: Signal<Out, Word>,
    /// Occupation after the tick, before a spike resets it.
    pub p_moved: Signal<Out, Word>,
    /// Refractory ticks left after the tick, before a spike starts them again.
    pub refr_left: Signal<Out, Word>,
    /// 1: the neuron fired.
    pub spike: Signal<Out, Word>,
    /// The same in every bit.
    pub fire: Signal<Out, Word>,
    /// Saturated updates of the tick, 0..2.
    pub saturated: Signal<Out, Word>,
    /// `k+ (1-p)` of the tick, guard LSB of p.
    pub up_flow: Signal<Out, Word>,
    /// All ones where `k+` is below its saturation.
    pub up_sign: Signal<Out, Word>,
    /// Mantissa of `k+`.
    pub up_mant: Signal<Out, Word>,
    /// Its right shift.
    pub up_shift: Signal<Out, Word>,
    /// `k- p` of the tick, guard LSB of p.
    pub down_flow: Signal<Out, Word>,
    /// All ones where `k-` is below its saturation.
    pub down_sign: Signal<Out, Word>,
    /// Mantissa of `k-`.
    pub down_mant: Signal<Out, Word>,
    /// Its right shift.
    pub down_shift: Signal<Out, Word>,
    /// All ones, zero in a refractory tick.
    pub active: Signal<Out, Word>,
    xv_product: Signal<Local, Word>,
    xv_rounded: Signal<Local, Word>,
    xv_term: Signal<Local, Word>,
    xp_product: Signal<Local, Word>,
    xp_rounded: Signal<Local, Word>,
    xp_term: Signal<Local, Word>,
    x: Signal<Local, Word>,
    y: Signal<Local, Word>,
    up_exp: Signal<Local, Word>,
    up_frac: Signal<Local, Word>,
    up_bend: Signal<Local, Word>,
    up_bent: Signal<Local, Word>,
    up_slope: Signal<Local, Word>,
    up_line: Signal<Local, Word>,
    up_round: Signal<Local, Word>,
    up_floor: Signal<Local, Word>,
    up_back: Signal<Local, Word>,
    up_low: Signal<Local, Word>,
    down_exp: Signal<Local, Word>,
    down_frac: Signal<Local, Word>,
    down_bend: Signal<Local, Word>,
    down_bent: Signal<Local, Word>,
    down_slope: Signal<Local, Word>,
    down_line: Signal<Local, Word>,
    down_round: Signal<Local, Word>,
    down_floor: Signal<Local, Word>,
    down_back: Signal<Local, Word>,
    down_low: Signal<Local, Word>,
    empty: Signal<Local, Word>,
    up_product: Signal<Local, Word>,
    down_product: Signal<Local, Word>,
    flow: Signal<Local, Word>,
    moved: Signal<Local, Word>,
    dp: Signal<Local, Word>,
    p_wanted: Signal<Local, Word>,
    p_floor: Signal<Local, Word>,
    old_product: Signal<Local, Word>,
    old_rounded: Signal<Local, Word>,
    old_charge: Signal<Local, Word>,
    new_product: Signal<Local, Word>,
    new_rounded: Signal<Local, Word>,
    new_charge: Signal<Local, Word>,
    drive: Signal<Local, Word>,
    in_product: Signal<Local, Word>,
    in_rounded: Signal<Local, Word>,
    in_term: Signal<Local, Word>,
    leak_product: Signal<Local, Word>,
    leak_rounded: Signal<Local, Word>,
    leak_term: Signal<Local, Word>,
    net: Signal<Local, Word>,
    dv: Signal<Local, Word>,
    charged: Signal<Local, Word>,
    wanted: Signal<Local, Word>,
    floored: Signal<Local, Word>,
    clamped: Signal<Local, Word>,
    waiting: Signal<Local, Word>,
    clip: Signal<Local, Word>,
}

impl Logic for Felif {
    #[hdl_gen]
    fn update(&mut self) {
        comment!("Step 2: a refractory neuron holds; `active` is all ones otherwise.");
        if self.refr.val() > 0 {
            self.waiting.next = 1.into();
        } else {
            self.waiting.next = 0.into();
        }
        self.active.next = self.waiting.val() - 1;
        self.refr_left.next = self.refr.val() - self.waiting.val();
        comment!("Step 3: log2 of both switching rates, from the old state.");
        self.xv_product.next = self.v.val() * self.xv_m.val();
        self.xv_rounded.next = self.xv_product.val() + self.xv_h.val();
        self.xv_term.next = self.xv_rounded.val() >> self.xv_s.val();
        self.xp_product.next = self.p.val() * self.xp_m.val();
        self.xp_rounded.next = self.xp_product.val() + self.xp_h.val();
        self.xp_term.next = self.xp_rounded.val() >> self.xp_s.val();
        self.x.next = self.xv_term.val() - self.xp_term.val() + self.x0.val();
        self.y.next = self.xc.val() - self.x.val();
        comment!("2^x as an 11-bit mantissa and a right shift that leaves 8 guard bits.");
        comment!(
            "Offsets are added before the shifts: 2689 << 12, and 1024 << 14 with a rounding offset of 8190."
        );
        self.up_sign.next = self.x.val() >> 31;
        self.up_exp.next = self.x.val() & self.up_sign.val();
        self.up_frac.next = self.up_exp.val() & 4095;
        self.up_bend.next = self.up_frac.val() * 1407;
        self.up_bent.next = self.up_bend.val() + 11014144;
        self.up_slope.next = self.up_bent.val() >> 12;
        self.up_line.next = self.up_slope.val() * self.up_frac.val();
        self.up_round.next = self.up_line.val() + 16785406;
        self.up_mant.next = self.up_round.val() >> 14;
        self.up_floor.next = self.up_exp.val() >> 12;
        self.up_back.next = -self.up_floor.val();
        self.up_low.next = self.up_back.val() + 2;
        if self.up_low.val() > 31 {
            self.up_shift.next = 31.into();
        } else {
            self.up_shift.next = self.up_low.val();
        }
        comment!("2^y as an 11-bit mantissa and a right shift that leaves 8 guard bits.");
        self.down_sign.next = self.y.val() >> 31;
        self.down_exp.next = self.y.val() & self.down_sign.val();
        self.down_frac.next = self.down_exp.val() & 4095;
        self.down_bend.next = self.down_frac.val() * 1407;
        self.down_bent.next = self.down_bend.val() + 11014144;
        self.down_slope.next = self.down_bent.val() >> 12;
        self.down_line.next = self.down_slope.val() * self.down_frac.val();
        self.down_round.next = self.down_line.val() + 16785406;
        self.down_mant.next = self.down_round.val() >> 14;
        self.down_floor.next = self.down_exp.val() >> 12;
        self.down_back.next = -self.down_floor.val();
        self.down_low.next = self.down_back.val() + 2;
        if self.down_low.val() > 31 {
            self.down_shift.next = 31.into();
        } else {
            self.down_shift.next = self.down_low.val();
        }
        comment!("Step 4: the net flow, rounded once; the occupation stays in its range.");
        self.empty.next = self.p_one.val() - self.p.val();
        self.up_product.next = self.up_mant.val() * self.empty.val();
        self.up_flow.next = self.up_product.val() >> self.up_shift.val();
        self.down_product.next = self.down_mant.val() * self.p.val();
        self.down_flow.next = self.down_product.val() >> self.down_shift.val();
        self.flow.next = self.up_flow.val() - self.down_flow.val() + self.p_round.val();
        self.moved.next = self.flow.val() >> 8;
        self.dp.next = self.moved.val() & self.active.val();
        self.p_wanted.next = self.p.val() + self.dp.val();
        if self.p_wanted.val() < 0 {
            self.p_floor.next = 0.into();
        } else {
            self.p_floor.next = self.p_wanted.val();
        }
        if self.p_floor.val() > self.p_max.val() {
            self.p_moved.next = self.p_max.val();
        } else {
            self.p_moved.next = self.p_floor.val();
        }
        comment!(
            "The charge of the new and of the old occupation, each rounded: their difference telescopes."
        );
        self.old_product.next = self.p.val() * self.kap_m.val();
        self.old_rounded.next = self.old_product.val() + self.kap_h.val();
        self.old_charge.next = self.old_rounded.val() >> self.kap_s.val();
        self.new_product.next = self.p_moved.val() * self.kap_m.val();
        self.new_rounded.next = self.new_product.val() + self.kap_h.val();
        self.new_charge.next = self.new_rounded.val() >> self.kap_s.val();
        comment!("Step 5: both terms carry 8 guard bits; their difference is rounded once.");
        self.drive.next = self.i_next.val() >> self.pre.val();
        self.in_product.next = self.drive.val() * self.in_m.val();
        self.in_rounded.next = self.in_product.val() + self.in_h.val();
        self.in_term.next = self.in_rounded.val() >> self.in_s.val();
        self.leak_product.next = self.v.val() * self.leak_m.val();
        self.leak_rounded.next = self.leak_product.val() + self.leak_h.val();
        self.leak_term.next = self.leak_rounded.val() >> self.leak_s.val();
        self.net.next = self.in_term.val() - self.leak_term.val() + self.v_round.val();
        self.dv.next = self.net.val() >> 8;
        self.charged.next = self.v.val() + self.dv.val() + self.old_charge.val();
        self.wanted.next = self.charged.val() - self.new_charge.val();
        comment!("Step 6: clamps.");
        if self.wanted.val() < self.v_floor.val() {
            self.floored.next = self.v_floor.val();
        } else {
            self.floored.next = self.wanted.val();
        }
        if self.floored.val() > self.v_max.val() {
            self.clamped.next = self.v_max.val();
        } else {
            self.clamped.next = self.floored.val();
        }
        comment!("Step 7: strict threshold on the new membrane; `fire` is all ones or zero.");
        if self.clamped.val() > self.v_th.val() {
            self.fire.next = self.active.val();
        } else {
            self.fire.next = 0.into();
        }
        self.spike.next = self.fire.val() & 1;
        if self.clamped.val() != self.floored.val() {
            self.clip.next = self.active.val();
        } else {
            self.clip.next = 0.into();
        }
        self.saturated.next = self.i_sat.val() - self.clip.val();
        if self.active.val().get_bit(0) {
            self.v_moved.next = self.clamped.val();
        } else {
            self.v_moved.next = self.v.val();
        }
    }
}
