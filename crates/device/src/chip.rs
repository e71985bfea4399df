//! A resolved chip: every default filled in, every integer code derived. What later stages work from.

mod of_file;
pub(crate) mod programs;

use crate::dead_zones::DeadZones;
use crate::{
    Codes, Constants, CurrentWord, Felif, Finding, LayerKind, NeuronModel, Recorder, RegisterId,
    TICK_S, limits, rram,
};
use bruno_chip::{
    Card, ChipError, Description, DeviceRegister, LayerDescription, Problem, RecorderLevel,
    Rounding, Synapse,
};
use serde::Serialize;
use std::sync::Arc;

/// A layer of the resolved chip; the readout is the last one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Layer {
    /// Name, unique in the chip.
    pub name: String,
    /// Whose arithmetic it computes.
    pub kind: LayerKind,
    /// What its neurons keep, take and tell.
    #[serde(skip)]
    pub model: Arc<NeuronModel>,
    /// Number of neurons N.
    pub neurons: usize,
    /// Channels from the layer before (or the chip's inputs).
    pub inputs: usize,
    /// Whether N recurrent channels follow the inputs.
    pub recurrent: bool,
    /// Word of the synaptic current.
    #[serde(skip)]
    pub current: CurrentWord,
    /// Bits of a stored weight code.
    pub bits: u32,
    /// Level codes of the input synapses, LSB of I, 2^bits entries.
    pub levels: Vec<i32>,
    /// Level codes of the recurrent synapses (as many), empty without recurrence.
    pub recurrent_levels: Vec<i32>,
    /// Register values.
    pub codes: Codes,
    /// Neurons of each bank, in order; their sum is N.
    pub banks: Vec<usize>,
    /// Hardware that only some chips have.
    pub options: Options,
    /// Registers and level tables are constants.
    #[serde(skip)]
    pub frozen: bool,
}

/// Hardware that is left out at generation unless the description asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Options {
    /// Random offsets below the LSB of every rounding of a state.
    pub stochastic: bool,
    /// Noise on the membrane's drive.
    pub noise: bool,
    /// Sums of the recorder level `jacobian`.
    pub jacobian: bool,
}

impl Options {
    /// Whether the layer needs random words.
    pub fn random(self) -> bool {
        self.stochastic || self.noise
    }
}

impl Layer {
    /// Presynaptic channels, recurrence included.
    pub fn fan_in(&self) -> usize {
        self.inputs + if self.recurrent { self.neurons } else { 0 }
    }

    /// Registers that the bus writes and reads, in the order of their addresses: all, or where the card is frozen the seed.
    pub fn bus_registers(&self) -> impl Iterator<Item = RegisterId> + '_ {
        let seed = RegisterId::from(DeviceRegister::Seed);
        let all = self.model.registers.iter().copied();
        all.filter(move |r| !self.frozen || *r == seed)
    }

    /// Time constant of the synaptic current in force, s.
    pub fn tau_syn_s(&self) -> f64 {
        -TICK_S / (-self.current_loss()).ln_1p()
    }

    /// Share of the synaptic current that a tick takes.
    pub fn current_loss(&self) -> f64 {
        match &self.model.program {
            None => self.codes.i_dec.value(),
            Some(program) => program.input_loss(&self.codes.own),
        }
    }

    /// Refractory time in force, ticks.
    pub fn refractory_ticks(&self) -> u32 {
        match &self.model.program {
            None => self.codes.t_ref as u32,
            Some(program) => program.refractory_ticks(&self.codes.own),
        }
    }

    /// Whether its neurons spike; those of the readout do not.
    pub fn spikes(&self) -> bool {
        self.model.fires.is_some()
    }
}

