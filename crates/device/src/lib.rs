//! Device physics in float, and the step from a description to the integer codes of the datapath.
//!
//! This crate knows nothing of Verilog or simulation.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod chip;
mod codes;
mod coefficient;
mod copies;
mod current;
mod dead_zones;
mod device_parameter;
mod die;
mod draws;
mod effects;
mod equations;
mod felif;
mod fine_table;
mod limits;
mod model;
mod neuron_costs;
mod neuron_parameter;
mod noise;
mod rram;
mod specimen;
mod virtual_chip;

pub use bruno_model::{Finding, Verdict};
pub use chip::{Chip, Layer, Options};
pub use codes::{Codes, Constants, GUARD_BITS, Misfit, PRE_TARGET_BITS};
pub use coefficient::Coefficient;
pub use current::CurrentWord;
pub use device_parameter::DeviceParameter;
pub use die::die_layer;
pub use draws::Draws;
pub use effects::{Effects, EffectsInForce};
pub use equations::{Equations, Local, Locals, Matrix, Means};
pub use felif::{Felif, KELVIN_PER_VOLT, TICK_S};
pub use fine_table::FineTable;
pub use model::{
    DesignRule, Event, FIRE, Gathers, LayerKind, Lively, MOST_STATES, ModelPort, ModelSignal,
    NeuronModel, NeuronProgram, Quantity, RecordWord, Recorder, RegisterId, Rest, RoundingBits,
    RoundingOffset, Sample, SampleId, Signal, State, StateId, Threshold,
};
pub use neuron_costs::{NeuronCosts, OfMembrane};
pub use neuron_parameter::{FileParameter, NeuronParameter};
pub use rram::levels_pa;
pub use specimen::{DieQuantity, die_quantities, heat, heat_card, heat_parameters, move_to_corner};
pub use virtual_chip::{HeldProjection, LayerTables, VirtualLayer, fine_table};
