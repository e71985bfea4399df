//! What the longest path of a chip is likely to be, before minutes of synthesis say it.

use super::fold::{NS_IN_A_STAGE, datapath::Datapath, stage_delay};
use crate::HdlError;
use bruno_chip::Interfaces;
use bruno_device::{Chip, Finding};
use std::collections::HashMap;

/// ns of OSU 0.18 um that a unit of delay came to in all kernels one behind the other of measured chips: less than in a
/// stage, for the carries of chained adders run side by side.
const NS_IN_A_ROW: f64 = 0.46;

/// A warning when the clock that a chip's shell asks for is faster than its longest path by this estimate.
pub fn clock_finding(chip: &Chip) -> Result<Option<Finding>, HdlError> {
    let Some(interfaces) = chip.description.interfaces.filter(Interfaces::need_shell) else {
        return Ok(None);
    };
    let (period, path) = (
        1000.0 / f64::from(interfaces.clock_mhz),
        longest_path_ns(chip)?,
    );
    if path <= period {
        return Ok(None);
    }
    let remedy = match chip.fold {
        1 => "lower it, set `fold`, which cuts the datapath into stages, or use a faster process",
        _ => {
            "lower it, down to the cycles that a tick takes, shorten the stages (`stage_ns`), or use a faster process"
        }
    };
    let text = format!(
        "`interfaces.clock_mhz` {} leaves {period:.1} ns a cycle; the longest path is estimated at {path:.0} ns in a \
         0.18 um process",
        interfaces.clock_mhz
    );
    Ok(Some(Finding::act(text, remedy)))
}

/// Estimate of the longest path of a chip's banks in OSU 0.18 um, ns.
fn longest_path_ns(chip: &Chip) -> Result<f64, HdlError> {
    if chip.fold > 1 {
        return Ok(NS_IN_A_STAGE * f64::from(stage_delay(chip)));
    }
    let mut longest = 0;
    for layer in &chip.layers {
        longest = longest.max(in_one_cycle(&Datapath::new(chip, layer)?));
    }
    Ok(NS_IN_A_ROW * f64::from(longest))
}

/// Units of delay of all kernels of a layer one behind the other.
fn in_one_cycle(path: &Datapath) -> u32 {
    let mut done: HashMap<&str, u32> = HashMap::new();
    let mut longest = 0;
    for line in &path.kernels.lines {
        let start = line.inputs().filter_map(|r| done.get(r.as_str())).max();
        let end = start.copied().unwrap_or(0) + line.delay;
        longest = longest.max(end);
        done.extend(line.writes.iter().map(|w| (w.as_str(), end)));
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_chip::Description;

    fn chip(kind: &str, fold: usize, clock_mhz: u32) -> Chip {
        let text = format!(
            r#"{{"name":"dut","inputs":8,"fold":{fold},"window_ticks":1000,
            "interfaces":{{"config":"spi","clock_mhz":{clock_mhz}}},
            "layers":[{{"name":"hidden","kind":"{kind}","neurons":8,"recurrent":true,"synapse":{{"range_pA":300}}}}],
            "readout":{{"outputs":2,"synapse":{{"range_pA":100}}}}}}"#
        );
        Chip::resolve("dut", &Description::parse("dut", &text).unwrap()).unwrap()
    }

    /// The estimate is within a part of what `bruno synth` measured, ns.
    fn check(kind: &str, fold: usize, measured: f64, part: f64) {
        let estimate = longest_path_ns(&chip(kind, fold, 50)).unwrap();
        let off = (estimate / measured - 1.0).abs();
        assert!(off < part, "{estimate} ns for {measured}");
    }

    #[test]
    fn felif_in_one_cycle() {
        check("felif", 1, 49.0, 0.1);
    }
    #[test]
    fn lif_in_one_cycle() {
        check("lif", 1, 30.0, 0.25);
    }
    #[test]
    fn felif_in_stages() {
        check("felif", 4, 6.9, 0.1);
    }

    #[test]
    fn a_clock_that_cannot_close_is_named() {
        let finding = clock_finding(&chip("felif", 1, 400)).unwrap();
        insta::assert_snapshot!(finding.unwrap());
    }
    #[test]
    fn a_slow_clock_is_no_finding() {
        assert_eq!(clock_finding(&chip("felif", 1, 10)).unwrap(), None);
        assert_eq!(clock_finding(&chip("felif", 4, 60)).unwrap(), None);
    }
}