/// A chip ready to be generated, simulated or trained.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chip {
    /// Name, prefix of its Verilog modules.
    pub name: String,
    /// Input channels M.
    pub inputs: usize,
    /// Hidden layers in order, then the readout.
    pub layers: Vec<Layer>,
    /// Rounding of every quantisation.
    pub rounding: Rounding,
    /// Default window length, ticks.
    pub window_ticks: u32,
    /// Recorder level.
    pub recorder: RecorderLevel,
    /// Neurons that share one datapath, a power of two.
    pub fold: usize,
    /// Longest path of a stage of a folded datapath, ns of a 0.18 um process.
    pub stage_ns: f64,
    /// Constants of the datapath.
    pub constants: Constants,
    /// The description with all defaults filled in.
    pub description: Description,
}

impl Chip {
    /// Resolves a description. `file` is named in errors; limits that make the chip impossible are errors, others
    /// are in [`Chip::findings`].
    ///
    /// # Errors
    /// Values out of their range: whatever was changed since a description was read, no chip is made of it unchecked.
    pub fn resolve(file: &str, description: &Description) -> Result<Self, ChipError> {
        let invalid = |problems| ChipError::Invalid {
            file: file.into(),
            problems,
        };
        let mut problems = description.problems();
        if !problems.is_empty() {
            return Err(invalid(problems));
        }
        let mut layers = Vec::new();
        let mut inputs = description.inputs;
        for index in 0..description.layers.len() {
            match hidden_layer(description, index, inputs) {
                Ok(layer) => layers.push(layer),
                Err(found) => problems.extend(found),
            }
            inputs = description.layers[index].neurons;
        }
        layers.push(readout_layer(description, inputs));
        let chip = Self {
            name: description.name.clone(),
            inputs: description.inputs,
            layers,
            rounding: description.rounding,
            window_ticks: description.window_ticks,
            recorder: description.recorder,
            fold: description.fold,
            stage_ns: description.stage_ns,
            constants: Constants::new(&description.formats),
            description: description.clone(),
        };
        problems.extend(limits::impossible(&chip));
        if problems.is_empty() {
            Ok(chip)
        } else {
            Err(invalid(problems))
        }
    }

    /// Dead zones, stability and other limits worth knowing, with their numbers.
    pub fn findings(&self) -> Vec<Finding> {
        limits::findings(self)
    }

    /// Largest constant current that never moves the membrane of layer `index`, pA: what lies within the dead zone has no
    /// effect of its own. 0 for the readout, which has no membrane.
    pub fn dead_current_pa(&self, index: usize) -> f64 {
        let layer = &self.layers[index];
        self.description.layers.get(index).map_or(0.0, |raw| {
            if layer.kind == LayerKind::File {
                // Guard bits and words as long as a state needs: what is left has no name of its own here.
                return 0.0;
            }
            let model = Felif::new(&raw.device);
            let formats = &self.description.formats;
            DeadZones::of(layer, &model, formats, self.rounding).current_pa
        })
    }

    /// Index of the readout in `layers`.
    pub fn readout(&self) -> usize {
        self.layers.len() - 1
    }
}

/// What a layer's neurons are, and what stands in their registers.
struct Neurons {
    kind: LayerKind,
    model: Arc<NeuronModel>,
    codes: Codes,
    current: CurrentWord,
}

