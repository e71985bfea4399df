//! The ends of what training changes. A run may end anywhere within its bounds, so every chip there must be possible: in the
//! ranges of the description, the widths of registers and coefficients, and the stability of the leak's step. Ranges are
//! intervals, and coefficients and rates follow a parameter in one direction: what holds at the ends holds between them.

use super::{DeviceTraining, TrainConfig, setting};
use crate::TrainError;
use bruno_chip::{ChipError, Description, LayerDescription, Problem, Synapse};
use bruno_device::{Chip, Finding, NeuronParameter};

/// Halvings of an interval: as many as a number has bits.
const HALVINGS: usize = 53;

/// Stiffness per tick from which the explicit step is unstable.
const UNSTABLE: f64 = 2.0;

/// A device parameter as one layer has it.
type Owned<'a> = (&'a DeviceTraining, NeuronParameter);
/// The same at a value.
type Value<'a> = (&'a Owned<'a>, f64);

/// Checks every device parameter at both of its bounds, the others at their cards; then all together at theirs.
pub(super) fn check_device(
    devices: &[DeviceTraining],
    description: &Description,
) -> Result<(), TrainError> {
    for (layer, raw) in description.layers.iter().enumerate() {
        let devices = devices_of(devices, raw);
        if devices.is_empty() {
            continue;
        }
        for device in &devices {
            for end in [device.0.bounds.0, device.0.bounds.1] {
                if let Some(problem) = problem(description, layer, &[(device, end)]) {
                    return Err(out_of_bounds(description, layer, (device, end), &problem));
                }
            }
        }
        for corner in corners(&devices) {
            if let Some(problem) = problem(description, layer, &corner) {
                return Err(together(&corner, &problem));
            }
        }
    }
    Ok(())
}

/// The parameters that a layer has.
fn devices_of<'a>(devices: &'a [DeviceTraining], layer: &LayerDescription) -> Vec<Owned<'a>> {
    let owned = |d: &'a DeviceTraining| Some((d, d.of(layer)?));
    devices.iter().filter_map(owned).collect()
}

/// Checks that no table in training needs more of a tick's sum than the chip can add.
pub(super) fn check_levels(
    config: &TrainConfig,
    bound: f64,
    description: &Description,
) -> Result<(), TrainError> {
    match first_problem(&with_widest_levels(config, description)) {
        None => Ok(()),
        Some(p) => {
            let allowed = format!(
                "less: `{}` would be {} (allowed: {})",
                p.field, p.value, p.allowed
            );
            Err(setting("levels.bound", bound, &allowed))
        }
    }
}

/// Checks that every hidden layer can fire somewhere within what training changes.
///
/// # Errors
/// The first layer whose threshold nothing reaches.
pub(crate) fn check_reach(config: &TrainConfig, chip: &Chip) -> Result<(), TrainError> {
    let silent = |index| chip.out_of_reach(index).map(|why| (index, why));
    let Some((layer, what)) = (0..chip.readout()).find_map(silent) else {
        return Ok(());
    };
    let widest = with_widest_levels(config, &chip.description);
    let devices = devices_of(&config.device, &widest.layers[layer]);
    let mut ends = corners(&devices).map(|corner| at(&widest, layer, &corner));
    let may_fire =
        |d: Description| Chip::resolve("", &d).is_ok_and(|chip| chip.out_of_reach(layer).is_none());
    if ends.any(may_fire) {
        return Ok(());
    }
    Err(TrainError::Dead {
        layer: chip.layers[layer].name.clone(),
        what: format!("no neuron can ever fire: {what}"),
        remedy: "lower `device.v_th_V` or `g_leak_pS`, raise the levels of `synapse`, `formats.i_range_pA` or \
                 `formats.v_range_V`, or train one of them that far",
    })
}

