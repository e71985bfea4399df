//! LIF neuron (docs/semantics.md, steps 2 and 5..7, rounding `nearest`).

use super::{LifTruncate, MembraneOffset, MembraneReset, NeuronKernels, Surrogate};
use crate::integers::S;
use crate::{HdlError, Stage};
use bruno_chip::Rounding;
use rust_hdl_core::prelude::*;

type Word = S<32>;

/// What LIF neurons are made of.
pub(super) fn kernels(rounding: Rounding) -> Result<NeuronKernels, HdlError> {
    Ok(NeuronKernels {
        neuron: Some(match rounding {
            Rounding::Nearest | Rounding::Stochastic => Stage::new("neuron", &Lif::default())?,
            Rounding::Truncate => Stage::new("neuron", &LifTruncate::default())?,
        }),
        offsets: vec![Stage::new("v_offset", &MembraneOffset::default())?],
        samples: vec![Stage::new("sur", &Surrogate::default())?],
        resets: vec![Stage::new("reset_v", &MembraneReset::default())?],
    })
}

/// One tick of a leaky integrate-and-fire neuron.
#[derive(LogicBlock, Default)]
pub struct Lif {
    /// Membrane before the tick, LSB of V.
    pub v: Signal<In, Word>,
    /// Refractory ticks left.
    pub refr: Signal<In, Word>,
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
    /// Threshold.
    pub v_th: Signal<In, Word>,
    /// Lower clamp.
    pub v_floor: Signal<In, Word>,
    /// Largest membrane code.
    pub v_max: Signal<In, Word>,
    /// Right shift of the current before its product.
    pub pre: Signal<In, Word>,
    /// Rounding offset of the membrane's step, guard LSB of V.
    pub v_round: Signal<In, Word>,
    /// Membrane after the tick, before a spike resets it.
    pub v_moved: Signal<Out, Word>,
    /// Refractory ticks left after the tick, before a spike starts them again.
    pub refr_left: Signal<Out, Word>,
    /// 1: the neuron fired.
    pub spike: Signal<Out, Word>,
    /// The same in every bit.
    pub fire: Signal<Out, Word>,
    /// Saturated updates of the tick, 0..2.
    pub saturated: Signal<Out, Word>,
    /// All ones, zero in a refractory tick.
    pub active: Signal<Out, Word>,
    drive: Signal<Local, Word>,
    in_product: Signal<Local, Word>,
    in_rounded: Signal<Local, Word>,
    in_term: Signal<Local, Word>,
    leak_product: Signal<Local, Word>,
    leak_rounded: Signal<Local, Word>,
    leak_term: Signal<Local, Word>,
    net: Signal<Local, Word>,
    dv: Signal<Local, Word>,
    wanted: Signal<Local, Word>,
    floored: Signal<Local, Word>,
    clamped: Signal<Local, Word>,
    waiting: Signal<Local, Word>,
    clip: Signal<Local, Word>,
}

impl Logic for Lif {
    #[hdl_gen]
    fn update(&mut self) {
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
        self.wanted.next = self.v.val() + self.dv.val();
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
        comment!("Step 2: a refractory neuron holds; `active` is all ones otherwise.");
        if self.refr.val() > 0 {
            self.waiting.next = 1.into();
        } else {
            self.waiting.next = 0.into();
        }
        self.active.next = self.waiting.val() - 1;
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
        self.refr_left.next = self.refr.val() - self.waiting.val();
    }
}
