//! Noise on the membrane's drive: uniform, symmetric, white, added with the rounding offset.

use crate::integers::S;
use rust_hdl_core::prelude::*;

type Word = S<32>;

/// `v_noisy = v_round +- ((noise_m * u + 128) >> 8)`, `u` and the sign from bits 23..16 and 31 of the second word.
#[derive(LogicBlock, Default)]
pub struct Noise {
    /// Second random word.
    pub redraw: Signal<In, Word>,
    /// Largest noise, guard LSB of V.
    pub noise_m: Signal<In, Word>,
    /// Rounding offset of the membrane's step, guard LSB of V.
    pub v_round: Signal<In, Word>,
    /// Offset and noise.
    pub v_noisy: Signal<Out, Word>,
    moved: Signal<Local, Word>,
    uniform: Signal<Local, Word>,
    product: Signal<Local, Word>,
    rounded: Signal<Local, Word>,
    size: Signal<Local, Word>,
    sign: Signal<Local, Word>,
    flipped: Signal<Local, Word>,
}

impl Logic for Noise {
    #[hdl_gen]
    fn update(&mut self) {
        self.moved.next = self.redraw.val() >> 16;
        self.uniform.next = self.moved.val() & 255;
        self.product.next = self.uniform.val() * self.noise_m.val();
        self.rounded.next = self.product.val() + 128;
        self.size.next = self.rounded.val() >> 8;
        comment!("Size and sign apart: the mean is zero exactly.");
        self.sign.next = self.redraw.val() >> 31;
        self.flipped.next = self.size.val() ^ self.sign.val();
        self.v_noisy.next = self.v_round.val() + self.flipped.val() - self.sign.val();
    }
}
