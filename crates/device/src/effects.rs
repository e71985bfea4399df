//! Device effects that a description gives: which act on every chip, and which on virtual ones alone (docs/variability.md).

use bruno_chip::{Description, Rounding, Rram, Synapse};
use serde::{Deserialize, Serialize};

/// An effect of a size other than 0.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Effect {
    /// As `training.hardware.effects` calls it; none for what that cannot choose.
    key: Option<&'static str>,
    name: String,
    /// Layers, or projections onto them.
    places: Vec<String>,
    /// Acts on the nominal chip too.
    nominal: bool,
    /// Makes one virtual chip differ from another.
    differs: bool,
}

/// All effects of a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effects {
    all: Vec<Effect>,
    stochastic: bool,
}

/// Which of the described effects were active in what a report is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EffectsInForce {
    /// Those that acted, each with its places.
    pub active: Vec<String>,
    /// Those that are described and did not act.
    pub inactive: Vec<String>,
}

impl Effects {
    /// Of a description.
    pub fn of(description: &Description) -> Self {
        let mut effects = Self {
            all: Vec::new(),
            stochastic: description.rounding == Rounding::Stochastic,
        };
        for layer in &description.layers {
            let place = format!("`{}`", layer.name);
            let noise = layer.device.noise_pa_rms.or(layer.noise_rms);
            if noise.is_some_and(|rms| rms > 0.0) {
                effects.add(None, "membrane noise", &place, true, true);
            }
            effects.synapse(&layer.synapse, &format!("input of {place}"));
            if layer.recurrent {
                let synapse = layer.recurrent_synapse.as_ref().unwrap_or(&layer.synapse);
                effects.synapse(synapse, &format!("recurrence of {place}"));
            }
            if let Some(variability) = &layer.variability {
                let spreads = [
                    ("die", "spread of neurons between dies", &variability.die),
                    ("device", "spread of neurons of a die", &variability.device),
                ];
                for (key, name, spread) in spreads {
                    if !spread.is_none() {
                        effects.add(Some(key), name, &place, false, true);
                    }
                }
            }
        }
        effects.synapse(&description.readout.synapse, "readout");
        effects
    }

    fn synapse(&mut self, synapse: &Synapse, place: &str) {
        let Some(rram) = &synapse.rram else { return };
        if rram.states.is_some() {
            self.add(None, "limited conductance states", place, true, false);
        }
        for (key, name, differs) in of_devices(rram) {
            self.add(Some(key), name, place, false, differs);
        }
    }

    fn add(
        &mut self,
        key: Option<&'static str>,
        name: &str,
        place: &str,
        nominal: bool,
        differs: bool,
    ) {
        if let Some(known) = self.all.iter_mut().find(|e| e.name == name) {
            known.places.push(place.into());
            known.differs |= differs;
            return;
        }
        self.all.push(Effect {
            key,
            name: name.into(),
            places: vec![place.into()],
            nominal,
            differs,
        });
    }

    /// On the nominal chip, as training, evaluation and audits run it.
    pub fn on_nominal(&self) -> EffectsInForce {
        self.split(|effect| effect.nominal)
    }

    /// On virtual chips with the effects of these names in `training.hardware`.
    pub fn with_asked(&self, asked: &[&str]) -> EffectsInForce {
        self.split(|effect| effect.nominal || effect.key.is_some_and(|k| asked.contains(&k)))
    }

    /// On virtual chips of a Monte-Carlo run.
    pub fn on_virtual(&self) -> EffectsInForce {
        self.split(|_| true)
    }

    /// Whether virtual chips differ from one another at all: by an effect, or by the random numbers of a rounding.
    pub fn chips_differ(&self) -> bool {
        self.stochastic || self.all.iter().any(|effect| effect.differs)
    }

    fn split(&self, active: impl Fn(&Effect) -> bool) -> EffectsInForce {
        let text = |effect: &Effect| format!("{} ({})", effect.name, effect.places.join(", "));
        let those = |wanted: bool| -> Vec<String> {
            let all = self.all.iter().filter(|e| active(e) == wanted);
            all.map(text).collect()
        };
        EffectsInForce {
            active: those(true),
            inactive: those(false),
        }
    }
}

/// Effects of devices by key and name, and whether they make chips differ.
fn of_devices(rram: &Rram) -> Vec<(&'static str, &'static str, bool)> {
    let programming = rram.programming.as_ref();
    let programming = programming.is_some_and(|p| p.sigma_us.iter().any(|s| *s != 0.0));
    let drift = rram.drift.as_ref();
    let drifts = drift.is_some_and(|d| d.nu != 0.0 || d.nu_sigma != 0.0);
    let spreads = drift.is_some_and(|d| d.nu_sigma != 0.0);
    let stuck = rram.stuck.as_ref();
    let stuck = stuck.is_some_and(|s| s.hrs_probability + s.lrs_probability > 0.0);
    let effects = [
        ("programming", "programming error", programming, true),
        (
            "read_noise",
            "read noise",
            rram.read_noise.is_some_and(|n| n.sigma != 0.0),
            true,
        ),
        ("drift", "drift", drifts, spreads),
        ("stuck", "stuck devices", stuck, true),
        (
            "conductance",
            "spread of conductances between dies",
            rram.die.is_some_and(|d| d.sigma != 0.0),
            true,
        ),
    ];
    let present = effects.into_iter().filter(|(.., present, _)| *present);
    present
        .map(|(key, name, _, differs)| (key, name, differs))
        .collect()
}

