//! FPGAs on the command line, by their names.

use bruno_synth::Device;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// What reads the name of one of these devices.
pub fn device(devices: impl Iterator<Item = Device>) -> impl TypedValueParser<Value = Device> {
    let value = |device: Device| PossibleValue::new(device.name()).help(device.about());
    PossibleValuesParser::new(devices.map(value)).try_map(|name| named(&name))
}

fn named(name: &str) -> Result<Device, String> {
    let found = Device::ALL.into_iter().find(|d| d.name() == name);
    found.ok_or_else(|| format!("no FPGA is called {name}"))
}
