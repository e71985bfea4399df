//! The decimator: where a tick stands in its window.

use crate::integers::S;
use rust_hdl_core::prelude::*;

type Word = S<32>;

/// Window counter: `first` and `last` tick, and the next count.
#[derive(LogicBlock, Default)]
pub struct Decimator {
    /// Ticks of the window that are done.
    pub count: Signal<In, Word>,
    /// Window length K, ticks.
    pub window: Signal<In, Word>,
    /// Count after this tick.
    pub count_next: Signal<Out, Word>,
    /// 1: first tick of a window.
    pub first: Signal<Out, Word>,
    /// 1: last tick of a window.
    pub last: Signal<Out, Word>,
    done: Signal<Local, Word>,
    behind: Signal<Local, Word>,
    ended: Signal<Local, Word>,
    running: Signal<Local, Word>,
    zero: Signal<Local, Word>,
    sign: Signal<Local, Word>,
}

impl Logic for Decimator {
    #[hdl_gen]
    fn update(&mut self) {
        self.done.next = self.count.val() + 1;
        self.behind.next = self.done.val() - self.window.val();
        self.running.next = self.behind.val() >> 31;
        self.count_next.next = self.done.val() & self.running.val();
        self.ended.next = self.running.val() + 1;
        self.last.next = self.ended.val();
        self.zero.next = self.count.val() - 1;
        self.sign.next = self.zero.val() >> 31;
        self.first.next = self.sign.val() & 1;
    }
}