impl EffectsInForce {
    /// One line, and one more where something described did not act.
    pub fn lines(&self) -> Vec<String> {
        let list = |names: &[String]| names.join("; ");
        let active = match (self.active.is_empty(), self.inactive.is_empty()) {
            (false, _) => list(&self.active),
            (true, false) => "none".into(),
            (true, true) => "none, none is described".into(),
        };
        let mut lines = vec![format!("device effects in force        {active}")];
        if !self.inactive.is_empty() {
            lines.push(format!(
                "described, not in force       {} (`bruno montecarlo` draws chips with them)",
                list(&self.inactive)
            ));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RRAM: &str =
        r#""range_pA": 300, "rram": { "lrs_uS": 40, "hrs_uS": 1, "read_V": 0.2, $ }"#;

    fn effects(from: &str, to: &str) -> Effects {
        let text = include_str!("../../../examples/braille.json");
        assert!(text.contains(from));
        let text = text.replacen(from, to, 1);
        Effects::of(&Description::parse("t", &text).unwrap())
    }

    /// Active and inactive on the nominal chip, of the example with these devices behind the hidden layer's inputs.
    fn check(rram: &str, active: &[&str], inactive: &[&str], differ: bool) {
        let found = effects("\"range_pA\": 300", &RRAM.replace('$', rram));
        let nominal = found.on_nominal();
        assert_eq!(
            (&nominal.active[..], &nominal.inactive[..]),
            (&own(active)[..], &own(inactive)[..])
        );
        assert_eq!(found.chips_differ(), differ);
        assert_eq!(
            found.on_virtual().active.len(),
            active.len() + inactive.len()
        );
    }

    fn own(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|t| t.to_string()).collect()
    }

    #[test]
    fn none_described() {
        let found = effects("", "");
        let lines = found.on_nominal().lines();
        assert_eq!(
            lines,
            ["device effects in force        none, none is described"]
        );
        assert!(!found.chips_differ());
    }
    #[test]
    fn states_act_on_every_chip() {
        check(
            r#""states": 16"#,
            &["limited conductance states (input of `hidden`)"],
            &[],
            false,
        );
    }
    #[test]
    fn devices_act_on_virtual_chips() {
        let rram = r#""programming": {"sigma_uS": [0, 1]}, "stuck": {"lrs_probability": 0.1}"#;
        let expected = [
            "programming error (input of `hidden`)",
            "stuck devices (input of `hidden`)",
        ];
        check(rram, &[], &expected, true);
    }
    #[test]
    fn sizes_of_nought_are_no_effects() {
        let rram = r#""programming": {"sigma_uS": [0]}, "read_noise": {"sigma": 0}, "stuck": {}, "drift": {"nu": 0, "time_s": 9}"#;
        check(rram, &[], &[], false);
    }
    #[test]
    fn a_drift_without_spread_is_the_same_on_all_chips() {
        let drift = r#""drift": {"nu": 0.1, "time_s": 1e4}"#;
        check(drift, &[], &["drift (input of `hidden`)"], false);
        check(
            r#""drift": {"nu": 0.1, "nu_sigma": 0.01, "time_s": 1e4}"#,
            &[],
            &["drift (input of `hidden`)"],
            true,
        );
    }
    #[test]
    fn neurons_and_noise() {
        let noisy = "\"noise_pA_rms\": 5, \"area_um2\": 4";
        let found = effects("\"area_um2\": 4", noisy);
        assert_eq!(found.on_nominal().active, ["membrane noise (`hidden`)"]);
        assert!(found.chips_differ());
        let spread = "\"variability\": \"heracles\", \"recurrent\": true";
        let found = effects("\"recurrent\": true", spread);
        assert_eq!(found.on_nominal().inactive.len(), 2);
        let asked = found.with_asked(&["device"]);
        assert_eq!(asked.active, ["spread of neurons of a die (`hidden`)"]);
        assert_eq!(
            asked.inactive,
            ["spread of neurons between dies (`hidden`)"]
        );
    }
    #[test]
    fn random_rounding_makes_chips_differ() {
        let text = "\"name\": \"braille\"";
        assert!(effects(text, &format!("\"rounding\": \"stochastic\", {text}")).chips_differ());
    }
}
