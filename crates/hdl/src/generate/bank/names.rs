//! Names of a bank's arrays beside the states, which its neurons declare; in one place: the generator declares the arrays by them, and whoever looks for one in the RTL
//! or in what a tool made of it (`bruno-verilator`) takes the name from here.

/// Temporary of a tick: current that the spiking channels inject.
pub const INJECT: &str = "inject";
/// Temporary of a tick: saturated updates.
pub const CLIPPED: &str = "clipped";
/// Temporary of a tick: all ones where the neuron fired.
pub const FIRED: &str = "fired";
/// The temporaries: written for all neurons in a tick before they are read.
pub const TEMPORARIES: [&str; 3] = [INJECT, CLIPPED, FIRED];

/// Weight codes `[channel][neuron]`.
pub const CODE: &str = "code";
/// Currents of the codes of the inputs.
pub const LEVEL: &str = "level";
/// Currents of the codes of recurrent synapses.
pub const REC_LEVEL: &str = "rec_level";

/// The words in a module of a memory; of a folded chip those of a state, whose name the instance has behind `u_`.
pub const MEMORY: &str = "memory";
