//! Recorder lanes: the smallest and the largest value of a state over a window.

use crate::integers::S;
use rust_hdl_core::prelude::*;

type Word = S<32>;

/// `least_next = first tick ? state : min(least, state)`.
#[derive(LogicBlock, Default)]
pub struct WindowMin {
    /// Smallest value before the tick.
    pub least: Signal<In, Word>,
    /// New state.
    pub state: Signal<In, Word>,
    /// All ones, zero in a window's first tick.
    pub carry: Signal<In, Word>,
    /// Smallest value after the tick.
    pub least_next: Signal<Out, Word>,
}

impl Logic for WindowMin {
    #[hdl_gen]
    fn update(&mut self) {
        if self.carry.val() == 0 || self.state.val() < self.least.val() {
            self.least_next.next = self.state.val();
        } else {
            self.least_next.next = self.least.val();
        }
    }
}

/// `most_next = first tick ? state : max(most, state)`.
#[derive(LogicBlock, Default)]
pub struct WindowMax {
    /// Largest value before the tick.
    pub most: Signal<In, Word>,
    /// New state.
    pub state: Signal<In, Word>,
    /// All ones, zero in a window's first tick.
    pub carry: Signal<In, Word>,
    /// Largest value after the tick.
    pub most_next: Signal<Out, Word>,
}

impl Logic for WindowMax {
    #[hdl_gen]
    fn update(&mut self) {
        if self.carry.val() == 0 || self.state.val() > self.most.val() {
            self.most_next.next = self.state.val();
        } else {
            self.most_next.next = self.most.val();
        }
    }
}
