//! What a neuron is, declared: its states, what a tick tells the recorder, its registers. Banks, lanes, register maps,
//! data sheets, simulators and training loop over the declaration of a layer's neurons and know no other names.
//!
//! A declaration says what is kept and what it means. How it moves stands beside it in float ([`Equations`]); the integers
//! are a kernel of `bruno-hdl`, and once more in the integer model of `bruno-sim`.

mod felif;
mod lif;
mod parts;
mod program;
mod readout;
mod record;
mod register;
mod state;

use crate::Options;
use crate::equations::Equations;
use bruno_chip::{DeviceCard, DeviceRegister, Formats, NeuronKind, Register};
pub use program::{
    FIRE, Lively, ModelPort, ModelSignal, NeuronProgram, RoundingBits, RoundingOffset,
};
pub use record::{Event, Gathers, RecordWord, Recorder, Sample, SampleId, Signal};
pub use register::RegisterId;
use serde::Serialize;
pub use state::{Quantity, Rest, State, StateId};
use std::sync::Arc;

/// Whose arithmetic a layer computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LayerKind {
    /// FeLIF neurons.
    Felif,
    /// LIF neurons.
    Lif,
    /// Neurons of a file.
    File,
    /// Outputs.
    Readout,
}

impl From<NeuronKind> for LayerKind {
    fn from(kind: NeuronKind) -> Self {
        match kind {
            NeuronKind::Felif => Self::Felif,
            NeuronKind::Lif => Self::Lif,
            NeuronKind::File => Self::File,
        }
    }
}

impl LayerKind {
    /// The equations of neurons on a card; none of outputs, which have no membrane, and of neurons of a file, which have no
    /// card.
    pub fn equations(self, card: &DeviceCard) -> Option<Arc<dyn Equations>> {
        match self {
            Self::Felif => Some(Arc::new(felif::FelifEquations::new(card))),
            Self::Lif => Some(Arc::new(lif::LifEquations::new(card))),
            Self::File | Self::Readout => None,
        }
    }
}

/// Design rules that not every membrane has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DesignRule {
    /// The membrane charges a capacitor that switches at rates of its field: the explicit step is stable on the plateau, the
    /// layer does not break down, what switched lasts, the logarithms of the rates fit their registers.
    Switching,
}

/// Most states, the refractory time among them, and most samples that a neuron may have.
pub const MOST_STATES: usize = 9;

/// A spike: a state above a register's value, and the refractory time after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// The state.
    pub state: StateId,
    /// The register; none where a program compares otherwise.
    pub register: Option<RegisterId>,
    /// The refractory time that is left: where it is not zero states are held. None of neurons without one.
    pub timer: Option<StateId>,
    /// The sample that tells how near the state came: the surrogate of the spike. None where the recorder has none.
    pub nearness: Option<SampleId>,
}

/// A kind of neuron on one chip: word lengths and record are those of its description.
#[derive(Debug, Clone, PartialEq)]
pub struct NeuronModel {
    /// What a layer of them is called.
    pub about: String,
    /// What a neuron keeps from tick to tick; places are those of [`StateId`].
    pub states: Vec<State>,
    /// The synaptic current: it decays, takes what spikes inject, and runs on in a refractory time.
    pub current: StateId,
    /// What a spike is; none in neurons that do not spike.
    pub fires: Option<Threshold>,
    /// What a tick tells the recorder beside the states, for the level `jacobian`; places are those of [`SampleId`].
    pub samples: Vec<Sample>,
    /// Registers of a layer, in the order of their addresses.
    pub registers: Vec<RegisterId>,
    /// Design rules beside those of every membrane.
    pub rules: Vec<DesignRule>,
    /// Words of a record, in its order.
    pub words: Vec<RecordWord>,
    /// The program that moves the states, of neurons of a file.
    pub program: Option<Arc<NeuronProgram>>,
}

