//! What a neuron is, declared: its states, what a tick tells the recorder, its registers. Banks, lanes, register maps,
//! data sheets, simulators and training loop over the declaration of a layer's neurons and know no other names.
//!
//! A declaration says what is kept and what it means. How it moves stands beside it in float ([`Equations`]); the integers
//! are a kernel of `bruno-hdl`, and once more in the integer model of `bruno-sim`.

mod felif;
mod lif;
mod parts;
mod readout;
mod record;
mod state;

use crate::Options;
use crate::equations::Equations;
use bruno_chip::{DeviceCard, DeviceRegister, Formats, NeuronKind, RecorderLevel};
pub use record::{Event, Gathers, RecordWord, Sample, SampleId, Signal};
use serde::Serialize;
pub use state::{Quantity, State, StateId};
use std::sync::Arc;

/// Whose arithmetic a layer computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LayerKind {
    /// FeLIF neurons.
    Felif,
    /// LIF neurons.
    Lif,
    /// Outputs.
    Readout,
}

impl From<NeuronKind> for LayerKind {
    fn from(kind: NeuronKind) -> Self {
        match kind {
            NeuronKind::Felif => Self::Felif,
            NeuronKind::Lif => Self::Lif,
        }
    }
}

impl LayerKind {
    /// The equations of neurons on a card; none of outputs, which have no membrane.
    pub fn equations(self, card: &DeviceCard) -> Option<Arc<dyn Equations>> {
        match self {
            Self::Felif => Some(Arc::new(felif::FelifEquations::new(card))),
            Self::Lif => Some(Arc::new(lif::LifEquations::new(card))),
            Self::Readout => None,
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

/// Most states and most samples that a neuron may have.
pub const MOST_STATES: usize = 8;

/// A spike: a state above a register's value, and the refractory time after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// The state.
    pub state: StateId,
    /// The register.
    pub register: DeviceRegister,
    /// The refractory time that is left: where it is not zero the states that equations move are held.
    pub timer: StateId,
    /// The sample that tells how near the state came: the surrogate of the spike.
    pub nearness: SampleId,
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
    pub registers: Vec<DeviceRegister>,
    /// Design rules beside those of every membrane.
    pub rules: Vec<DesignRule>,
    /// Words of a record, in its order.
    pub words: Vec<RecordWord>,
}

impl NeuronModel {
    /// The declaration of a hand-written kind.
    pub fn of(
        kind: LayerKind,
        formats: &Formats,
        recorder: RecorderLevel,
        options: Options,
    ) -> Self {
        let mut model = match kind {
            LayerKind::Felif => felif::declared(formats),
            LayerKind::Lif => lif::declared(formats),
            LayerKind::Readout => readout::declared(formats),
        };
        model.registers.extend(parts::optional_registers(options));
        model.words = record::words(&model, recorder);
        model
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
        let timer = self.fires.map(|f| f.timer);
        self.places()
            .filter(move |(id, _)| *id != self.current && Some(*id) != timer)
    }

    /// What the value of a register may be: what its bits hold, and where a state takes it over or is compared with it, what
    /// the state's bits do.
    pub fn register_range(&self, register: DeviceRegister) -> (i64, i64) {
        let compared = |id| {
            self.fires
                .is_some_and(|f| f.register == register && f.state == id)
        };
        let state = self
            .places()
            .find(|(id, s)| compared(*id) || s.takes.contains(&register));
        state.map_or_else(|| register.register().range(), |(_, s)| s.range())
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

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [LayerKind; 3] = [LayerKind::Felif, LayerKind::Lif, LayerKind::Readout];

    fn model(kind: LayerKind, recorder: RecorderLevel) -> NeuronModel {
        let options = Options {
            stochastic: true,
            noise: true,
            jacobian: recorder == RecorderLevel::Jacobian,
        };
        NeuronModel::of(kind, &Formats::default(), recorder, options)
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
            let addresses: Vec<u32> = model.registers.iter().map(|r| r.address()).collect();
            assert!(
                addresses.is_sorted_by(|a, b| a < b),
                "{kind:?}: {addresses:?}"
            );
            let rest = model.states.iter().filter_map(|s| s.rest);
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
