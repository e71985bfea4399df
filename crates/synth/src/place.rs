//! Placement on an FPGA: nextpnr says what the chip uses and how fast it runs.

use crate::script::files;
use crate::timing::Timing;
use crate::{Device, SynthError, Target, area, pins};
use bruno_host::Outcome;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path as FilePath;
use std::time::Duration;

/// What a device offers and the chip asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct Resource {
    /// nextpnr's name, e.g. ICESTORM_LC.
    pub name: String,
    /// Asked for.
    pub used: u64,
    /// There.
    pub available: u64,
}

/// A chip on an FPGA.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct Placement {
    /// The device.
    pub device: Device,
    /// It fits.
    pub fits: bool,
    /// Resources that are used, the harness included.
    pub resources: Vec<Resource>,
}

/// What nextpnr says where cells are left without a place although there are enough places.
const CROWDED: [&str; 2] = ["Unable to find legal placement", "Unable to place cell"];

#[derive(Deserialize)]
struct Report {
    fmax: BTreeMap<String, Frequency>,
}

#[derive(Deserialize)]
struct Frequency {
    achieved: f64,
}

/// Places the chip for a clock of `clock_mhz`; a missing nextpnr and a chip that is too large are said and no failures.
pub(crate) fn place(
    dir: &FilePath,
    device: Device,
    clock_mhz: u32,
    limit: Duration,
) -> Result<(Option<Placement>, Timing), SynthError> {
    let not_measured = |reason| Timing::NotMeasured { reason };
    let nextpnr = device.tool();
    if nextpnr.program().is_none() {
        return Ok((None, not_measured(nextpnr.missing())));
    }
    if device.target() == Target::Gowin
        && let Err(reason) = pins::constrain(dir)?
    {
        return Ok((None, not_measured(reason)));
    }
    let clock = clock_mhz.to_string();
    let common = [
        "--json",
        files::FPGA,
        "--report",
        files::PLACED,
        "--freq",
        &clock,
        "--timing-allow-fail",
        "--seed",
        "1",
    ];
    let arguments = [device.arguments(), &common].concat();
    let ended = nextpnr.run_any(dir, &arguments, limit, &mut |_| ())?;
    let resources = utilisation(&ended.output);
    let fits = resources.iter().all(|r| r.used <= r.available);
    let crowded = CROWDED.iter().any(|text| ended.output.contains(text));
    if ended.outcome == Outcome::Failure && !crowded && (fits || resources.is_empty()) {
        return Err(nextpnr.failure(dir, ended));
    }
    let placement = Placement {
        device,
        fits,
        resources,
    };
    let timing = match unplaced(&placement, ended.outcome) {
        Some(reason) => not_measured(reason),
        None => speed(dir)?,
    };
    Ok((Some(placement), timing))
}

/// Why there is no speed.
fn unplaced(placement: &Placement, outcome: Outcome) -> Option<String> {
    if !placement.fits {
        let over = placement.resources.iter().filter(|r| r.used > r.available);
        let over: Vec<String> = over
            .map(|r| format!("{} {} of {}", r.used, r.name, r.available))
            .collect();
        return Some(format!("the chip does not fit: {}", over.join(", ")));
    }
    let crowded = "the chip fits by its numbers, but nextpnr found no place for each cell";
    (outcome == Outcome::Failure).then(|| crowded.into())
}

/// The slowest clock of nextpnr's report.
fn speed(dir: &FilePath) -> Result<Timing, SynthError> {
    let path = dir.join(files::PLACED);
    let parsed: Report = area::json(&path, &area::read(&path)?)?;
    let slowest = parsed.fmax.values().map(|f| f.achieved).reduce(f64::min);
    let fmax_mhz = slowest.ok_or_else(|| SynthError::Unreadable {
        log: path.display().to_string(),
        what: "fmax".into(),
    })?;
    Ok(Timing::Placed {
        fmax_mhz,
        longest_path_ns: 1000.0 / fmax_mhz,
    })
}

/// The lines `Info: NAME: USED/ AVAILABLE PERCENT%` of the log.
fn utilisation(log: &str) -> Vec<Resource> {
    let resource = |line: &str| {
        let (name, rest) = line.strip_prefix("Info:")?.trim().split_once(':')?;
        let (used, rest) = rest.split_once('/')?;
        let available = rest.split_whitespace().next()?;
        Some(Resource {
            name: name.into(),
            used: used.trim().parse().ok()?,
            available: available.parse().ok()?,
        })
    };
    let all = log.lines().filter_map(resource);
    all.filter(|r| r.used > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_unplaced(used: u64, outcome: Outcome, expected: Option<&str>) {
        let placement = Placement {
            device: Device::Gw1nr9,
            fits: used <= 10,
            resources: vec![Resource {
                name: "LUT4".into(),
                used,
                available: 10,
            }],
        };
        assert_eq!(unplaced(&placement, outcome).as_deref(), expected);
    }

    #[test]
    fn a_placed_chip_has_a_speed() {
        check_unplaced(10, Outcome::Success, None);
    }

    #[test]
    fn a_large_chip_has_none() {
        let said = "the chip does not fit: 11 LUT4 of 10";
        check_unplaced(11, Outcome::Failure, Some(said));
    }

    #[test]
    fn a_crowded_chip_has_none() {
        let said = "the chip fits by its numbers, but nextpnr found no place for each cell";
        check_unplaced(10, Outcome::Failure, Some(said));
    }

    #[test]
    fn utilisation_is_read() {
        let log = "Info: Device utilisation:\nInfo: \t         ICESTORM_LC:  9000/ 7680   117%\nInfo: \t  ICESTORM_PLL:     0/    2     0%\n";
        let expected = Resource {
            name: "ICESTORM_LC".into(),
            used: 9000,
            available: 7680,
        };
        assert_eq!(utilisation(log), [expected]);
    }
}