impl NeuronModel {
    /// The declaration of a hand-written kind; none of neurons of a file ([`Self::of_program`]).
    pub fn of(
        kind: LayerKind,
        formats: &Formats,
        recorder: Recorder,
        options: Options,
    ) -> Option<Self> {
        let model = match kind {
            LayerKind::Felif => felif::declared(formats),
            LayerKind::Lif => lif::declared(formats),
            LayerKind::Readout => readout::declared(formats),
            LayerKind::File => return None,
        };
        Some(model.on_chip(recorder, options))
    }

    /// The declaration of outputs.
    pub fn readout(formats: &Formats, recorder: Recorder, options: Options) -> Self {
        readout::declared(formats).on_chip(recorder, options)
    }

    /// The declaration of neurons of a file.
    pub fn of_program(program: NeuronProgram, recorder: Recorder, options: Options) -> Self {
        program.declared().on_chip(recorder, options)
    }

    /// With what a chip's options and recorder add.
    fn on_chip(mut self, recorder: Recorder, options: Options) -> Self {
        // The surrogate's width is that of a sample: without one nothing reads it.
        let surrogate = self.fires.is_none_or(|fires| fires.nearness.is_some());
        let optional = parts::optional_registers(Options {
            jacobian: options.jacobian && surrogate,
            ..options
        });
        self.registers.extend(optional.map(RegisterId::from));
        record::record(&mut self, recorder);
        self
    }

    /// A register's row of the map.
    pub fn register(&self, id: RegisterId) -> Register {
        match (id, &self.program) {
            (RegisterId::Own(place), Some(program)) => program.row(usize::from(place)),
            // Only a program has registers of its own; the seed is one that every table has.
            (RegisterId::Own(_), None) => DeviceRegister::Seed.register(),
            (RegisterId::Card(DeviceRegister::NoiseM), Some(program)) => Register {
                about: program.about_noise().into(),
                ..DeviceRegister::NoiseM.register()
            },
            (RegisterId::Card(register), _) => register.register(),
        }
    }

    /// Its word address in the register section of a layer. Registers of a program stand in their order, and those that the
    /// chip adds behind them.
    pub fn address(&self, id: RegisterId) -> u32 {
        let place = || self.registers.iter().position(|r| *r == id);
        match (id, &self.program) {
            (RegisterId::Card(register), None) => register.address(),
            _ => place().unwrap_or(0) as u32,
        }
    }

    /// Most saturated updates of a neuron in a tick.
    pub fn most_saturations(&self) -> u32 {
        // Current and membrane.
        self.program.as_ref().map_or(2, |p| p.most_saturations())
    }

    /// Whether a design rule holds for its neurons.
    pub fn obeys(&self, rule: DesignRule) -> bool {
        self.rules.contains(&rule)
    }

    /// States with their places.
    pub fn places(&self) -> impl Iterator<Item = (StateId, &State)> {
        self.states
            .iter()
            .enumerate()
            .map(|(k, s)| (StateId::at(k), s))
    }

    /// Samples with their places.
    pub fn sampled(&self) -> impl Iterator<Item = (SampleId, &Sample)> {
        (0..).map(SampleId::at).zip(&self.samples)
    }

    /// The states that equations move, with their places.
    pub fn moving(&self) -> impl Iterator<Item = (StateId, &State)> {
        let timer = self.fires.and_then(|f| f.timer);
        self.places()
            .filter(move |(id, _)| *id != self.current && Some(*id) != timer)
    }

    /// What the value of a register may be: what its bits hold, and where a state takes it over or is compared with it, what
    /// the state's bits do.
    /// Those of a program keep the bounds that its intervals are proved for.
    pub fn register_range(&self, register: RegisterId) -> (i64, i64) {
        if let (RegisterId::Own(place), Some(program)) = (register, &self.program) {
            return program.range(usize::from(place));
        }
        let compared = |id| {
            self.fires
                .is_some_and(|f| f.register == Some(register) && f.state == id)
        };
        let state = self
            .places()
            .find(|(id, s)| compared(*id) || s.takes.contains(&register));
        state.map_or_else(|| self.register(register).range(), |(_, s)| s.range())
    }

    /// A value of a state as training has it: in SI units of neurons of a file, in the unit of the state of others.
    pub fn si(&self, state: StateId, value: f64) -> f64 {
        match &self.program {
            Some(program) => program.si(state, value),
            None => value,
        }
    }

