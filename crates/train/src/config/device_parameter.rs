//! The device parameters that a run trains, and what is asked of them before it begins.

use super::{ends, setting};
use crate::TrainError;
use bruno_chip::{Description, LayerDescription};
use bruno_device::{DeviceParameter, NeuronParameter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A trained device parameter and its fabrication bounds, in the unit of its field on the card or in the neurons' file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceTraining {
    /// Its name: every layer whose neurons have a parameter of this name trains it.
    pub parameter: String,
    /// Lower and upper bound.
    pub bounds: (f64, f64),
    /// Who has the same value.
    #[serde(default)]
    pub shared: Shared,
}

/// The neurons that have the same value of a device parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Shared {
    /// All of the chip.
    Die,
    /// All of a layer.
    #[default]
    Layer,
    /// Each neuron has its own: refused, because the datapath has one set of registers and one level table a layer.
    Neuron,
}

impl DeviceTraining {
    /// The parameter in a layer; none where its neurons have no such one.
    pub(crate) fn of(&self, layer: &LayerDescription) -> Option<NeuronParameter> {
        // A layer whose file cannot be read makes no chip, and has no parameter to train.
        NeuronParameter::named(&self.parameter, layer)
            .ok()
            .flatten()
    }

    /// What the parameter of a layer is called in reports.
    pub(crate) fn label(&self, layer: &str) -> String {
        let owner = match self.shared {
            Shared::Die => "die",
            _ => layer,
        };
        format!("{owner}: {}", self.parameter)
    }
}

/// One tick.
const SHORTEST_REFRACTORY_MS: f64 = 1e-3;
/// Most parameters: the chip at every combination of their ends is looked at.
const MOST: usize = 12;

/// Checks the parameters in training against the layers that have them.
///
/// # Errors
/// The first one that no layer has, that cannot be trained, or whose bounds no chip can have.
pub(super) fn check(
    devices: &[DeviceTraining],
    description: &Description,
) -> Result<(), TrainError> {
    if devices.len() > MOST {
        let allowed =
            format!("up to {MOST}: the chip at every combination of their ends is looked at");
        return Err(setting(
            "device",
            format!("{} parameters", devices.len()),
            &allowed,
        ));
    }
    for (index, device) in devices.iter().enumerate() {
        let name = &device.parameter;
        if devices[..index].iter().any(|d| d.parameter == *name) {
            return Err(setting(
                "device",
                format!("{name} twice"),
                "each parameter once",
            ));
        }
        let owners = owners(device, description)?;
        check_shared(device, &owners)?;
        check_bounds(device, &owners)?;
    }
    ends::check_device(devices, description)
}

/// A layer that has a parameter.
type Owner<'a> = (&'a LayerDescription, NeuronParameter);

fn owners<'a>(
    device: &DeviceTraining,
    description: &'a Description,
) -> Result<Vec<Owner<'a>>, TrainError> {
    let mut owners = Vec::new();
    for layer in &description.layers {
        let found =
            NeuronParameter::named(&device.parameter, layer).map_err(TrainError::Setting)?;
        owners.extend(found.map(|parameter| (layer, parameter)));
    }
    if !owners.is_empty() {
        return Ok(owners);
    }
    let mut allowed = Vec::new();
    for layer in &description.layers {
        let names = NeuronParameter::names(layer).map_err(TrainError::Setting)?;
        allowed.push(format!("{} in layer `{}`", names.join(", "), layer.name));
    }
    let field = format!("device[{}].parameter", device.parameter);
    Err(setting(
        &field,
        "no parameter of any layer",
        &allowed.join("; "),
    ))
}

/// A die has one value only if its layers start with one; a neuron cannot have its own.
fn check_shared(device: &DeviceTraining, owners: &[Owner<'_>]) -> Result<(), TrainError> {
    let field = format!("device[{}].shared", device.parameter);
    match device.shared {
        Shared::Layer => Ok(()),
        Shared::Neuron => Err(setting(
            &field,
            "neuron",
            "`die` or `layer`: the datapath has one set of registers and one level table a layer, so a neuron cannot \
             have a value of its own; what an area of its own would do, a factor on its currents, its weights can do",
        )),
        Shared::Die => {
            let mut values = owners.iter().map(|(l, p)| (&l.name, p.of(l), p.unit()));
            let Some((first, value, unit)) = values.next() else {
                return Ok(());
            };
            match values.find(|(_, v, u)| *v != value || *u != unit) {
                None => Ok(()),
                Some((other, v, u)) => {
                    let allowed = format!(
                        "`layer`, or one value on the cards of `{first}` ({value} {unit}) and `{other}` ({v} {u})"
                    );
                    Err(setting(&field, "die", &allowed))
                }
            }
        }
    }
}

/// Bounds go around the value of every layer, and keep a refractory time that a release can be moved by.
fn check_bounds(device: &DeviceTraining, owners: &[Owner<'_>]) -> Result<(), TrainError> {
    let (low, high) = device.bounds;
    let field = format!("device[{}].bounds", device.parameter);
    let wrong = |allowed: &str| Err(setting(&field, format!("{low}..{high}"), allowed));
    let refractory = DeviceParameter::Refractory.name();
    for (layer, parameter) in owners {
        let of_card = parameter.of_file().is_none();
        if of_card && device.parameter == refractory && low < SHORTEST_REFRACTORY_MS {
            return wrong("from 0.001 ms on, one tick");
        }
        if parameter.of_file().is_some_and(|p| p.switch) {
            return Err(setting(
                &format!("device[{}].parameter", device.parameter),
                "a switch",
                "a parameter that is a number: what is on or off has no slope",
            ));
        }
        if parameter.of_file().is_some_and(|p| p.only_forbids) {
            return Err(setting(
                &format!("device[{}].parameter", device.parameter),
                "a refractory time that holds nothing",
                "a parameter that moves a state: spikes that are only forbidden have no slope by it; let `refractory` hold a \
                 state, or search for the value with `bruno tune`",
            ));
        }
        let value = parameter.of(layer);
        if !(low < value && value < high) {
            return wrong(&format!(
                "bounds around the card's {value} in layer `{}`",
                layer.name
            ));
        }
    }
    Ok(())
}
