//! One specimen of a layer's neurons, chosen rather than drawn: quantities moved by multiples of their spread, another
//! temperature.

use crate::NeuronParameter;
use crate::die::field;
use bruno_chip::{DeviceCard, LayerDescription, NeuronKind, Problem};
use bruno_model::Model;

/// A quantity that spreads between the dies of a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct DieQuantity {
    /// Its name in `variability.die`.
    pub name: String,
    /// Its unit: that of the card's field, or of the file.
    pub unit: String,
    /// Its value in the layer, in that unit.
    pub value: f64,
    /// Standard deviation of the logarithm of its factor.
    pub sigma: f64,
}

/// What spreads between the dies of a layer, in the order of its description; empty without `variability`.
///
/// # Errors
/// A neuron file that cannot be read.
pub fn die_quantities(layer: &LayerDescription) -> Result<Vec<DieQuantity>, Problem> {
    let Some(variability) = &layer.variability else {
        return Ok(Vec::new());
    };
    let spreads = variability.die.entries().filter(|(_, sigma)| *sigma != 0.0);
    let found = spreads.map(|(name, sigma)| {
        let value = value_of(layer, name)?;
        Ok(value.map(|(value, unit)| DieQuantity {
            name: name.into(),
            unit,
            value,
            sigma,
        }))
    });
    Ok(found
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect())
}

/// Value and unit of a quantity of a layer; none where the layer has no such one.
fn value_of(layer: &LayerDescription, name: &str) -> Result<Option<(f64, String)>, Problem> {
    if layer.model.is_some() {
        let parameter = NeuronParameter::named(name, layer)?;
        return Ok(parameter.map(|p| (p.of(layer), p.unit().into())));
    }
    let value = field(&mut layer.device.clone(), name).map(|value| *value);
    Ok(value.map(|value| (value, unit_of(name).into())))
}

/// The unit of a card's field by its name in `variability.die`.
fn unit_of(name: &str) -> &'static str {
    match name {
        "area" => "um2",
        "t_fe" => "nm",
        "p_s" => "C/m2",
        "c_series" => "F/m2",
        "w_b" => "eV",
        "g_leak" => "pS",
        "v_th" => "V",
        _ => "ms",
    }
}

/// Moves quantities of a layer so many standard deviations of their spread between dies away from their value: each is
/// multiplied by `exp(sigmas sigma)`, as a drawn die's is by `exp(n sigma)` with a standard normal `n`.
///
/// # Errors
/// A quantity that does not spread in this layer, and one that leaves the bounds of its file.
pub fn move_to_corner(
    layer: &mut LayerDescription,
    corner: &[(String, f64)],
) -> Result<(), Problem> {
    let quantities = die_quantities(layer)?;
    for (name, sigmas) in corner {
        let Some(quantity) = quantities.iter().find(|q| q.name == *name) else {
            return Err(unspread(layer, name, &quantities));
        };
        let value = quantity.value * (sigmas * quantity.sigma).exp();
        if layer.model.is_none() {
            if let Some(place) = field(&mut layer.device, name) {
                *place = value;
            }
            continue;
        }
        if let Some(parameter) = NeuronParameter::named(name, layer)? {
            let bounds = parameter.bounds().unwrap_or((f64::MIN, f64::MAX));
            within(
                bounds,
                parameter.unit(),
                value,
                &format!("--corner {name}={sigmas}"),
            )?;
            parameter.set(layer, value);
        }
    }
    Ok(())
}

fn unspread(layer: &LayerDescription, name: &str, quantities: &[DieQuantity]) -> Problem {
    let names: Vec<&str> = quantities.iter().map(|q| q.name.as_str()).collect();
    let (allowed, remedy) = match names[..] {
        [] => (
            "nothing: no quantity of this layer spreads between dies".into(),
            format!(
                "give layer `{}` spreads, as in --set layers.{}.variability=heracles",
                layer.name, layer.name
            ),
        ),
        _ => (
            format!("{}, the quantities of `variability.die`", names.join(", ")),
            format!("name one of these, or give `{name}` a spread there"),
        ),
    };
    Problem {
        field: "--corner".into(),
        value: format!("`{name}`"),
        allowed,
        remedy,
    }
}

/// Temperatures that a card may have, K.
const CARD_K: (f64, f64) = (200.0, 450.0);

/// Puts the neurons of a layer at a temperature, K: the field `temperature_K` of a card, or the only parameter of a file
/// in K.
///
/// # Errors
/// A temperature out of bounds; neurons on which it has no effect, or whose file has several temperatures.
pub fn heat(layer: &mut LayerDescription, kelvin: f64) -> Result<(), Problem> {
    match layer.kind {
        NeuronKind::Felif => return heat_card(&mut layer.device, kelvin),
        NeuronKind::Lif => return Err(no_one_temperature(kelvin, &[])),
        NeuronKind::File => {}
    }
    let mut found = Vec::new();
    for name in NeuronParameter::names(layer)? {
        found.extend(
            NeuronParameter::named(&name, layer)?
                .filter(|p| p.unit() == "K")
                .map(|p| (name, p)),
        );
    }
    match &found[..] {
        [(_, parameter)] => {
            let bounds = parameter.bounds().unwrap_or((f64::MIN, f64::MAX));
            within(bounds, "K", kelvin, "--temperature")?;
            parameter.set(layer, kelvin);
            Ok(())
        }
        several => {
            let names: Vec<&str> = several.iter().map(|(name, _)| name.as_str()).collect();
            Err(no_one_temperature(kelvin, &names))
        }
    }
}

