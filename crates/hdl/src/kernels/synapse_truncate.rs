//! Synapse with truncation toward zero (docs/semantics.md, rounding `truncate`).

use crate::integers::S;
use rust_hdl_core::prelude::*;

type Word = S<32>;

/// `i_next = clamp(trunc(alpha*i) + inject)`: what the decay takes off is rounded away from zero.
#[derive(LogicBlock, Default)]
pub struct SynapseTruncate {
    /// Synaptic current before the tick, LSB of I.
    pub i: Signal<In, Word>,
    /// Sum of the levels of the channels that spike in this tick.
    pub inject: Signal<In, Word>,
    /// `1 - exp(-1us/tau)`, mantissa.
    pub i_dec_m: Signal<In, Word>,
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
    minus: Signal<Local, Word>,
    floor: Signal<Local, Word>,
    ceil: Signal<Local, Word>,
    up: Signal<Local, Word>,
    taken: Signal<Local, Word>,
    wanted: Signal<Local, Word>,
    top: Signal<Local, Word>,
}

impl Logic for SynapseTruncate {
    #[hdl_gen]
    fn update(&mut self) {
        self.product.next = self.i.val() * self.i_dec_m.val();
        self.minus.next = -self.product.val();
        self.floor.next = self.product.val() >> self.i_dec_s.val();
        self.ceil.next = self.minus.val() >> self.i_dec_s.val();
        self.up.next = -self.ceil.val();
        if self.i.val() < 0 {
            self.taken.next = self.floor.val();
        } else {
            self.taken.next = self.up.val();
        }
        self.wanted.next = self.i.val() - self.taken.val() + self.inject.val();
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
