//! Recorder lanes: the smallest and the largest value of a state over a window.

use crate::integers::S;
use rust_hdl_core::prelude::*;

type Word = S<32>;

/// `least_next = min(least, state)`.
#[derive(LogicBlock, Default)]
pub struct WindowMin {
    /// Smallest value before the tick, the largest of all in a window's first.
    pub least: Signal<In, Word>,
    /// New state.
    pub state: Signal<In, Word>,
    /// Smallest value after the tick.
    pub least_next: Signal<Out, Word>,
}

impl Logic for WindowMin {
    #[hdl_gen]
    fn update(&mut self) {
        if self.state.val() < self.least.val() {
            self.least_next.next = self.state.val();
        } else {
            self.least_next.next = self.least.val();
        }
    }
}

/// `most_next = max(most, state)`.
#[derive(LogicBlock, Default)]
pub struct WindowMax {
    /// Largest value before the tick, the smallest of all in a window's first.
    pub most: Signal<In, Word>,
    /// New state.
    pub state: Signal<In, Word>,
    /// Largest value after the tick.
    pub most_next: Signal<Out, Word>,
}

impl Logic for WindowMax {
    #[hdl_gen]
    fn update(&mut self) {
        if self.state.val() > self.most.val() {
            self.most_next.next = self.state.val();
        } else {
            self.most_next.next = self.most.val();
        }
    }
}
