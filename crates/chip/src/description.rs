//! The description as the user writes it (JSON). Unknown fields are errors; every optional field has its default here.

use crate::Interfaces;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

mod door;
mod given;
mod neuron_file;
mod preset;
mod rram;
mod variability;

pub use neuron_file::NeuronFile;
pub use rram::{DieConductance, Drift, Mapping, Programming, ReadNoise, Rram, Stuck};
pub use variability::{Spread, Variability};

/// A whole chip: inputs, layers of neurons, a readout, formats.
///
/// One that was read, wherever it stood, was checked (`door.rs`). One that was changed since is checked where a chip is
/// made of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Description {
    /// Name of the chip; prefix of every Verilog module.
    pub name: String,
    /// Number of input channels M.
    pub inputs: usize,
    /// Hidden layers, in order.
    pub layers: Vec<LayerDescription>,
    /// Leaky-integrator outputs.
    pub readout: ReadoutDescription,
    /// Word lengths and ranges.
    #[serde(default)]
    pub formats: Formats,
    /// Rounding of every quantisation.
    #[serde(default)]
    pub rounding: Rounding,
    /// Start of the chip's random numbers (stochastic rounding, noise); every layer derives its own from it.
    #[serde(default = "default_seed", skip_serializing_if = "is_default_seed")]
    #[schemars(extend("default" = default_seed()))]
    pub seed: u32,
    /// Window length K, in ticks of 1 us.
    #[serde(default = "default_window")]
    pub window_ticks: u32,
    /// What the state recorder keeps of a window.
    #[serde(default)]
    pub recorder: RecorderLevel,
    /// Largest number of neurons in one bank (one recorder stream each).
    #[serde(default = "default_bank")]
    pub bank_neurons: usize,
    /// How the chip is connected to a system; bare ports where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interfaces: Option<Interfaces>,
    /// Neurons of a bank that share one datapath, in as many cycles of a faster clock; a power of two.
    #[serde(default = "default_fold", skip_serializing_if = "is_unfolded")]
    #[schemars(extend("default" = default_fold()))]
    pub fold: usize,
    /// Longest path that a folded datapath is cut into stages for, ns of a 0.18 um process. Longer stages are fewer, with
    /// fewer flip-flops between them, for a slower clock.
    #[serde(default = "default_stage", skip_serializing_if = "is_default_stage")]
    #[schemars(extend("default" = default_stage()))]
    pub stage_ns: f64,
    /// Whether registers and level tables can be written, or are constants of the Verilog.
    #[serde(default, skip_serializing_if = "Card::is_programmable")]
    #[schemars(extend("default" = "programmable"))]
    pub card: Card,
    // Read by the training crate, opaque here.
    /// Settings of training.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training: Option<serde_json::Value>,
}

/// What becomes of a chip's registers and level tables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Card {
    /// Registers and memories, written over the bus; after a reset they hold the description's card.
    #[default]
    Programmable,
    /// Constants of the Verilog: the description's card for good. Weights and seeds are still written.
    Frozen,
}

impl Card {
    fn is_programmable(&self) -> bool {
        *self == Self::Programmable
    }
}

/// One hidden layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayerDescription {
    /// Name of the layer; part of its Verilog module's name.
    pub name: String,
    /// Neuron model that bruno knows by hand; absent where `model` gives another.
    #[serde(
        default = "NeuronKind::of_file",
        skip_serializing_if = "NeuronKind::is_file"
    )]
    pub kind: NeuronKind,
    /// Neuron model as a file: `my.nrn` beside the description, or the name of one that comes with bruno.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<NeuronFile>,
    /// Parameters of `model` that differ from its defaults, in the units of its file.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, f64>,
    /// Noise on the state that the condition of `model` compares: rms of what each tick adds (white), in the unit of its
    /// file; absent: no noise hardware. `device` has that of a `kind`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise_rms: Option<f64>,
    /// Number of neurons N.
    pub neurons: usize,
    /// Whether the layer's spikes feed back to itself, one tick later.
    #[serde(default)]
    pub recurrent: bool,
    /// The physical neuron of a `kind`.
    #[serde(default)]
    pub device: DeviceCard,
    /// Spread of the neurons between dies and between devices; none where absent.
    #[serde(
        default,
        deserialize_with = "variability::read",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(schema_with = "variability::schema")]
    pub variability: Option<Variability>,
    /// Synapses from the layer before (or the inputs).
    pub synapse: Synapse,
    /// Synapses of the recurrence; those of the input where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurrent_synapse: Option<Synapse>,
}

