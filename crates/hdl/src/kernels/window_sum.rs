//! Recorder lane: the sum of a state over a window.

use crate::integers::S;
use rust_hdl_core::prelude::*;

type Word = S<32>;

/// `sum_next = sum + state`.
#[derive(LogicBlock, Default)]
pub struct WindowSum {
    /// Sum before the tick, zero in a window's first.
    pub sum: Signal<In, Word>,
    /// New state.
    pub state: Signal<In, Word>,
    /// Sum after the tick.
    pub sum_next: Signal<Out, Word>,
}

impl Logic for WindowSum {
    #[hdl_gen]
    fn update(&mut self) {
        self.sum_next.next = self.sum.val() + self.state.val();
    }
}