/// Puts a card at a temperature, K.
///
/// # Errors
/// A temperature out of bounds.
pub fn heat_card(card: &mut DeviceCard, kelvin: f64) -> Result<(), Problem> {
    let (low, high) = CARD_K;
    card.temperature_k = kelvin;
    match (low..=high).contains(&kelvin) {
        true => Ok(()),
        false => Err(Problem {
            field: "--temperature".into(),
            value: kelvin.to_string(),
            allowed: format!("{low}..{high} K"),
            remedy: "give the temperature of the chip in kelvin".into(),
        }),
    }
}

/// Puts a neuron of a file alone at a temperature, K; one value a parameter of the file, SI units.
///
/// # Errors
/// As of [`heat`].
pub fn heat_parameters(model: &Model, values: &mut [f64], kelvin: f64) -> Result<(), Problem> {
    let in_kelvin = model.parameters.iter().zip(values);
    let mut found: Vec<_> = in_kelvin.filter(|(p, _)| p.unit.0 == "K").collect();
    match &mut found[..] {
        [(parameter, value)] => {
            **value = kelvin;
            within(parameter.bounds, "K", kelvin, "--temperature")
        }
        several => {
            let names: Vec<&str> = several.iter().map(|(p, _)| p.name.as_str()).collect();
            Err(no_one_temperature(kelvin, &names))
        }
    }
}

/// Of a file with none or several parameters in K.
fn no_one_temperature(kelvin: f64, names: &[&str]) -> Problem {
    let remedy = match names {
        [] => {
            "nothing of this neuron is in K, so nothing would change: leave the option away, or give its file a temperature"
                .into()
        }
        _ => format!(
            "the file has several parameters in K ({}): set the one that is meant, `parameters` of a chip's layer",
            names.join(", ")
        ),
    };
    Problem {
        field: "--temperature".into(),
        value: kelvin.to_string(),
        allowed: "neurons with one temperature: `felif`, or a file with one parameter in K".into(),
        remedy,
    }
}

/// Refuses a value out of the bounds of the file, which its registers are proved for.
fn within((low, high): (f64, f64), unit: &str, value: f64, option: &str) -> Result<(), Problem> {
    match (low..=high).contains(&value) {
        true => Ok(()),
        false => Err(Problem {
            field: option.into(),
            value: format!("{value} {unit}"),
            allowed: format!("{low}..{high} {unit}, the bounds of the file"),
            remedy: "stay within them, or widen them in the file".into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_chip::Description;

    fn layer(neurons: &str) -> LayerDescription {
        let text = format!(
            r#"{{"name":"t","inputs":1,"layers":[{{"name":"a",{neurons},"neurons":1,
                "synapse":{{"bits":1,"range_pA":100}}}}],
                "readout":{{"outputs":1,"synapse":{{"bits":1,"range_pA":100}}}}}}"#
        );
        Description::parse("t", &text).unwrap().layers.remove(0)
    }

    const CARD: &str = r#""kind":"felif","variability":{"die":{"area":0.1,"v_th":0.02}}"#;
    const FILE: &str = r#""model":"felif","variability":{"die":{"V_th":0.02}}"#;

    /// What a quantity is after the move.
    fn moved(neurons: &str, corner: (&str, f64)) -> Result<f64, Problem> {
        let mut layer = layer(neurons);
        move_to_corner(&mut layer, &[(corner.0.into(), corner.1)])?;
        let quantities = die_quantities(&layer)?;
        let quantity = quantities.iter().find(|q| q.name == corner.0);
        Ok(quantity.unwrap().value)
    }

    fn check(neurons: &str, corner: (&str, f64), expected: f64) {
        let found = moved(neurons, corner).unwrap();
        assert!((found / expected - 1.0).abs() < 1e-12, "{found}");
    }

    fn refused(neurons: &str, corner: (&str, f64), expected: &str) {
        let problem = moved(neurons, corner).unwrap_err().to_string();
        assert!(problem.contains(expected), "{problem}");
    }

    #[test]
    fn a_quantity_of_a_card() {
        check(CARD, ("area", 3.0), 4.0 * f64::exp(0.3));
    }
    #[test]
    fn a_parameter_of_a_file() {
        check(FILE, ("V_th", -2.0), 0.8 * f64::exp(-0.04));
    }
    #[test]
    fn what_does_not_spread() {
        refused(CARD, ("p_s", 1.0), "allowed: area, v_th, the quantities");
    }
    #[test]
    fn nothing_spreads() {
        refused(
            r#""kind":"felif""#,
            ("p_s", 1.0),
            "--set layers.a.variability=heracles",
        );
    }
    #[test]
    fn beyond_the_bounds_of_the_file() {
        refused(
            FILE,
            ("V_th", 90.0),
            "allowed: 0.01..2 V, the bounds of the file",
        );
    }

    fn check_heated(neurons: &str, kelvin: f64, expected: Result<(), &str>) {
        let mut layer = layer(neurons);
        match (heat(&mut layer, kelvin), expected) {
            (Ok(()), Ok(())) => {
                let own = NeuronParameter::named("temp", &layer).unwrap();
                let found = own.map_or(layer.device.temperature_k, |p| p.of(&layer));
                assert_eq!(found, kelvin);
            }
            (Err(problem), Err(expected)) => {
                assert!(problem.to_string().contains(expected), "{problem}");
            }
            (found, _) => panic!("{found:?}"),
        }
    }

    #[test]
    fn temperatures() {
        check_heated(CARD, 350.0, Ok(()));
        check_heated(CARD, 27.0, Err("allowed: 200..450 K"));
        check_heated(FILE, 350.0, Ok(()));
        check_heated(FILE, 410.0, Err("allowed: 250..400 K, the bounds"));
        check_heated(r#""model":"alif""#, 350.0, Err("nothing would change"));
        check_heated(r#""model":"vo2""#, 350.0, Err("(T_c, w_T, T_0, T_fire)"));
    }
}
