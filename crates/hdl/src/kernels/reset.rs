//! What a spike resets (docs/semantics.md, step 7), apart from the neuron: few neurons fire in a tick.

use crate::integers::S;
use rust_hdl_core::prelude::*;

type Word = S<32>;

/// `v_next = spike ? v_reset : v_moved`, `refr_next = spike ? t_ref : refr_left`.
#[derive(LogicBlock, Default)]
pub struct MembraneReset {
    /// 1: the neuron fired.
    pub spike: Signal<In, Word>,
    /// Membrane after the tick, before the reset.
    pub v_moved: Signal<In, Word>,
    /// Refractory ticks left.
    pub refr_left: Signal<In, Word>,
    /// Membrane after a spike.
    pub v_reset: Signal<In, Word>,
    /// Refractory time, ticks.
    pub t_ref: Signal<In, Word>,
    /// Membrane after the tick.
    pub v_next: Signal<Out, Word>,
    /// Refractory ticks left after the tick.
    pub refr_next: Signal<Out, Word>,
}

impl Logic for MembraneReset {
    #[hdl_gen]
    fn update(&mut self) {
        if self.spike.val().get_bit(0) {
            self.v_next.next = self.v_reset.val();
            self.refr_next.next = self.t_ref.val();
        } else {
            self.v_next.next = self.v_moved.val();
            self.refr_next.next = self.refr_left.val();
        }
    }
}

/// `p_next = spike and not keep_p ? p_reset : p_moved`.
#[derive(LogicBlock, Default)]
pub struct OccupationReset {
    /// 1: the neuron fired.
    pub spike: Signal<In, Word>,
    /// Occupation after the tick, before the reset.
    pub p_moved: Signal<In, Word>,
    /// Occupation after a spike.
    pub p_reset: Signal<In, Word>,
    /// 1: a spike keeps the occupation.
    pub keep_p: Signal<In, Word>,
    /// Occupation after the tick.
    pub p_next: Signal<Out, Word>,
}

impl Logic for OccupationReset {
    #[hdl_gen]
    fn update(&mut self) {
        if self.spike.val().get_bit(0) && !self.keep_p.val().get_bit(0) {
            self.p_next.next = self.p_reset.val();
        } else {
            self.p_next.next = self.p_moved.val();
        }
    }
}
