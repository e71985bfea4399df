//! `bruno device reduce`: from a card of the capacitor to the device block of a chip description.

use super::Card;
use super::columns::ColumnArguments;
use crate::failure::Failure;
use crate::output;
use bruno_chip::DeviceCard;
use bruno_circuit::fit::Measurement;
use bruno_circuit::{Drive, FecapCard, Reduction, reduce, reduction_error};
use serde::Serialize;
use std::path::PathBuf;

/// Reduce a card of the capacitor to the model that the datapath computes, and say what that loses.
///
/// Prints the `device` block of a chip description (leak, threshold and times are those of the default neuron). With
/// --stimulus both models run under the current of a trace and their difference is printed.
#[derive(clap::Args)]
pub struct Reduce {
    #[command(flatten)]
    card: Card,
    /// Voltage of the operating point around which the layers are reduced, V.
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true, value_parser = voltage)]
    at_volt: f64,
    /// Resistance beside the device, Ohm.
    #[arg(long, default_value_t = 5e10, value_parser = super::resistance)]
    leak_ohm: f64,
    /// A membrane trace (CSV with `t_s`, `i_A`, `v_V`) whose current both models get.
    #[arg(long)]
    stimulus: Option<PathBuf>,
    #[command(flatten)]
    columns: ColumnArguments,
    /// Also write the block to this file.
    #[arg(short, long)]
    out: Option<PathBuf>,
    /// Print the block, the operating point and the difference as JSON on stdout.
    #[arg(long)]
    json: bool,
}

/// What a reduction gives, as JSON.
#[derive(Serialize)]
struct Reduced<'a> {
    device: &'a DeviceCard,
    #[serde(rename = "at_V")]
    at_volt: f64,
    start_p: f64,
    #[serde(rename = "trapped_C_m2")]
    trapped_c_m2: f64,
    #[serde(rename = "leakage_left_out_pS")]
    leakage_ps: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<Difference>,
}

/// Reduced against full model under a stimulus, RMS.
#[derive(Serialize)]
struct Difference {
    #[serde(rename = "v_V")]
    v_rms_v: f64,
    #[serde(rename = "v_range_V")]
    v_range_v: f64,
    p: f64,
}

impl Reduce {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let card = self.card.load()?;
        let neuron = DeviceCard {
            g_leak_ps: 1e12 / self.leak_ohm,
            ..DeviceCard::default()
        };
        let reduction = reduce(&card, self.card.temperature, self.at_volt, &neuron)?;
        let block = serde_json::to_string_pretty(&reduction.card).unwrap_or_default();
        if let Some(path) = &self.out {
            output::write(path, &format!("{block}\n"))?;
        }
        let difference = self.difference(&card, &reduction)?;
        if self.json {
            let reduced = Reduced {
                device: &reduction.card,
                at_volt: self.at_volt,
                start_p: reduction.start_p,
                trapped_c_m2: reduction.trapped_c_m2,
                leakage_ps: 1e12 * reduction.leakage_at_threshold_s,
                difference,
            };
            return say!("{:#}", serde_json::json!(reduced));
        }
        say!("{block}")?;
        self.report(&reduction, difference);
        Ok(())
    }

    fn report(&self, reduction: &Reduction, difference: Option<Difference>) {
        tell!(
            "operating point at {} V: p {:.4}, trapped charge {:.4} C/m2 (constant in the reduced model)",
            self.at_volt,
            reduction.start_p,
            reduction.trapped_c_m2
        );
        tell!(
            "left out: leakage of the device, {:.3} pS at the threshold of {} V",
            1e12 * reduction.leakage_at_threshold_s,
            reduction.card.v_th_v
        );
        if let Some(found) = difference {
            tell!(
                "reduced against full model, RMS: V {:.2} % of its range of {:.3} V, p {:.4}",
                100.0 * found.v_rms_v / found.v_range_v,
                found.v_range_v,
                found.p
            );
        }
    }

    /// Under the current of a trace; none where none is given.
    fn difference(
        &self,
        card: &FecapCard,
        reduction: &Reduction,
    ) -> Result<Option<Difference>, Failure> {
        let Some(path) = &self.stimulus else {
            return Ok(None);
        };
        let columns = self.columns.columns(true);
        let measurement = Measurement::read(path, Some(1.0 / self.leak_ohm), &columns)?;
        let Drive::Current { waveform, .. } = &measurement.drive else {
            return Err(bruno_circuit::fit::FitError::Data {
                file: measurement.name,
                text: "column `v_drive_V`: the reduced model is driven by a current; give `i_A` and `v_V`".into(),
            }
            .into());
        };
        let error = reduction_error(card, reduction, waveform, &measurement.times_s);
        let error = error.map_err(|e| measurement.blame(e))?;
        Ok(Some(Difference {
            v_rms_v: error.v_rms_v,
            v_range_v: error.v_range_v,
            p: error.p_rms,
        }))
    }
}

/// A voltage at which operating points are looked for, V.
fn voltage(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (-50.0..=50.0).contains(&value) => Ok(value),
        _ => Err("a voltage of -50..50 V".into()),
    }
}