/// Every combination of ends; one without any where nothing is trained.
fn corners<'a>(devices: &'a [Owned<'a>]) -> impl Iterator<Item = Vec<Value<'a>>> {
    (0..1usize << devices.len()).map(move |corner| {
        let end = |(k, owned): (usize, &'a Owned<'a>)| match corner >> k & 1 {
            0 => (owned, owned.0.bounds.0),
            _ => (owned, owned.0.bounds.1),
        };
        devices.iter().enumerate().map(end).collect()
    })
}

/// The description with parameters of a layer at these values.
fn at(description: &Description, layer: usize, values: &[Value]) -> Description {
    let mut new = description.clone();
    for ((_, parameter), value) in values {
        parameter.set(&mut new.layers[layer], *value);
    }
    new
}

/// What makes a chip with these values of a layer impossible.
fn problem(description: &Description, layer: usize, values: &[Value]) -> Option<Problem> {
    let new = at(description, layer, values);
    let delays = values
        .iter()
        .any(|((_, p), _)| p.of_file().is_some_and(|p| p.delays));
    first_problem(&new).or_else(|| delays.then(|| without_refractory(&new, layer))?)
}

/// A refractory time in training keeps one tick: from none no neuron is released, and no slope leads back.
fn without_refractory(description: &Description, layer: usize) -> Option<Problem> {
    let chip = Chip::resolve("", description).ok()?;
    (chip.layers[layer].refractory_ticks() == 0).then(|| Problem {
        field: "the refractory time".into(),
        value: "0 ticks".into(),
        allowed: "1 tick or more in training".into(),
        remedy: "raise the lower bound".into(),
    })
}

impl TrainConfig {
    /// Layers whose switching becomes unstable in the 1 us step somewhere within the bounds, though it is not on the card.
    /// A warning and no more, as for a card: it is that of the largest current that the word holds.
    pub fn unstable_ends(&self, description: &Description) -> Vec<Finding> {
        let stiffness = |d: &Description, layer| Chip::resolve("", d).ok()?.stiffness(layer);
        let of = |layer: usize| {
            let before = stiffness(description, layer)?;
            let devices = devices_of(&self.device, &description.layers[layer]);
            let ends = corners(&devices)
                .filter_map(|c| Some((stiffness(&at(description, layer, &c), layer)?, c)));
            let (worst, corner) = ends.max_by(|a, b| a.0.total_cmp(&b.0))?;
            (before < UNSTABLE && worst >= UNSTABLE).then(|| {
                let text = format!(
                    "layer `{}`: the bounds of `training.device` reach a stiffness of {worst:.3} per tick \
                     (unstable from {UNSTABLE}), with {}",
                    description.layers[layer].name,
                    list(&corner)
                );
                Finding::act(text, "narrow the bounds")
            })
        };
        (0..description.layers.len()).filter_map(of).collect()
    }
}

fn first_problem(description: &Description) -> Option<Problem> {
    let range = description.problems().into_iter().next();
    range.or_else(|| match Chip::resolve("", description) {
        Err(ChipError::Invalid { problems, .. }) => problems.into_iter().next(),
        _ => None,
    })
}

/// The error of an end that no chip can have, with the part of the bounds that one can.
fn out_of_bounds(
    description: &Description,
    layer: usize,
    (device, end): Value,
    found: &Problem,
) -> TrainError {
    let raw = &description.layers[layer];
    let (training, parameter) = device;
    let mut good = parameter.of(raw);
    let mut bad = end;
    for _ in 0..HALVINGS {
        let middle = 0.5 * (good + bad);
        match problem(description, layer, &[(device, middle)]) {
            None => good = middle,
            Some(_) => bad = middle,
        }
    }
    let (low, high) = training.bounds;
    if good.abs() < 1e-9 * (high - low) {
        good = 0.0;
    }
    let side = if end == high { "up to" } else { "from" };
    let allowed = format!(
        "{side} {} {} in layer `{}`; at {end} `{}` would be {} (allowed: {})",
        rounded(good, end == high),
        parameter.unit(),
        raw.name,
        found.field,
        found.value,
        found.allowed
    );
    let field = format!("device[{}].bounds", training.parameter);
    setting(&field, format!("{low}..{high}"), &allowed)
}

fn together(corner: &[Value], found: &Problem) -> TrainError {
    let allowed = format!(
        "ends that a chip can have together; here `{}` would be {} (allowed: {})",
        found.field, found.value, found.allowed
    );
    setting("device[..].bounds", list(corner), &allowed)
}

fn list(values: &[Value]) -> String {
    let value = |((training, parameter), value): &Value| {
        format!("{} {value} {}", training.parameter, parameter.unit())
    };
    values.iter().map(value).collect::<Vec<_>>().join(", ")
}

/// Four digits of a number, rounded to the side that is asked for.
fn rounded(value: f64, down: bool) -> f64 {
    if value == 0.0 {
        return value;
    }
    let unit = 10f64.powi(value.abs().log10().floor() as i32 - 3);
    let digits = value / unit;
    // A number that has four digits stays, whatever its last bits.
    let near = digits.round();
    let digits = match (digits - near).abs() < 1e-6 {
        true => near,
        false if down => digits.floor(),
        false => digits.ceil(),
    };
    match unit >= 1.0 {
        true => digits * unit,
        false => digits / (1.0 / unit).round(),
    }
}

/// The description with every table in training as wide as it may become.
fn with_widest_levels(config: &TrainConfig, description: &Description) -> Description {
    use super::ProjectionKind::{Input, Readout, Recurrent};
    let mut new = description.clone();
    let Some(levels) = config.levels.as_ref().filter(|l| l.bound > 1.0) else {
        return new;
    };
    let widen = |synapse: &mut Synapse| {
        let table = bruno_device::levels_pa(synapse);
        synapse.levels_pa = Some(table.iter().map(|l| l * levels.bound).collect());
        synapse.range_pa = None;
    };
    for layer in &mut new.layers {
        if layer.recurrent && layer.recurrent_synapse.is_none() {
            layer.recurrent_synapse = Some(layer.synapse.clone());
        }
        if levels.trains(Input) {
            widen(&mut layer.synapse);
        }
        if let Some(recurrent) = layer
            .recurrent_synapse
            .as_mut()
            .filter(|_| levels.trains(Recurrent))
        {
            widen(recurrent);
        }
    }
    if levels.trains(Readout) {
        widen(&mut new.readout.synapse);
    }
    new
}

#[cfg(test)]
mod tests;
