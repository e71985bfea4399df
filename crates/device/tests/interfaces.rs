//! A chip whose records cannot leave through the interface it asks for is refused.

use bruno_chip::Description;
use bruno_device::Chip;

/// Eight neurons (56 words in two banks) and one output (2 words): 61 cycles with the banks' turns.
fn check(window_ticks: u32, clock_mhz: u32) -> Result<Chip, String> {
    let text = format!(
        r#"{{"name":"c","inputs":1,"bank_neurons":4,"window_ticks":{window_ticks},
            "interfaces":{{"recorder":"axi-stream","clock_mhz":{clock_mhz}}},
            "layers":[{{"name":"l","kind":"felif","neurons":8,"synapse":{{"range_pA":1}}}}],
            "readout":{{"outputs":1,"synapse":{{"range_pA":1}}}}}}"#
    );
    let description = Description::parse("c.json", &text).unwrap();
    Chip::resolve("c.json", &description).map_err(|e| e.to_string())
}

#[test]
fn merged_records_fit() {
    assert!(check(61, 1).is_ok());
    assert!(check(31, 2).is_ok());
}

#[test]
fn merged_records_do_not_fit() {
    let error = check(60, 1).unwrap_err();
    assert!(
        error.contains(
            "`interfaces.recorder` is axi-stream with records of 61 cycles in a window of 60"
        ),
        "{error}"
    );
    assert!(error.contains("interfaces.clock_mhz"), "{error}");
}
