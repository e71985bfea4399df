//! What a co-simulation has compared: a layer that never fired, or never saturated, was not.

use bruno_device::Chip;
use bruno_sim::{Activity, SimError, missing_events};
use std::fmt::Write;

/// What happened in every layer between two counts.
pub(super) fn since(now: &[Activity], earlier: &[Activity]) -> Vec<Activity> {
    now.iter().zip(earlier).map(|(a, b)| a.since(b)).collect()
}

/// Checks that the forced cases have seen every event in every layer.
pub(super) fn everything(chip: &Chip, forced: &[Activity]) -> Result<(), SimError> {
    match missing_events(chip.layers.iter().zip(forced)) {
        none if none.is_empty() => Ok(()),
        missing => Err(SimError::Uneventful {
            what: "the forced cases".into(),
            missing: missing.join(", "),
            remedy: remedy(chip).into(),
        }),
    }
}

/// What a user can do about events that the forced cases do not reach.
fn remedy(chip: &Chip) -> &'static str {
    if chip.layers.iter().any(|l| l.frozen) {
        "no input of the forced cases makes the frozen card fire: freeze one that does (`v_th_V`, ranges of synapses), or \
         co-simulate the programmable chip, `--set card=programmable`"
    } else if chip.layers.iter().any(|l| l.model.program.is_some()) {
        "no card of some within the bounds of its neuron file does this soon at the ends of the current: widen the file's \
         bounds or its current's range; of other layers report it as a bug"
    } else {
        "report this as a bug, with the description"
    }
}

/// Checks that every layer fired on the samples of a data set.
pub(super) fn spikes_of_samples(chip: &Chip, samples: &[Activity]) -> Result<(), SimError> {
    let spiking = chip.layers[..chip.readout()].iter().zip(samples);
    let silent: Vec<_> = spiking
        .filter(|(_, activity)| activity.spikes == 0)
        .map(|(layer, _)| format!("`{}`: spikes", layer.name))
        .collect();
    match silent[..] {
        [] => Ok(()),
        _ => Err(SimError::Uneventful {
            what: "the samples".into(),
            missing: silent.join(", "),
            remedy: "take more --samples, the weights of a trained network (--checkpoint), or a lower `v_th_V`".into(),
        }),
    }
}

pub(super) fn json(chip: &Chip, chosen: &[Activity]) -> serde_json::Value {
    let layer = |(layer, activity): (&bruno_device::Layer, &Activity)| {
        let events = activity.events(layer).into_iter();
        let mut counts: serde_json::Map<_, _> = events
            .map(|(event, times)| (event.replace(' ', "_"), times.into()))
            .collect();
        counts.insert("layer".into(), layer.name.clone().into());
        serde_json::Value::Object(counts)
    };
    chip.layers.iter().zip(chosen).map(layer).collect()
}

pub(super) fn text(chip: &Chip, chosen: &[Activity], forced: usize) -> String {
    let events = match chip.layers.iter().any(|l| l.frozen) {
        true => "spikes in every layer, as far as registers can be written every event",
        false => "every event in every layer",
    };
    let mut text = format!("{forced} of the cases force {events}; in the others there were\n");
    for (layer, activity) in chip.layers.iter().zip(chosen) {
        let events = activity.events(layer).into_iter();
        let events: Vec<_> = events
            .map(|(event, times)| format!("{times} {event}"))
            .collect();
        let _ = writeln!(text, "  {}: {}", layer.name, events.join(", "));
    }
    text
}
