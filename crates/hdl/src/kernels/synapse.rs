//! Synapse: decay, injection, clamp (step 1 of docs/semantics.md, rounding `nearest`).

use crate::integers::S;
use rust_hdl_core::prelude::*;

type Word = S<32>;

/// `i_next = clamp(round(alpha*i) + inject)`.
#[derive(LogicBlock, Default)]
pub struct Synapse {
    /// Synaptic current before the tick, LSB of I.
    pub i: Signal<In, Word>,
    /// Sum of the levels of the channels that spike in this tick.
    pub inject: Signal<In, Word>,
    /// `1 - exp(-1us/tau)`, mantissa.
    pub i_dec_m: Signal<In, Word>,
    /// Its rounding half.
    pub i_dec_h: Signal<In, Word>,
    /// Its shift.
    pub i_dec_s: Signal<In, Word>,
    /// Largest current.
    pub i_max: Signal<In, Word>,
    /// Smallest current.
    pub i_min: Signal<In, Word>,
    /// Synaptic current of this tick.
    pub i_next: Signal<Out, Word>,
    /// 1: the current was clamped.
    pub i_sat: Signal<Out, Word>,
    product: Signal<Local, Word>,
    rounded: Signal<Local, Word>,
    step: Signal<Local, Word>,
    wanted: Signal<Local, Word>,
    top: Signal<Local, Word>,
}

impl Logic for Synapse {
    #[hdl_gen]
    fn update(&mut self) {
        self.product.next = self.i.val() * self.i_dec_m.val();
        self.rounded.next = self.i_dec_h.val() - self.product.val();
        self.step.next = self.rounded.val() >> self.i_dec_s.val();
        self.wanted.next = self.i.val() + self.step.val() + self.inject.val();
        if self.wanted.val() > self.i_max.val() {
            self.top.next = self.i_max.val();
        } else {
            self.top.next = self.wanted.val();
        }
        if self.top.val() < self.i_min.val() {
            self.i_next.next = self.i_min.val();
        } else {
            self.i_next.next = self.top.val();
        }
        comment!("A clamp counts one saturation.");
        if self.i_next.val() != self.wanted.val() {
            self.i_sat.next = 1.into();
        } else {
            self.i_sat.next = 0.into();
        }
    }
}
