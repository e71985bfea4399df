//! One die: the cards and parameters of its layers, and how far each neuron's own device differs.

use crate::draws::{Draws, NameHash, Place, Quantity, factor};
use crate::{Chip, Codes, Layer, NeuronParameter};
use bruno_chip::{Description, DeviceCard, LayerDescription, Problem, Spread, Variability};
use rand::RngExt;

/// Draws of a parameter of a file that may lie outside of its bounds before the nearer bound is taken.
const TRIALS: usize = 64;

/// A hidden layer on a die, with its card or the parameters of its file: each is drawn once for the whole chip, and the same
/// in every command that draws this chip of this seed.
pub fn die_layer(description: &Description, layer: usize, draws: Draws) -> LayerDescription {
    let mut raw = description.layers[layer].clone();
    let Some(variability) = raw.variability.clone() else {
        return raw;
    };
    match raw.model {
        None => draw_card(&mut raw.device, &variability.die, draws),
        Some(_) => draw_parameters(&mut raw, &variability.die, draws),
    }
    raw
}

fn draw_card(card: &mut DeviceCard, spread: &Spread, draws: Draws) {
    for (index, name) in Spread::CARD.iter().enumerate() {
        let mut rng = draws.stream(Place::WHOLE_DIE, Quantity::Die(index as u8));
        let by = factor(spread.of(name), &mut rng);
        if let Some(value) = field(card, name) {
            *value *= by;
        }
    }
}

/// Parameters of a file stay within its bounds, which its registers are proved for: what is drawn outside is drawn again.
fn draw_parameters(layer: &mut LayerDescription, spread: &Spread, draws: Draws) {
    for (name, sigma) in spread.entries() {
        let named = NeuronParameter::named(name, layer).ok().flatten();
        let Some((parameter, (low, high))) = named.and_then(|p| Some((p.clone(), p.bounds()?)))
        else {
            // A chip with such a name was refused.
            continue;
        };
        let value = parameter.of(layer);
        let mut rng = draws.stream(Place::WHOLE_DIE, Quantity::Parameter(NameHash::of(name)));
        let mut drawn = || value * factor(sigma, &mut rng);
        let first = drawn();
        let within = |x: &f64| (low..=high).contains(x);
        let mut later =
            std::iter::once(first).chain(std::iter::repeat_with(drawn).take(TRIALS - 1));
        let kept = later.find(within).unwrap_or(first.clamp(low, high));
        parameter.set(layer, kept);
    }
}

/// The field of a card that an entry of [`Spread`] is about; none where the card has no such part.
pub(crate) fn field<'a>(card: &'a mut DeviceCard, name: &str) -> Option<&'a mut f64> {
    match name {
        "area" => Some(&mut card.area_um2),
        "t_fe" => Some(&mut card.t_fe_nm),
        "p_s" => Some(&mut card.p_s_c_m2),
        "c_series" => card.c_series_f_m2.as_mut(),
        "w_b" => Some(&mut card.w_b_ev),
        "g_leak" => Some(&mut card.g_leak_ps),
        "v_th" => Some(&mut card.v_th_v),
        "tau_syn" => Some(&mut card.tau_syn_ms),
        _ => None,
    }
}

/// The registers of a layer of a chip on a die, its random numbers included; those of `nominal` where nothing spreads.
///
/// # Errors
/// What this die's registers cannot hold.
pub(crate) fn die_codes(
    chip: &Chip,
    index: usize,
    nominal: &Codes,
    draws: Draws,
) -> Result<Codes, Problem> {
    let description = &chip.description;
    let codes = match description.layers[index].variability {
        None => nominal.clone(),
        Some(_) => codes_of(
            chip,
            index,
            nominal,
            &die_layer(description, index, draws),
            draws,
        )?,
    };
    Ok(Codes {
        seed: layer_seed(index, draws),
        sur_w: nominal.sur_w,
        ..codes
    })
}

