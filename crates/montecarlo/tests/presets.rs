//! The preset `heracles` says what the published Monte-Carlo statistics of the capacitor's card say.

use bruno_chip::Description;
use bruno_circuit::{PARAMETERS, Parameter};

fn published(name: &str) -> &'static Parameter {
    PARAMETERS.iter().find(|p| p.name == name).unwrap()
}

#[test]
fn heracles() {
    let text = include_str!("../../../examples/braille.json").replacen(
        "\"recurrent\": true",
        "\"variability\": \"heracles\", \"recurrent\": true",
        1,
    );
    let description = Description::parse("t", &text).unwrap();
    let found = description.layers[0].variability.clone().unwrap();
    let p_s = published("p_s");
    let relative = p_s.die_sigma / p_s.default;
    assert!((found.die.of("p_s") - relative).abs() < 1e-12);
    // An error of the edge changes a square's area by twice the edge times it: scaled from the published square to 2 um.
    let area = published("area");
    let edge_error = area.device_sigma / (2.0 * area.default.sqrt());
    let relative = 2.0 * edge_error / 2e-6;
    assert!((found.device.of("area") - relative).abs() < 1e-12);
    let spreads: Vec<&str> = found.die.entries().map(|(name, _)| name).collect();
    assert_eq!(spreads, ["p_s"]);
}
