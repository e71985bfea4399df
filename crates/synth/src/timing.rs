//! The longest path of a netlist: OpenSTA with the chip's constraints and the library's delays, before layout.

use crate::script::files;
use crate::target::Library;
use crate::tool::Tool;
use crate::{SynthError, area};
use bruno_host::Outcome;
use serde::{Deserialize, Serialize};
use std::path::Path as FilePath;
use std::time::Duration;

const STA: Tool = Tool {
    programs: &["sta"],
    install: "Debian 12: apt-get install opensta",
    log: "timing.log",
};

/// What is known of a chip's speed.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Timing {
    /// Measured on the netlist, without wires.
    Measured(Path),
    /// Measured after placement and routing.
    Placed {
        /// Frequency that every path of the clock allows, MHz.
        fmax_mhz: f64,
        /// Its reciprocal, ns.
        longest_path_ns: f64,
    },
    /// Not measured.
    NotMeasured {
        /// Why.
        reason: String,
    },
}

/// The longest path between two flip-flops.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct Path {
    /// From a clock edge to the data's arrival, with the setup time, ns.
    pub longest_path_ns: f64,
    /// Its reciprocal, MHz: an ideal clock, no wires.
    pub fmax_mhz: f64,
    /// Where it starts.
    pub from: String,
    /// Where it ends.
    pub to: String,
    /// The clock period of the constraints, ns.
    pub period_ns: f64,
    /// Least slack to the chip's constraints over all paths, ports included, ns; negative: they are not met.
    pub worst_slack_ns: f64,
}

/// Times the netlist of a library; a missing OpenSTA is said and no failure.
pub(crate) fn sta(
    dir: &FilePath,
    top: &str,
    library: Library,
    limit: Duration,
) -> Result<Timing, SynthError> {
    if STA.program().is_none() {
        return Ok(Timing::NotMeasured {
            reason: STA.missing(),
        });
    }
    let script = format!(
        "read_liberty {}\nread_verilog {}\nlink_design {top}\nread_sdc {top}.sdc
report_worst_slack
report_checks -path_delay max -from [all_registers -clock_pins] -to [all_registers -data_pins] \
         -fields {{slew cap nets fanout}} -digits 4\n",
        library.liberty,
        files::TIMED
    );
    let name = "timing.tcl";
    crate::report::write(dir, name, &script)?;
    let ended = STA.run_any(dir, &["-no_splash", "-exit", name], limit, &mut |_| ())?;
    // OpenSTA exits with 0 whatever it met.
    if ended.outcome == Outcome::Failure || ended.output.lines().any(|l| l.starts_with("Error")) {
        return Err(STA.failure(dir, ended));
    }
    let log = dir.join(STA.log);
    let measured = path(&ended.output, period(&dir.join(format!("{top}.sdc")))?);
    measured
        .map(Timing::Measured)
        .map_err(|what| SynthError::Unreadable {
            log: log.display().to_string(),
            what: what.into(),
        })
}

/// The clock period of the constraints.
fn period(sdc: &FilePath) -> Result<f64, SynthError> {
    let text = area::read(sdc)?;
    let mut words = text
        .split_whitespace()
        .skip_while(|w| *w != "-period")
        .skip(1);
    let value = words.next().and_then(|w| w.parse().ok());
    value.ok_or_else(|| SynthError::Unreadable {
        log: sdc.display().to_string(),
        what: "-period".into(),
    })
}

/// Reads OpenSTA's report; what is missing is the error.
fn path(report: &str, period_ns: f64) -> Result<Path, &'static str> {
    let line = |mark: &'static str| report.lines().find(|l| l.contains(mark)).ok_or(mark);
    let words = |mark| line(mark).map(|l| l.split_whitespace());
    let number = |mark, word: usize| {
        let value = words(mark)?.nth(word).and_then(|w| w.parse::<f64>().ok());
        value.ok_or(mark)
    };
    let arrival = number("data arrival time", 0)?;
    let setup = -number("library setup time", 0)?;
    let longest = arrival + setup;
    Ok(Path {
        longest_path_ns: longest,
        fmax_mhz: 1000.0 / longest,
        from: words("Startpoint:")?.nth(1).unwrap_or_default().into(),
        to: words("Endpoint:")?.nth(1).unwrap_or_default().into(),
        period_ns,
        worst_slack_ns: number("worst slack", 2)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "worst slack 808.02
Startpoint: control/_1_ (rising edge-triggered flip-flop clocked by clk)
Endpoint: hidden_0/_2_ (rising edge-triggered flip-flop clocked by clk)
   190.4940   data arrival time
    -0.4860  998.5140   library setup time
";

    #[test]
    fn a_path_is_its_delay_and_the_setup_time() {
        let path = path(REPORT, 1000.0).unwrap();
        assert_eq!(
            (path.longest_path_ns, path.worst_slack_ns),
            (190.98, 808.02)
        );
        assert_eq!(
            (path.from.as_str(), path.to.as_str()),
            ("control/_1_", "hidden_0/_2_")
        );
    }

    #[test]
    fn a_report_without_a_path() {
        assert_eq!(path("worst slack 1.0\n", 1000.0), Err("data arrival time"));
    }
}
