//! Stochastic rounding: random offsets below the LSB in place of the rounding halves, so that the result is right on
//! average. Each takes bits of the neuron's words that no other takes.

use crate::integers::S;
use rust_hdl_core::prelude::*;

type Word = S<32>;

/// Offset of the synapse's decay: the first word under the mask `2^s - 1`.
#[derive(LogicBlock, Default)]
pub struct SynapseOffset {
    /// First random word.
    pub draw: Signal<In, Word>,
    /// `2^s - 1`.
    pub i_dec_h: Signal<In, Word>,
    /// Offset.
    pub i_round: Signal<Out, Word>,
}

impl Logic for SynapseOffset {
    #[hdl_gen]
    fn update(&mut self) {
        self.i_round.next = self.draw.val() & self.i_dec_h.val();
    }
}

/// Offset of the membrane's step: bits 7..0 of the second word.
#[derive(LogicBlock, Default)]
pub struct MembraneOffset {
    /// Second random word.
    pub redraw: Signal<In, Word>,
    /// Offset, guard LSB of V.
    pub v_round: Signal<Out, Word>,
}

impl Logic for MembraneOffset {
    #[hdl_gen]
    fn update(&mut self) {
        self.v_round.next = self.redraw.val() & 255;
    }
}

/// Offset of the occupation's step: bits 15..8 of the second word.
#[derive(LogicBlock, Default)]
pub struct OccupationOffset {
    /// Second random word.
    pub redraw: Signal<In, Word>,
    /// Offset, guard LSB of p.
    pub p_round: Signal<Out, Word>,
    moved: Signal<Local, Word>,
}

impl Logic for OccupationOffset {
    #[hdl_gen]
    fn update(&mut self) {
        self.moved.next = self.redraw.val() >> 8;
        self.p_round.next = self.moved.val() & 255;
    }
}