fn hidden_layer(d: &Description, index: usize, inputs: usize) -> Result<Layer, Vec<Problem>> {
    let layer = &d.layers[index];
    let recurrent = layer.recurrent_synapse.as_ref().unwrap_or(&layer.synapse);
    let options = Options {
        stochastic: d.rounding == Rounding::Stochastic,
        noise: layer.device.noise_pa_rms.or(layer.noise_rms).is_some(),
        jacobian: d.recorder == RecorderLevel::Jacobian,
    };
    let at = format!("layers[{index}]");
    let neurons = match &layer.model {
        Some(_) => of_file::neurons(d, layer, options, &at)?,
        None => of_kind(d, layer, options, &at).map_err(|problem| vec![problem])?,
    };
    if recurrent.bits != layer.synapse.bits {
        return Err(vec![Problem {
            field: format!("{at}.recurrent_synapse.bits"),
            value: recurrent.bits.to_string(),
            allowed: format!("{} (the bits of `synapse`)", layer.synapse.bits),
            remedy: "one layer stores its codes in one width".into(),
        }]);
    }
    Ok(Layer {
        name: layer.name.clone(),
        kind: neurons.kind,
        model: neurons.model,
        neurons: layer.neurons,
        inputs,
        recurrent: layer.recurrent,
        bits: layer.synapse.bits,
        levels: level_codes(neurons.current, &layer.synapse),
        recurrent_levels: if layer.recurrent {
            level_codes(neurons.current, recurrent)
        } else {
            Vec::new()
        },
        codes: Codes {
            seed: layer_seed(d.seed, index),
            ..neurons.codes
        },
        current: neurons.current,
        banks: banks(layer.neurons, d.bank_neurons),
        options,
        frozen: d.card == Card::Frozen,
    })
}

/// Neurons of a hand-written kind.
fn of_kind(
    d: &Description,
    layer: &LayerDescription,
    options: Options,
    at: &str,
) -> Result<Neurons, Problem> {
    let codes = Codes::new(&layer.device, &d.formats, d.rounding).map_err(|e| Problem {
        field: format!("{at}.device.{}", e.field),
        value: format!("in force as a coefficient of {:.3e}", e.coefficient),
        allowed: format!(
            "coefficients below {} ({} bits) after scaling",
            1u32 << e.bits,
            e.bits
        ),
        remedy: "bring the value nearer to its default or change `formats`".into(),
    })?;
    let kind = LayerKind::from(layer.kind);
    let model = NeuronModel::of(kind, &d.formats, Recorder::of(d), options);
    Ok(Neurons {
        kind,
        model: Arc::new(model.ok_or_else(|| of_file::absent(at))?),
        codes,
        current: CurrentWord::from(&d.formats),
    })
}

fn readout_layer(d: &Description, inputs: usize) -> Layer {
    let options = Options {
        stochastic: d.rounding == Rounding::Stochastic,
        noise: false,
        jacobian: false,
    };
    let current = CurrentWord::from(&d.formats);
    Layer {
        name: "readout".into(),
        kind: LayerKind::Readout,
        model: Arc::new(NeuronModel::readout(&d.formats, Recorder::of(d), options)),
        neurons: d.readout.outputs,
        inputs,
        recurrent: false,
        bits: d.readout.synapse.bits,
        levels: level_codes(current, &d.readout.synapse),
        recurrent_levels: Vec::new(),
        codes: Codes {
            seed: layer_seed(d.seed, d.layers.len()),
            ..Codes::readout(d.readout.tau_ms, d.rounding)
        },
        current,
        banks: banks(d.readout.outputs, d.bank_neurons),
        options,
        frozen: d.card == Card::Frozen,
    }
}

/// The 30-bit seed of a layer: a hash, so that layers of one chip, and chips of neighbouring seeds, draw apart.
fn layer_seed(seed: u32, index: usize) -> i32 {
    let mut h = seed.wrapping_add((index as u32 + 1).wrapping_mul(0x9e37_79b9));
    h = (h ^ (h >> 16)).wrapping_mul(0x21f0_aaad);
    h = (h ^ (h >> 15)).wrapping_mul(0x735a_2d97);
    ((h ^ (h >> 15)) >> 2) as i32
}

fn level_codes(current: CurrentWord, synapse: &Synapse) -> Vec<i32> {
    let code = |level: f64| current.code(level);
    rram::levels_pa(synapse).into_iter().map(code).collect()
}

/// Even banks of at most `largest` neurons.
fn banks(neurons: usize, largest: usize) -> Vec<usize> {
    let count = neurons.div_ceil(largest);
    let size = |k: usize| neurons * (k + 1) / count - neurons * k / count;
    (0..count).map(size).collect()
}
