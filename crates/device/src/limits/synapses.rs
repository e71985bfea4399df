//! Design rules of the synapses: levels against the current's range, and the devices behind them.

use crate::rram::{Array, levels_pa};
use crate::{Finding, Layer, die};
use bruno_chip::{Description, LayerDescription, Mapping, Rram, Synapse};

/// Rate of every channel for which the expected current is printed, Hz.
const RATE_HZ: f64 = 20.0;

/// Fan-in against the range of the synaptic current: how many spikes at once fill it, and what independent (Poisson)
/// channels at [`RATE_HZ`] make of it when every code is equally likely: the mean is `rate tau sum(level)`, the variance
/// `rate tau/2 sum(level^2)` (Campbell).
pub(super) fn saturation(layer: &Layer) -> Finding {
    let lsb = layer.current.lsb_pa;
    let range = layer.current.range_pa();
    let tau_s = layer.tau_syn_s();
    let recurrences = layer.fan_in() - layer.inputs;
    let mut moments = [0.0; 2];
    let mut strongest = 0.0f64;
    for (table, channels) in [
        (&layer.levels, layer.inputs),
        (&layer.recurrent_levels, recurrences),
    ] {
        for level in table {
            let pa = f64::from(*level) * lsb;
            let share = channels as f64 / table.len() as f64;
            moments[0] += share * pa;
            moments[1] += share * pa * pa;
            strongest = strongest.max(pa.abs());
        }
    }
    let mean = RATE_HZ * tau_s * moments[0];
    let deviation = (0.5 * RATE_HZ * tau_s * moments[1]).sqrt();
    let expected = mean.abs() + 3.0 * deviation;
    let text = format!(
        "layer `{}`: {:.1} spikes at once of its strongest level fill the current's range of {range} pA; {} channels at \
         {RATE_HZ} Hz with levels at random give {mean:.0} +- {deviation:.0} pA",
        layer.name,
        range / strongest.max(lsb),
        layer.fan_in()
    );
    let remedy = "a mean and three deviations leave the range, currents will be clipped: raise `formats.i_range_pA`, or lower \
                  the levels or the time constant";
    Finding::judged(expected > range, text, remedy)
}

/// Spread of the neurons in force on virtual chips.
pub(super) fn spread(layer: &Layer, description: &LayerDescription) -> Option<Finding> {
    let variability = description.variability.as_ref()?;
    let or_none = |text: String| if text.is_empty() { "none".into() } else { text };
    Some(Finding::fine(format!(
        "layer `{}`: on virtual chips (`bruno montecarlo`) neurons spread between dies: {}; between devices: {}",
        layer.name,
        or_none(die::active(&variability.die)),
        or_none(die::active(&variability.device))
    )))
}

/// The devices behind every projection that has any, and which of their effects are in force.
pub(super) fn devices(description: &Description) -> Vec<Finding> {
    let mut found = Vec::new();
    for layer in &description.layers {
        let name = &layer.name;
        let recurrent = layer.recurrent_synapse.as_ref().unwrap_or(&layer.synapse);
        found.extend(array(
            &format!("layer `{name}`, synapses of the input"),
            &layer.synapse,
        ));
        if layer.recurrent {
            let what = format!("layer `{name}`, recurrent synapses");
            found.extend(array(&what, recurrent));
        }
    }
    found.extend(array(
        "layer `readout`, synapses",
        &description.readout.synapse,
    ));
    found.extend(sources(description));
    found
}

/// Where the numbers of devices and spreads come from, each source once.
fn sources(description: &Description) -> Vec<Finding> {
    let layers = &description.layers;
    let synapses = layers
        .iter()
        .flat_map(|l| std::iter::once(&l.synapse).chain(&l.recurrent_synapse));
    let devices = synapses.chain([&description.readout.synapse]);
    let devices = devices.filter_map(|s| s.rram.as_ref()?.source.as_deref());
    let spreads = layers
        .iter()
        .filter_map(|l| l.variability.as_ref()?.source.as_deref());
    let sources: std::collections::BTreeSet<&str> = devices.chain(spreads).collect();
    let note = |source| {
        Finding::look(
            format!("source of device numbers: {source}"),
            "`bruno device fit` gives numbers of a measured device",
        )
    };
    sources.into_iter().map(note).collect()
}