fn codes_of(
    chip: &Chip,
    index: usize,
    nominal: &Codes,
    own: &LayerDescription,
    draws: Draws,
) -> Result<Codes, Problem> {
    let (formats, rounding) = (&chip.description.formats, chip.description.rounding);
    let impossible = |what: String, allowed: String, remedy: &str| Problem {
        field: format!("layers[{index}].variability.die"),
        value: format!("{what} on virtual chip {}", draws.chip),
        allowed,
        remedy: remedy.into(),
    };
    if let Some(program) = &chip.layers[index].model.program {
        let values = program.values(&program.parameters_of(own), rounding);
        // Its noise is one of the state: no parameter moves it.
        let codes = values.map(|registers| Codes {
            noise_m: nominal.noise_m,
            ..Codes::of_program(registers, rounding)
        });
        return codes.map_err(|e| {
            let what = "a card that the registers cannot hold".into();
            impossible(what, e.to_string(), "lower the spread")
        });
    }
    Codes::new(&own.device, formats, rounding).map_err(|e| {
        impossible(
            format!("a `{}` whose coefficient is {:.3e}", e.field, e.coefficient),
            format!("coefficients below {} ({} bits)", 1u64 << e.bits, e.bits),
            "lower the spread or bring the card nearer to its default",
        )
    })
}

/// Random numbers of a layer of this chip, 30 bits.
pub(crate) fn layer_seed(layer: usize, draws: Draws) -> i32 {
    let place = Place {
        layer,
        recurrent: false,
    };
    let mut rng = draws.stream(place, Quantity::Seed);
    (rng.random::<u32>() >> 2) as i32
}

/// What each neuron's synaptic currents are multiplied by on this die.
///
/// `C dV/dt = I - g V - C kappa f` with `C` and `g` by area (the leak is the film's): an area `a` times the die's is a
/// current `1/a` times as large, and nothing else.
pub fn current_factors(
    variability: Option<&Variability>,
    layer: &Layer,
    index: usize,
    draws: Draws,
) -> Vec<f64> {
    let sigma = variability.map_or(0.0, |v| v.device.of("area"));
    let place = Place {
        layer: index,
        recurrent: false,
    };
    let mut rng = draws.stream(place, Quantity::Area);
    (0..layer.neurons)
        .map(|_| 1.0 / factor(sigma, &mut rng))
        .collect()
}