/// The leaky-integrator readout: a synaptic current and no membrane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadoutDescription {
    /// Number of outputs.
    pub outputs: usize,
    /// Time constant of the integrator, ms.
    #[serde(default = "default_readout_tau")]
    pub tau_ms: f64,
    /// Synapses from the last layer.
    pub synapse: Synapse,
}

/// Neuron models of the array.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NeuronKind {
    /// Leaky integrate-and-fire with a ferroelectric membrane capacitor.
    Felif,
    /// The same without switching.
    Lif,
    /// The one of the layer's `model`.
    #[serde(skip)]
    File,
}

impl NeuronKind {
    fn of_file() -> Self {
        Self::File
    }

    fn is_file(&self) -> bool {
        *self == Self::File
    }
}

/// RRAM synapses of one projection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Synapse {
    /// Bits of the stored code, 1..8.
    #[serde(default = "default_bits")]
    pub bits: u32,
    /// Largest current of a level, pA; the 2^bits levels stand evenly in +-range.
    #[serde(default, rename = "range_pA", skip_serializing_if = "Option::is_none")]
    pub range_pa: Option<f64>,
    /// The level table itself, 2^bits currents in pA, ascending.
    #[serde(default, rename = "levels_pA", skip_serializing_if = "Option::is_none")]
    pub levels_pa: Option<Vec<f64>>,
    /// The devices behind the levels; ideal levels where absent.
    #[serde(
        default,
        deserialize_with = "rram::read",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(schema_with = "rram::schema")]
    pub rram: Option<Rram>,
}

/// The physical neuron: FeCap, leak, threshold, timing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DeviceCard {
    /// Area of the ferroelectric capacitor, um2.
    pub area_um2: f64,
    /// Thickness of the ferroelectric layer, nm.
    pub t_fe_nm: f64,
    /// Relative permittivity of the ferroelectric layer.
    pub eps_fe: f64,
    /// Switching barrier, eV.
    #[serde(rename = "w_b_eV")]
    pub w_b_ev: f64,
    /// Field distance of the barrier, nm.
    pub d_e_nm: f64,
    /// Offset field, MV/m.
    #[serde(rename = "e_off_MV_m")]
    pub e_off_mv_m: f64,
    /// Spontaneous polarisation, C/m2.
    #[serde(rename = "p_s_C_m2")]
    pub p_s_c_m2: f64,
    /// Series capacitance of interface and depletion layers, F/m2; absent: none (infinite).
    #[serde(rename = "c_series_F_m2", skip_serializing_if = "Option::is_none")]
    pub c_series_f_m2: Option<f64>,
    /// Occupation at which the depolarisation voltage is zero.
    pub p_ref: f64,
    /// Temperature, K.
    #[serde(rename = "temperature_K")]
    pub temperature_k: f64,
    /// Leak conductance, pS.
    #[serde(rename = "g_leak_pS")]
    pub g_leak_ps: f64,
    /// Threshold, V.
    #[serde(rename = "v_th_V")]
    pub v_th_v: f64,
    /// Membrane after a spike, V.
    #[serde(rename = "v_reset_V")]
    pub v_reset_v: f64,
    /// Lower clamp of the membrane, V.
    #[serde(rename = "v_floor_V")]
    pub v_floor_v: f64,
    /// Occupation after a spike.
    pub p_reset: f64,
    /// Whether a spike keeps the occupation instead.
    pub keep_p: bool,
    /// Refractory time, ms.
    pub t_ref_ms: f64,
    /// Time constant of the synaptic current, ms.
    pub tau_syn_ms: f64,
    /// Noise current on the membrane, pA rms in every tick (white); absent: no noise hardware.
    #[serde(rename = "noise_pA_rms", skip_serializing_if = "Option::is_none")]
    pub noise_pa_rms: Option<f64>,
}

