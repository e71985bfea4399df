//! Recorder lane: the sum of a state over a window.

use crate::integers::S;
use rust_hdl_core::prelude::*;

type Word = S<32>;

/// `sum_next = (first tick ? 0 : sum) + state`.
#[derive(LogicBlock, Default)]
pub struct WindowSum {
    /// Sum before the tick.
    pub sum: Signal<In, Word>,
    /// New state.
    pub state: Signal<In, Word>,
    /// All ones, zero in a window's first tick.
    pub carry: Signal<In, Word>,
    /// Sum after the tick.
    pub sum_next: Signal<Out, Word>,
    kept: Signal<Local, Word>,
}

impl Logic for WindowSum {
    #[hdl_gen]
    fn update(&mut self) {
        self.kept.next = self.sum.val() & self.carry.val();
        self.sum_next.next = self.kept.val() + self.state.val();
    }
}
