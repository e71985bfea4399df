//! Recorder level `jacobian`: the surrogate of one tick, how near the membrane came to its threshold.
//!
//! `h(u) = 0.5/(1+|u|)^2` as a polyline through its values at `|u|` = 0, 1, 3, 7, zero from 15: the sum of four ramps
//! `max(0, T w - |V - V_th|)` whose slopes are in the ratio 448 : 56 : 7 : 1. No multiplier, and any width w.

use crate::integers::S;
use rust_hdl_core::prelude::*;

type Word = S<32>;

/// `nearness` = `h * w * 512/0.375 * 2^-7` of one tick; zero in a refractory one. Below 2^20 for every 17-bit width.
#[derive(LogicBlock, Default)]
pub struct Surrogate {
    /// Membrane before a reset, LSB of V.
    pub v_moved: Signal<In, Word>,
    /// Threshold.
    pub v_th: Signal<In, Word>,
    /// All ones, zero in a refractory tick.
    pub active: Signal<In, Word>,
    /// Width w, LSB of V.
    pub sur_w: Signal<In, Word>,
    /// The surrogate.
    pub nearness: Signal<Out, Word>,
    margin: Signal<Local, Word>,
    sign: Signal<Local, Word>,
    flipped: Signal<Local, Word>,
    distance: Signal<Local, Word>,
    room1: Signal<Local, Word>,
    room3: Signal<Local, Word>,
    room7: Signal<Local, Word>,
    room15: Signal<Local, Word>,
    out1: Signal<Local, Word>,
    out3: Signal<Local, Word>,
    out7: Signal<Local, Word>,
    out15: Signal<Local, Word>,
    ramp1: Signal<Local, Word>,
    ramp3: Signal<Local, Word>,
    ramp7: Signal<Local, Word>,
    ramp15: Signal<Local, Word>,
    steep: Signal<Local, Word>,
    sum: Signal<Local, Word>,
    scaled: Signal<Local, Word>,
}

impl Logic for Surrogate {
    #[hdl_gen]
    fn update(&mut self) {
        self.margin.next = self.v_th.val() - self.v_moved.val();
        self.sign.next = self.margin.val() >> 31;
        self.flipped.next = self.margin.val() ^ self.sign.val();
        self.distance.next = self.flipped.val() - self.sign.val();
        comment!("Ramps that end at 1, 3, 7 and 15 widths from the threshold.");
        self.room1.next = self.sur_w.val() - self.distance.val();
        self.room3.next = self.room1.val() + (self.sur_w.val() << 1);
        self.room7.next = self.room3.val() + (self.sur_w.val() << 2);
        self.room15.next = self.room7.val() + (self.sur_w.val() << 3);
        self.out1.next = self.room1.val() >> 31;
        self.out3.next = self.room3.val() >> 31;
        self.out7.next = self.room7.val() >> 31;
        self.out15.next = self.room15.val() >> 31;
        self.ramp1.next = self.room1.val() & !self.out1.val();
        self.ramp3.next = self.room3.val() & !self.out3.val();
        self.ramp7.next = self.room7.val() & !self.out7.val();
        self.ramp15.next = self.room15.val() & !self.out15.val();
        self.steep.next = (self.ramp1.val() << 6) + (self.ramp3.val() << 3) + self.ramp7.val();
        self.sum.next = (self.steep.val() << 3) - self.steep.val() + self.ramp15.val();
        self.scaled.next = self.sum.val() >> 7;
        self.nearness.next = self.scaled.val() & self.active.val();
    }
}
