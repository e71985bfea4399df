//! Parts that several models have: synapse, membrane, refractory time, and the hardware that a chip may leave out.

use super::record::Sample;
use super::state::{Quantity, Rest, State};
use crate::Options;
use bruno_chip::{DeviceRegister, Formats};

/// Decay of the synaptic current.
pub const SYNAPSE: [DeviceRegister; 3] = [
    DeviceRegister::IDecM,
    DeviceRegister::IDecH,
    DeviceRegister::IDecS,
];

/// Drive, leak, threshold, reset and floor of the membrane, and the refractory time.
pub const MEMBRANE: [DeviceRegister; 10] = [
    DeviceRegister::InM,
    DeviceRegister::InH,
    DeviceRegister::InS,
    DeviceRegister::LeakM,
    DeviceRegister::LeakH,
    DeviceRegister::LeakS,
    DeviceRegister::VTh,
    DeviceRegister::VReset,
    DeviceRegister::VFloor,
    DeviceRegister::TRef,
];

/// What random numbers, noise and the recorder's level need.
pub fn optional_registers(options: Options) -> impl Iterator<Item = DeviceRegister> {
    let all = [
        (options.random(), DeviceRegister::Seed),
        (options.noise, DeviceRegister::NoiseM),
        (options.jacobian, DeviceRegister::SurW),
    ];
    all.into_iter().filter(|o| o.0).map(|o| o.1)
}

pub fn current(formats: &Formats) -> State {
    State {
        name: "i".into(),
        about: "synaptic current".into(),
        plural: "currents".into(),
        quantity: Quantity::Physical {
            lsb: formats.i_lsb_pa(),
            range: formats.i_range_pa,
            unit: "pA".into(),
        },
        bits: formats.i_bits,
        rest: Rest::Code(0),
        kept_if: None,
        takes: Vec::new(),
        before_reset: None,
        sum_shift: 0,
    }
}

pub fn membrane(formats: &Formats) -> State {
    State {
        name: "v".into(),
        about: "membrane".into(),
        plural: "membranes".into(),
        quantity: Quantity::Physical {
            lsb: formats.v_lsb(),
            range: formats.v_range_v,
            unit: "V".into(),
        },
        bits: formats.v_bits,
        rest: Rest::Register(DeviceRegister::VReset.into()),
        kept_if: None,
        takes: vec![DeviceRegister::VReset.into(), DeviceRegister::VFloor.into()],
        before_reset: Some("v_moved".into()),
        sum_shift: 0,
    }
}

/// Its register has as many bits.
pub fn refractory_time() -> State {
    State {
        name: "refr".into(),
        about: "refractory time left".into(),
        plural: "refractory times".into(),
        quantity: Quantity::Ticks,
        bits: 20,
        rest: Rest::Code(0),
        kept_if: None,
        takes: vec![DeviceRegister::TRef.into()],
        before_reset: Some("refr_left".into()),
        sum_shift: 0,
    }
}

/// The surrogate of the spike, by the membrane before a reset.
pub fn surrogate() -> Sample {
    Sample {
        word: "sum_h".into(),
        output: "nearness".into(),
        about: "the surrogate".into(),
        signed: false,
        log2_lsb: None,
        sum_shift: 0,
    }
}
