//! Leaky integrate-and-fire neurons.

use super::record::SampleId;
use super::state::StateId;
use super::{NeuronModel, Threshold, parts};
use crate::DeviceParameter;
use crate::equations::{Equations, Local, Matrix, Means, Membrane};
use bruno_chip::{DeviceCard, DeviceRegister, Formats};

/// Membrane.
const V: StateId = StateId::at(0);
/// Synaptic current.
const I: StateId = StateId::at(1);
/// Refractory time left.
const REFR: StateId = StateId::at(2);

pub fn declared(formats: &Formats) -> NeuronModel {
    NeuronModel {
        about: "LIF neurons".into(),
        states: vec![
            parts::membrane(formats),
            parts::current(formats),
            parts::refractory_time(),
        ],
        current: I,
        fires: Some(Threshold {
            state: V,
            register: Some(DeviceRegister::VTh.into()),
            timer: Some(REFR),
            nearness: Some(SampleId::at(0)),
        }),
        samples: vec![parts::surrogate()],
        registers: super::of_card(&[&parts::SYNAPSE, &parts::MEMBRANE]),
        rules: Vec::new(),
        words: Vec::new(),
        program: None,
    }
}

/// The membrane alone.
#[derive(Debug, Clone)]
pub struct LifEquations {
    membrane: Membrane,
}

impl LifEquations {
    pub fn new(card: &DeviceCard) -> Self {
        let membrane = Membrane::new(card);
        Self { membrane }
    }

    fn jacobian(&self) -> Matrix {
        [[-self.membrane.leak(), 0.0], [0.0, 0.0]]
    }
}

impl Equations for LifEquations {
    fn dimension(&self) -> usize {
        1
    }

    fn at(&self, [v, _]: [f64; 2], i_pa: f64) -> Local {
        Local {
            slope: [self.membrane.charging(v, i_pa), 0.0],
            jacobian: self.jacobian(),
        }
    }

    fn mean_jacobian(&self, _: &Means) -> Matrix {
        self.jacobian()
    }

    fn force(&self, parameter: DeviceParameter, [v, _]: [f64; 2], i_pa: f64) -> [f64; 2] {
        match parameter {
            DeviceParameter::Area => [self.membrane.by_area(v, i_pa), 0.0],
            DeviceParameter::Leak => [self.membrane.by_leak(v), 0.0],
            DeviceParameter::Threshold
            | DeviceParameter::Refractory
            | DeviceParameter::Barrier
            | DeviceParameter::FieldDistance => [0.0; 2],
        }
    }

    fn mean_force(
        &self,
        parameter: DeviceParameter,
        x: [f64; 2],
        i_pa: f64,
        _: &Means,
    ) -> [f64; 2] {
        self.force(parameter, x, i_pa)
    }

    fn gain(&self) -> f64 {
        self.membrane.gain()
    }

    fn reset(&self) -> [Option<f64>; 2] {
        [Some(self.membrane.v_reset), None]
    }

    fn spike_j(&self) -> f64 {
        self.membrane.spike_j(0.0)
    }
}
