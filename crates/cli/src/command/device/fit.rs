//! `bruno device fit`: parameters of a card from measured traces, level tables from pulse data.

use super::Card;
use super::columns::ColumnArguments;
use crate::console;
use crate::failure::Failure;
use crate::invocation;
use crate::output;
use crate::picture::PictureArguments;
use bruno_circuit::FecapCard;
use bruno_circuit::fit::{self, Compared, FitError, Levels, Measurement, Settings};
use bruno_circuit::model_card::{Format, ModelCard};
use bruno_host::FolderLock;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Fit a card of the ferroelectric capacitor to measured traces, or an RRAM level table to pulse data.
///
/// What a file is, its header tells. Traces have `t_s` (s) and either the applied voltage `v_drive_V` with what was measured,
/// one or more of `i_A`, `q_C` and `p` (P-V loops, PUND and other voltage pulses), or the applied current `i_A` with `v_V` and
/// perhaps `p` (a membrane; needs --leak-ohm). Pulse data have a row a reading: `code` or `pulse` (number of pulses), and `i_A`
/// or `g_S`. Columns of instruments are understood by word and unit, e.g. `Time (ms)`, `Voltage [V]`, `Current (nA)`,
/// `Charge (pC)`, `Polarization (uC/cm2)` (needs --area-um2), `Conductance (uS)`; --column names others. Lines above the header
/// are skipped; columns are separated by commas, semicolons or tabs.
///
/// Every fitted parameter comes with its standard error; where the data do not determine one, the command ends with exit
/// code 2 and says which and why. In --out: the card (card.json) and a table (fit.txt, fit.json) with measured and fitted
/// curves and their difference (residuals.svg), or the level table (levels.json, levels.txt).
#[derive(clap::Args)]
pub struct Fit {
    /// Traces, all of one device, or one file of pulse data (CSV).
    #[arg(required = true)]
    data: Vec<PathBuf>,
    /// Parameters to fit, e.g. --parameters p_s,w_b,d_e,e_off.
    #[arg(long, value_delimiter = ',')]
    parameters: Vec<String>,
    #[command(flatten)]
    card: Card,
    #[command(flatten)]
    columns: ColumnArguments,
    /// Resistance beside the device in membrane traces, Ohm.
    #[arg(long, value_parser = super::resistance)]
    leak_ohm: Option<f64>,
    /// Error of the measurement, share of a column's range, independent between rows.
    #[arg(long, default_value_t = 0.01, value_parser = share)]
    noise: f64,
    /// Largest standard error that a parameter may have, share of its value.
    #[arg(long, default_value_t = 0.05, value_parser = share)]
    largest_error: f64,
    /// Bits of the synapse's code, for a level table.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=8))]
    bits: u32,
    /// Directory of the results; made where it is missing.
    #[arg(short, long, default_value = "out/fit")]
    out: PathBuf,
    #[command(flatten)]
    pictures: PictureArguments,
    /// Print what was found (fit.json or levels.json) as JSON on stdout.
    #[arg(long)]
    json: bool,
}

impl Fit {
    pub(super) fn run(&self) -> Result<(), Failure> {
        match &self.data[..] {
            [file] if fit::is_pulse_data(file, &self.columns.columns(false))? => self.levels(file),
            _ => self.traces(),
        }
    }

    /// The card at the start: an electrode's area that is given is the card's.
    fn start(&self) -> Result<FecapCard, Failure> {
        let mut card = self.card.load()?;
        let Some(area_m2) = self.columns.area_m2() else {
            return Ok(card);
        };
        if self.parameters.iter().any(|name| name == "area") {
            let text = "`area` is given by --area-um2; leave it out of --parameters, or leave --area-um2 out";
            return Err(FitError::Parameters(text.into()).into());
        }
        card.area = area_m2;
        card.check(self.card.temperature)?;
        Ok(card)
    }

    fn traces(&self) -> Result<(), Failure> {
        let settings = Settings {
            start: self.start()?,
            parameters: self.parameters.clone(),
            temperature_k: self.card.temperature,
            noise: self.noise,
            largest_error: self.largest_error,
        };
        let leak_s = self.leak_ohm.map(f64::recip);
        let columns = self.columns.columns(leak_s.is_some());
        let read = |path: &PathBuf| Measurement::read(path, leak_s, &columns);
        let measurements = self.data.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        for measurement in &measurements {
            let notes = measurement.notes.iter();
            notes.for_each(|note| tell!("{}: {note}", measurement.name));
        }
        let fit = fit::fit(&settings, &measurements)?;
        let model = ModelCard {
            card: fit.card,
            statistics: None,
        };
        let title = format!("Fit of {}", self.parameters.join(", "));
        let report = json!({
            "temperature_K": self.card.temperature,
            "noise": self.noise,
            "estimates": fit.estimates,
            "notes": fit.notes,
            "correlation": fit.correlation,
            "compared": fit.compared.iter().map(thinned).collect::<Vec<_>>(),
        });
        let _lock = FolderLock::take(&self.out)?;
        invocation::keep(&self.out)?;
        output::write(&self.out.join("card.json"), &model.text(Format::Json))?;
        output::write(&self.out.join("fit.txt"), &fit.to_string())?;
        output::write(&self.out.join("fit.json"), &pretty(&report))?;
        let picture = self
            .pictures
            .write(&self.out, "residuals", &title, fit.panels())?;
        if self.json {
            return console::print(&pretty(&report));
        }
        console::print(&fit.to_string())?;
        say!(
            "card.json, fit.txt, fit.json, {picture} in {}",
            self.out.display()
        )
    }

    fn levels(&self, file: &std::path::Path) -> Result<(), Failure> {
        let levels = Levels::read(file, self.bits, &self.columns.columns(false))?;
        let table = json!({
            "bits": self.bits,
            format!("levels_{}", levels.unit): levels.means(),
            "key": levels.key,
            "levels": levels.levels,
            "notes": levels.notes,
        });
        let _lock = FolderLock::take(&self.out)?;
        invocation::keep(&self.out)?;
        output::write(&self.out.join("levels.json"), &pretty(&table))?;
        output::write(&self.out.join("levels.txt"), &levels.to_string())?;
        if self.json {
            return console::print(&pretty(&table));
        }
        console::print(&levels.to_string())?;
        say!("levels.json, levels.txt in {}", self.out.display())
    }
}

/// Most points of a column in fit.json; residuals.svg has all.
const MOST_POINTS: usize = 500;

/// Measured and fitted values of a column, of a long one every so-manieth.
fn thinned(column: &Compared) -> Value {
    let every = column.times_s.len().div_ceil(MOST_POINTS).max(1);
    let few = |values: &[f64]| values.iter().step_by(every).copied().collect::<Vec<_>>();
    json!({
        "name": column.name, "rms": column.rms, "times_s": few(&column.times_s),
        "measured": few(&column.measured), "fitted": few(&column.fitted),
    })
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value < 1.0 => Ok(value),
        _ => Err("a share between 0 and 1, e.g. 0.01".into()),
    }
}
