//! One die: the cards of its layers, and how far each neuron's own device differs.

use crate::codes::CodeError;
use crate::draws::{Draws, Place, Quantity, factor};
use crate::{Codes, Layer};
use bruno_chip::{Description, DeviceCard, Spread, Variability};
use rand::RngExt;

/// The card of a hidden layer on a die: each parameter is drawn once for the whole chip.
pub fn die_card(description: &Description, layer: usize, draws: Draws) -> DeviceCard {
    let raw = &description.layers[layer];
    let mut card = raw.device.clone();
    let Some(variability) = &raw.variability else {
        return card;
    };
    for (index, (name, sigma)) in variability.die.entries().into_iter().enumerate() {
        let mut rng = draws.stream(Place::WHOLE_DIE, Quantity::Die(index as u8));
        let by = factor(sigma, &mut rng);
        if let Some(value) = field(&mut card, name) {
            *value *= by;
        }
    }
    card
}

/// The field of a card that an entry of [`Spread`] is about; none where the card has no such part.
fn field<'a>(card: &'a mut DeviceCard, name: &str) -> Option<&'a mut f64> {
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

/// The registers of a hidden layer on a die, its random numbers included; those of `nominal` where nothing spreads.
pub(crate) fn die_codes(
    description: &Description,
    layer: usize,
    nominal: &Codes,
    draws: Draws,
) -> Result<Codes, CodeError> {
    let card = die_card(description, layer, draws);
    let spread = description.layers[layer].variability.is_some();
    let codes = if spread {
        Codes::new(&card, &description.formats, description.rounding)?
    } else {
        nominal.clone()
    };
    Ok(Codes {
        seed: layer_seed(layer, draws),
        sur_w: nominal.sur_w,
        ..codes
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
    let sigma = variability.map_or(0.0, |v| v.device.area);
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
    let entries = spread.entries().into_iter().filter(|(_, s)| *s != 0.0);
    let text: Vec<String> = entries
        .map(|(name, sigma)| format!("{name} {} %", 100.0 * sigma))
        .collect();
    text.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Chip;

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
            die_card(&description, 0, DRAWS),
            description.layers[0].device
        );
    }

    #[test]
    fn layers_of_a_die_share_their_film_and_dies_differ() {
        let description = description(r#"{"die":{"t_fe":0.1,"p_s":0.1}}"#);
        let card = |layer, chip| die_card(&description, layer, Draws { chip, ..DRAWS });
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
            let card = die_card(&description, 0, Draws { chip, ..DRAWS });
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
}