    /// Which of the moving states the threshold compares; 0 of neurons that do not fire.
    pub fn membrane(&self) -> usize {
        let fires = self.fires.map(|f| f.state);
        self.moving()
            .position(|(id, _)| Some(id) == fires)
            .unwrap_or(0)
    }

    /// Place of a word in a record; none where the recorder does not gather it.
    pub fn word(&self, gathers: Gathers) -> Option<usize> {
        self.words.iter().position(|w| w.gathers == gathers)
    }

    /// Bits that a neuron keeps: its states and what gathers over a window.
    pub fn kept_bits(&self) -> u32 {
        let states = self.states.iter().map(|s| s.bits);
        let gathered = self.words.iter().filter(|w| w.accumulates());
        states.chain(gathered.map(|w| w.bits)).sum()
    }
}

/// Registers of the card.
fn of_card(groups: &[&[DeviceRegister]]) -> Vec<RegisterId> {
    let all = groups.iter().flat_map(|group| group.iter());
    all.map(|register| RegisterId::Card(*register)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_chip::RecorderLevel;

    const KINDS: [LayerKind; 3] = [LayerKind::Felif, LayerKind::Lif, LayerKind::Readout];

    fn model(kind: LayerKind, recorder: RecorderLevel) -> NeuronModel {
        let options = Options {
            stochastic: true,
            noise: true,
            jacobian: recorder == RecorderLevel::Jacobian,
        };
        let recorder = Recorder {
            level: recorder,
            window_ticks: 1000,
        };
        NeuronModel::of(kind, &Formats::default(), recorder, options).unwrap()
    }

    fn check(kind: LayerKind, recorder: RecorderLevel, expected: &str) {
        let words = model(kind, recorder).words;
        let names: Vec<String> = words.into_iter().map(|w| w.name).collect();
        assert_eq!(names.join(" "), expected);
    }

    #[test]
    fn samples_of_felif() {
        check(
            LayerKind::Felif,
            RecorderLevel::Sample,
            "v p i n_spike n_sat",
        );
    }
    #[test]
    fn means_of_felif() {
        let expected = "v p i n_spike n_sat sum_v sum_p";
        check(LayerKind::Felif, RecorderLevel::Mean, expected);
    }
    #[test]
    fn linearisations_of_felif() {
        let expected = "v p i n_spike n_sat sum_v sum_p sum_f sum_x sum_k sum_h";
        check(LayerKind::Felif, RecorderLevel::Jacobian, expected);
    }
    #[test]
    fn ends_of_felif() {
        let expected = "v p i n_spike n_sat min_v max_v min_p max_p";
        check(LayerKind::Felif, RecorderLevel::Minmax, expected);
    }
    #[test]
    fn linearisations_of_lif() {
        let expected = "v i n_spike n_sat sum_v sum_h";
        check(LayerKind::Lif, RecorderLevel::Jacobian, expected);
    }
    #[test]
    fn a_readout_has_its_current_at_every_level() {
        check(LayerKind::Readout, RecorderLevel::Sample, "i n_sat");
        check(LayerKind::Readout, RecorderLevel::Minmax, "i n_sat");
    }

    /// Registers stand in the order of their addresses, each once; what states rest at is among them.
    #[test]
    fn registers_are_in_order() {
        for kind in KINDS {
            let model = model(kind, RecorderLevel::Jacobian);
            let addresses: Vec<u32> = model.registers.iter().map(|r| model.address(*r)).collect();
            assert!(
                addresses.is_sorted_by(|a, b| a < b),
                "{kind:?}: {addresses:?}"
            );
            let rest = model.states.iter().filter_map(|s| s.rest.register());
            assert!({ rest }.all(|r| model.registers.contains(&r)), "{kind:?}");
        }
    }

    #[test]
    fn no_model_has_more_than_most() {
        for kind in KINDS {
            let model = model(kind, RecorderLevel::Jacobian);
            assert!(model.states.len() <= MOST_STATES && model.samples.len() <= MOST_STATES);
        }
    }
}