impl Default for DeviceCard {
    /// The published HfO2 card (Heracles, arXiv 2410.07791) without series layers, in a regime that works at 4 um2.
    fn default() -> Self {
        Self {
            area_um2: 4.0,
            t_fe_nm: 9.8,
            eps_fe: 70.0,
            w_b_ev: 1.05,
            d_e_nm: 7.5,
            e_off_mv_m: 20.0,
            p_s_c_m2: 0.27,
            c_series_f_m2: None,
            p_ref: 0.0,
            temperature_k: 300.0,
            g_leak_ps: 20.0,
            v_th_v: 0.8,
            v_reset_v: 0.0,
            v_floor_v: -0.5,
            p_reset: 0.0,
            keep_p: false,
            t_ref_ms: 2.0,
            tau_syn_ms: 10.0,
            noise_pa_rms: None,
        }
    }
}

/// Word lengths and full-scale ranges of the states. With stochastic rounding the default word lengths are shorter: 18 bits
/// of V, 16 of p, 20 of the current.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Formats {
    /// Bits of the membrane code.
    pub v_bits: u32,
    /// Full scale of the membrane, V.
    #[serde(rename = "v_range_V")]
    pub v_range_v: f64,
    /// Bits of the occupation code.
    pub p_bits: u32,
    /// Bits of the current code.
    pub i_bits: u32,
    /// Full scale of the current, pA.
    #[serde(rename = "i_range_pA")]
    pub i_range_pa: f64,
}

impl Formats {
    /// Default bits of V, p and I with stochastic rounding: it needs no long words to see small steps.
    pub const STOCHASTIC_BITS: [u32; 3] = [18, 16, 20];
}

impl Default for Formats {
    fn default() -> Self {
        Self {
            v_bits: 20,
            v_range_v: 2.0,
            p_bits: 20,
            i_bits: 24,
            i_range_pa: 1024.0,
        }
    }
}

/// Rounding of every quantisation in the datapath.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Rounding {
    /// To nearest, half up.
    #[default]
    Nearest,
    /// Up or down at random, right on average.
    Stochastic,
    /// Toward zero (`lif` layers only).
    Truncate,
}

/// What the recorder keeps of each window and neuron.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RecorderLevel {
    /// States at the window's end, spike and saturation counts.
    Sample,
    /// Also the sums of V and p over the window.
    #[default]
    Mean,
    /// Also the sums that the window's mean linearisation follows from: flow, its slope, rates, surrogate.
    Jacobian,
    /// Like `sample`, and the smallest and largest V and p of the window.
    Minmax,
}

fn default_seed() -> u32 {
    1
}
fn is_default_seed(seed: &u32) -> bool {
    *seed == default_seed()
}
fn default_window() -> u32 {
    1000
}
fn default_bank() -> usize {
    128
}
fn default_fold() -> usize {
    1
}
/// Length of a pipeline stage where nothing is said, ns: a multiplier and an adder.
pub const STAGE_NS: f64 = 7.0;
fn default_stage() -> f64 {
    STAGE_NS
}
fn is_default_stage(stage_ns: &f64) -> bool {
    *stage_ns == default_stage()
}
fn is_unfolded(fold: &usize) -> bool {
    *fold == 1
}
fn default_bits() -> u32 {
    3
}
fn default_readout_tau() -> f64 {
    20.0
}
