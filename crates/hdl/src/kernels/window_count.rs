//! Recorder lane: events in a window, stopping at the counter's end.

use crate::integers::S;
use rust_hdl_core::prelude::*;

type Word = S<32>;

/// `count_next = min((first tick ? 0 : count) + add, 2^20 - 1)`.
#[derive(LogicBlock, Default)]
pub struct WindowCount {
    /// Count before the tick.
    pub count: Signal<In, Word>,
    /// Events of this tick.
    pub add: Signal<In, Word>,
    /// All ones, zero in a window's first tick.
    pub carry: Signal<In, Word>,
    /// Count after the tick.
    pub count_next: Signal<Out, Word>,
    kept: Signal<Local, Word>,
    wanted: Signal<Local, Word>,
}

impl Logic for WindowCount {
    #[hdl_gen]
    fn update(&mut self) {
        self.kept.next = self.count.val() & self.carry.val();
        self.wanted.next = self.kept.val() + self.add.val();
        if self.wanted.val() > 1048575 {
            self.count_next.next = 1048575.into();
        } else {
            self.count_next.next = self.wanted.val();
        }
    }
}