fn array(what: &str, synapse: &Synapse) -> Option<Finding> {
    let array = Array::of(synapse)?;
    let card = array.card();
    let mapping = match card.mapping {
        Mapping::Differential => "pairs of RRAM devices",
        Mapping::Single => "one RRAM device against a reference",
    };
    let levels = levels_pa(synapse);
    let mut distinct = levels.clone();
    distinct.dedup();
    let (on, off): (Vec<_>, Vec<_>) = effects(card).into_iter().partition(|(_, on)| *on);
    let list = |effects: Vec<(&str, bool)>| match effects.len() {
        0 => "none".to_string(),
        _ => effects.iter().map(|e| e.0).collect::<Vec<_>>().join(", "),
    };
    let states = card
        .states
        .map_or("any state".into(), |s| format!("{s} states"));
    let text = format!(
        "{what}: {mapping}, {}..{} uS in {states}, read at {} V, current ratio {:.3e}; {} of {} levels differ; in force on \
         virtual chips (`bruno montecarlo`): {}; off: {}",
        card.hrs_us,
        card.lrs_us,
        card.read_v,
        array.current_ratio(),
        distinct.len(),
        levels.len(),
        list(on),
        list(off)
    );
    let remedy = "codes share a level: raise `states` or lower `bits`";
    Some(Finding::judged(distinct.len() < levels.len(), text, remedy))
}

fn effects(card: &Rram) -> [(&'static str, bool); 5] {
    [
        ("programming error", card.programming.is_some()),
        ("read noise", card.read_noise.is_some()),
        ("drift", card.drift.is_some()),
        ("stuck devices", card.stuck.is_some()),
        ("spread between dies", card.die.is_some()),
    ]
}

#[cfg(test)]
mod tests {
    use crate::Verdict;
    use crate::limits::check;

    const RANGE: &str = "\"range_pA\": 300";

    #[test]
    fn fan_in_of_the_example() {
        // 24 * 300^2 * 3/7 + 32 * 30^2 * 3/7 = 9.38e5 pA2, times 20 Hz * 5 ms: 306 pA.
        check(
            "",
            "",
            Verdict::Fine,
            "at 20 Hz with levels at random give 0 +- 306 pA",
        );
    }
    #[test]
    fn strong_levels_fill_the_range() {
        let expected = "a mean and three deviations leave the range";
        check(RANGE, "\"range_pA\": 400", Verdict::Act, expected);
    }
    #[test]
    fn excitation_alone_has_a_mean() {
        let levels = "\"levels_pA\": [1, 2, 3, 4, 5, 6, 7, 8]";
        // 24 * 4.5 pA * 20 Hz * 10 ms = 21.6 pA, and the recurrence has none.
        check(RANGE, levels, Verdict::Fine, "give 22 +- 36 pA");
    }
    #[test]
    fn effects_in_force() {
        let devices =
            format!("{RANGE}, \"rram\": {{ \"preset\": \"wan2022\", \"read_noise\": null }}");
        let expected = "in force on virtual chips (`bruno montecarlo`): programming error; off: read noise, drift";
        check(RANGE, &devices, Verdict::Fine, expected);
        check(
            RANGE,
            &devices,
            Verdict::Look,
            "source of device numbers: HfO2 RRAM of Wan et al.",
        );
    }
    #[test]
    fn codes_that_share_a_state() {
        let devices = format!("{RANGE}, \"rram\": {{ \"preset\": \"wan2022\", \"states\": 4 }}");
        check(RANGE, &devices, Verdict::Act, "7 of 8 levels differ");
    }
    #[test]
    fn spreads_in_force() {
        let spread = "\"variability\": \"heracles\", \"recurrent\": true";
        let expected = "neurons spread between dies: p_s 10 %; between devices: area 2 %";
        check("\"recurrent\": true", spread, Verdict::Fine, expected);
    }
}
