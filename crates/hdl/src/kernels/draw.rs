//! The random words of one neuron and tick, mixed from the layer's state and the neuron's index in the layer.
//!
//! The generator is linear in its bits: words that differed by an exclusive or would round alike or opposite for ever.
//! Additions break that up, with shifts between them so that every bit of a word hangs on every bit of its origin; fewer
//! rounds leave neighbours visibly correlated (measured in crates/sim/src/integer/random.rs).

use crate::integers::{S, U, signed_cast, unsigned_cast};
use rust_hdl_core::prelude::*;

type Word = U<32>;

/// First word: offsets below the LSB of the synaptic current.
#[derive(LogicBlock, Default)]
pub struct Draw {
    /// State of the layer's generator.
    pub random: Signal<In, Word>,
    /// Neuron's index in the layer, 12 bits.
    pub index: Signal<In, Word>,
    /// Random word.
    pub draw: Signal<Out, S<32>>,
    salt: Signal<Local, Word>,
    start: Signal<Local, Word>,
    first: Signal<Local, Word>,
    first_sum: Signal<Local, Word>,
    second: Signal<Local, Word>,
    second_sum: Signal<Local, Word>,
    third: Signal<Local, Word>,
    third_sum: Signal<Local, Word>,
    mixed: Signal<Local, Word>,
}

impl Logic for Draw {
    #[hdl_gen]
    fn update(&mut self) {
        comment!("The index thrice side by side, then three rounds of shift and add.");
        self.salt.next = self.index.val() | (self.index.val() << 12) | (self.index.val() << 24);
        self.start.next = self.random.val() + self.salt.val();
        self.first.next = self.start.val() ^ (self.start.val() >> 16);
        self.first_sum.next = self.first.val() + (self.first.val() << 5);
        self.second.next = self.first_sum.val() ^ (self.first_sum.val() >> 11);
        self.second_sum.next = self.second.val() + (self.second.val() << 3);
        self.third.next = self.second_sum.val() ^ (self.second_sum.val() >> 13);
        self.third_sum.next = self.third.val() + (self.third.val() << 9);
        self.mixed.next = self.third_sum.val() ^ (self.third_sum.val() >> 15);
        self.draw.next = signed_cast(self.mixed.val());
    }
}

/// Second word: offsets below the LSB of membrane and occupation, and noise.
#[derive(LogicBlock, Default)]
pub struct Redraw {
    /// First word.
    pub draw: Signal<In, S<32>>,
    /// Another one.
    pub redraw: Signal<Out, S<32>>,
    word: Signal<Local, Word>,
    sum: Signal<Local, Word>,
    mixed: Signal<Local, Word>,
}

impl Logic for Redraw {
    #[hdl_gen]
    fn update(&mut self) {
        self.word.next = unsigned_cast(self.draw.val());
        self.sum.next = self.word.val() + (self.word.val() << 9) + 466741653;
        self.mixed.next = self.sum.val() ^ (self.sum.val() >> 14);
        self.redraw.next = signed_cast(self.mixed.val());
    }
}
