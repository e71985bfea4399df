//! Recorder level `jacobian`: what a tick adds to the sums that a FeLIF neuron's mean linearisation follows from.
//!
//! Rates and flows a tick have the LSB 2^-24 (flows 2^-(p_bits+8) with fewer than 16 bits of p). Each sample stops short
//! of 2^20 (flows to both sides: 2^19), 0.06 a tick, so that 4096 of them stay within 32 bits;
//! sums over longer windows leave low bits out.

use crate::integers::S;
use rust_hdl_core::prelude::*;

type Word = S<32>;

/// Net flow, flow that follows the voltage, and rates of one tick; zero in a refractory one.
#[derive(LogicBlock, Default)]
pub struct Linearisation {
    /// `k+ (1-p)`, guard LSB of p.
    pub up_flow: Signal<In, Word>,
    /// All ones where `k+` is below its saturation.
    pub up_sign: Signal<In, Word>,
    /// Mantissa of `k+`.
    pub up_mant: Signal<In, Word>,
    /// Its right shift.
    pub up_shift: Signal<In, Word>,
    /// `k- p`, guard LSB of p.
    pub down_flow: Signal<In, Word>,
    /// All ones where `k-` is below its saturation.
    pub down_sign: Signal<In, Word>,
    /// Mantissa of `k-`.
    pub down_mant: Signal<In, Word>,
    /// Its right shift.
    pub down_shift: Signal<In, Word>,
    /// All ones, zero in a refractory tick.
    pub active: Signal<In, Word>,
    /// Guard bits beyond the sums' LSB.
    pub flow_shift: Signal<In, Word>,
    /// `k+ (1-p) - k- p`.
    pub net_flow: Signal<Out, Word>,
    /// `k+ (1-p) + k- p` of the rates below saturation: by `ln 2`, the derivative of the flow by log2 of `k+`.
    pub steep_flow: Signal<Out, Word>,
    /// `k+ + k-`.
    pub rates: Signal<Out, Word>,
    difference: Signal<Local, Word>,
    net: Signal<Local, Word>,
    capped: Signal<Local, Word>,
    below: Signal<Local, Word>,
    held: Signal<Local, Word>,
    steep_up: Signal<Local, Word>,
    steep_down: Signal<Local, Word>,
    steep_sum: Signal<Local, Word>,
    steep: Signal<Local, Word>,
    steep_held: Signal<Local, Word>,
    up_wide: Signal<Local, Word>,
    up_rate: Signal<Local, Word>,
    down_wide: Signal<Local, Word>,
    down_rate: Signal<Local, Word>,
    rate: Signal<Local, Word>,
    rate_held: Signal<Local, Word>,
}

impl Logic for Linearisation {
    #[hdl_gen]
    fn update(&mut self) {
        self.difference.next = self.up_flow.val() - self.down_flow.val();
        self.net.next = self.difference.val() >> self.flow_shift.val();
        if self.net.val() > 524287 {
            self.capped.next = 524287.into();
        } else {
            self.capped.next = self.net.val();
        }
        self.below.next = self.capped.val() + 524287;
        if self.below.val() < 0 {
            self.held.next = self.capped.val() - self.below.val();
        } else {
            self.held.next = self.capped.val();
        }
        self.net_flow.next = self.held.val() & self.active.val();
        self.steep_up.next = self.up_flow.val() & self.up_sign.val();
        self.steep_down.next = self.down_flow.val() & self.down_sign.val();
        self.steep_sum.next = self.steep_up.val() + self.steep_down.val();
        self.steep.next = self.steep_sum.val() >> self.flow_shift.val();
        if self.steep.val() > 1048575 {
            self.steep_held.next = 1048575.into();
        } else {
            self.steep_held.next = self.steep.val();
        }
        self.steep_flow.next = self.steep_held.val() & self.active.val();
        comment!(
            "A rate is mantissa * 2^-8 by its shift: with 24 fraction bits, 16 more to the left."
        );
        self.up_wide.next = self.up_mant.val() << 16;
        self.up_rate.next = self.up_wide.val() >> self.up_shift.val();
        self.down_wide.next = self.down_mant.val() << 16;
        self.down_rate.next = self.down_wide.val() >> self.down_shift.val();
        self.rate.next = self.up_rate.val() + self.down_rate.val();
        if self.rate.val() > 1048575 {
            self.rate_held.next = 1048575.into();
        } else {
            self.rate_held.next = self.rate.val();
        }
        self.rates.next = self.rate_held.val() & self.active.val();
    }
}
