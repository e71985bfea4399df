//! Random numbers of a layer: the state that every neuron's word of a tick is mixed from.

use crate::integers::U;
use rust_hdl_core::prelude::*;

type Word = U<32>;

/// One step of Marsaglia's xorshift generator (13, 17, 5): all 2^32 - 1 states but zero, in one cycle.
#[derive(LogicBlock, Default)]
pub struct Generator {
    /// State of this tick.
    pub state: Signal<In, Word>,
    /// State of the next tick.
    pub state_next: Signal<Out, Word>,
    first: Signal<Local, Word>,
    second: Signal<Local, Word>,
}

impl Logic for Generator {
    #[hdl_gen]
    fn update(&mut self) {
        self.first.next = self.state.val() ^ (self.state.val() << 13);
        self.second.next = self.first.val() ^ (self.first.val() >> 17);
        self.state_next.next = self.second.val() ^ (self.second.val() << 5);
    }
}
