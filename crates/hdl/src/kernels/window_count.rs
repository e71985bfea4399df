//! Recorder lane: events in a window, stopping at the counter's end.

use crate::integers::S;
use rust_hdl_core::prelude::*;

type Word = S<32>;

/// `count_next = min(count + add, 2^20 - 1)`.
#[derive(LogicBlock, Default)]
pub struct WindowCount {
    /// Count before the tick, zero in a window's first.
    pub count: Signal<In, Word>,
    /// Events of this tick.
    pub add: Signal<In, Word>,
    /// Count after the tick.
    pub count_next: Signal<Out, Word>,
    wanted: Signal<Local, Word>,
}

impl Logic for WindowCount {
    #[hdl_gen]
    fn update(&mut self) {
        self.wanted.next = self.count.val() + self.add.val();
        if self.wanted.val() > 1048575 {
            self.count_next.next = 1048575.into();
        } else {
            self.count_next.next = self.wanted.val();
        }
    }
}