/// The spreads in force, as text; empty without any.
pub(crate) fn active(spread: &Spread) -> String {
    let entries = spread.entries().filter(|(_, s)| *s != 0.0);
    let text: Vec<String> = entries
        .map(|(name, sigma)| format!("{name} {} %", 100.0 * sigma))
        .collect();
    text.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chip of two layers whose neurons spread by this block.
    fn description(variability: &str) -> Description {
        let layer = |name: &str| {
            format!(
                r#"{{"name":"{name}","kind":"felif","neurons":400,"variability":{variability},
                    "synapse":{{"bits":1,"range_pA":100}}}}"#
            )
        };
        let text = format!(
            r#"{{"name":"t","inputs":1,"bank_neurons":50,"layers":[{},{}],
                "readout":{{"outputs":1,"synapse":{{"bits":1,"range_pA":100}}}}}}"#,
            layer("a"),
            layer("b")
        );
        Description::parse("t", &text).unwrap()
    }

    const DRAWS: Draws = Draws { seed: 3, chip: 0 };

    #[test]
    fn without_spread_a_die_has_the_card() {
        let description = description("{}");
        assert_eq!(
            die_layer(&description, 0, DRAWS).device,
            description.layers[0].device
        );
    }

    #[test]
    fn layers_of_a_die_share_their_film_and_dies_differ() {
        let description = description(r#"{"die":{"t_fe":0.1,"p_s":0.1}}"#);
        let card = |layer, chip| die_layer(&description, layer, Draws { chip, ..DRAWS }).device;
        assert_eq!(card(0, 0), card(1, 0));
        assert_ne!(card(0, 0).t_fe_nm, card(0, 1).t_fe_nm);
        let nominal = &description.layers[0].device;
        let by = |chip| {
            let card = card(0, chip);
            (
                card.t_fe_nm / nominal.t_fe_nm,
                card.p_s_c_m2 / nominal.p_s_c_m2,
            )
        };
        assert_ne!(by(0).0, by(0).1);
        assert_eq!(card(0, 0).v_th_v, nominal.v_th_v);
    }

    /// Mean and deviation of the logarithm of `t_fe` over many dies.
    #[test]
    fn dies_spread_as_told() {
        let description = description(r#"{"die":{"t_fe":0.1}}"#);
        let nominal = description.layers[0].device.t_fe_nm;
        let log = |chip| {
            let card = die_layer(&description, 0, Draws { chip, ..DRAWS }).device;
            (card.t_fe_nm / nominal).ln()
        };
        let logs: Vec<f64> = (0..4000).map(log).collect();
        let mean = logs.iter().sum::<f64>() / 4000.0;
        let deviation = (logs.iter().map(|l| l * l).sum::<f64>() / 4000.0).sqrt();
        assert!(
            mean.abs() < 0.006 && (deviation - 0.1).abs() < 0.005,
            "{mean}, {deviation}"
        );
    }

    #[test]
    fn neurons_of_a_die_spread_as_told() {
        let description = description(r#"{"device":{"area":0.05}}"#);
        let chip = Chip::resolve("t", &description).unwrap();
        let factors = |layer: usize| {
            let variability = description.layers[layer].variability.as_ref();
            current_factors(variability, &chip.layers[layer], layer, DRAWS)
        };
        let square: f64 = factors(0).iter().map(|f| f.ln().powi(2)).sum();
        let deviation = (square / 400.0).sqrt();
        assert!((deviation - 0.05).abs() < 0.008, "{deviation}");
        assert_ne!(factors(0), factors(1));
    }

    /// A chip whose neurons of a file spread so.
    fn of_file(die: &str) -> Chip {
        let text = format!(
            r#"{{"name":"t","inputs":1,"layers":[{{"name":"a","model":"alif","neurons":2,"variability":{{"die":{die}}},
                "synapse":{{"range_pA":100}}}}],"readout":{{"outputs":1,"synapse":{{"range_pA":100}}}}}}"#
        );
        Chip::resolve("t", &Description::parse("t", &text).unwrap()).unwrap()
    }

    /// Parameters of a file spread by their names, and the registers of a die follow.
    #[test]
    fn parameters_of_a_file_spread() {
        let chip = of_file(r#"{"tau_b":0.1,"theta_0":0.05}"#);
        let layer = |chip_number| {
            die_layer(
                &chip.description,
                0,
                Draws {
                    chip: chip_number,
                    ..DRAWS
                },
            )
        };
        let names: Vec<String> = layer(0).parameters.into_keys().collect();
        assert_eq!(names, ["tau_b", "theta_0"]);
        let log = |k| (layer(k).parameters["tau_b"] / 100.0).ln();
        let square: f64 = (0..2000).map(|k| f64::powi(log(k), 2)).sum();
        let deviation = (square / 2000.0).sqrt();
        assert!((deviation - 0.1).abs() < 0.008, "{deviation}");
        let nominal = &chip.layers[0].codes;
        let codes = die_codes(&chip, 0, nominal, DRAWS).unwrap();
        assert_ne!(codes.own, nominal.own);
    }

    /// A parameter at an end of its bounds spreads to one side.
    #[test]
    fn draws_stay_within_the_bounds_of_the_file() {
        let mut chip = of_file(r#"{"theta_0":0.5}"#);
        chip.description.layers[0]
            .parameters
            .insert("theta_0".into(), 1.0);
        let drawn = |chip_number| {
            let own = die_layer(
                &chip.description,
                0,
                Draws {
                    chip: chip_number,
                    ..DRAWS
                },
            );
            own.parameters["theta_0"]
        };
        let all: Vec<f64> = (0..200).map(drawn).collect();
        assert!(all.iter().all(|x| (0.1..=1.0).contains(x)), "{all:?}");
        // Drawn again and not cut: few are at the bound itself.
        assert!(all.iter().filter(|x| **x == 1.0).count() < 2, "{all:?}");
    }
}
