//! LIF neuron with truncation toward zero (docs/semantics.md, rounding `truncate`).

use crate::integers::S;
use rust_hdl_core::prelude::*;

type Word = S<32>;

/// One tick of a leaky integrate-and-fire neuron whose decayed membrane and input are truncated apart.
#[derive(LogicBlock, Default)]
pub struct LifTruncate {
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
    /// Its shift.
    pub in_s: Signal<In, Word>,
    /// Leak, mantissa.
    pub leak_m: Signal<In, Word>,
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
    product: Signal<Local, Word>,
    minus: Signal<Local, Word>,
    floor: Signal<Local, Word>,
    ceil: Signal<Local, Word>,
    up: Signal<Local, Word>,
    taken: Signal<Local, Word>,
    drive: Signal<Local, Word>,
    in_product: Signal<Local, Word>,
    in_minus: Signal<Local, Word>,
    in_floor: Signal<Local, Word>,
    in_ceil: Signal<Local, Word>,
    in_up: Signal<Local, Word>,
    in_term: Signal<Local, Word>,
    wanted: Signal<Local, Word>,
    floored: Signal<Local, Word>,
    clamped: Signal<Local, Word>,
    waiting: Signal<Local, Word>,
    clip: Signal<Local, Word>,
}

impl Logic for LifTruncate {
    #[hdl_gen]
    fn update(&mut self) {
        self.product.next = self.v.val() * self.leak_m.val();
        self.minus.next = -self.product.val();
        self.floor.next = self.product.val() >> self.leak_s.val();
        self.ceil.next = self.minus.val() >> self.leak_s.val();
        self.up.next = -self.ceil.val();
        if self.v.val() < 0 {
            self.taken.next = self.floor.val();
        } else {
            self.taken.next = self.up.val();
        }
        comment!("The input: toward zero.");
        self.drive.next = self.i_next.val() >> self.pre.val();
        self.in_product.next = self.drive.val() * self.in_m.val();
        self.in_minus.next = -self.in_product.val();
        self.in_floor.next = self.in_product.val() >> self.in_s.val();
        self.in_ceil.next = self.in_minus.val() >> self.in_s.val();
        self.in_up.next = -self.in_ceil.val();
        if self.in_product.val() < 0 {
            self.in_term.next = self.in_up.val();
        } else {
            self.in_term.next = self.in_floor.val();
        }
        self.wanted.next = self.v.val() - self.taken.val() + self.in_term.val();
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
