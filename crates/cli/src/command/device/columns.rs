//! How the columns of measurements are to be read.

use bruno_circuit::fit::Columns;

/// What a measurement's columns mean, where their names alone do not say it.
#[derive(clap::Args)]
pub struct ColumnArguments {
    /// What a column is, e.g. --column 'Ch 1=v_drive_mV' --column 'Ch 2=i_nA'; `unused` leaves it out.
    #[arg(long = "column", value_name = "HEADER=NAME", value_parser = named)]
    named: Vec<(String, String)>,
    /// Area of the electrode, um2: columns per area, e.g. `Polarization (uC/cm2)`, become charges and currents by it.
    #[arg(long, value_parser = area)]
    area_um2: Option<f64>,
}

impl ColumnArguments {
    /// Area of the electrode, m2.
    pub fn area_m2(&self) -> Option<f64> {
        self.area_um2.map(|um2| 1e-12 * um2)
    }

    /// `membrane`: a device beside a leak is measured.
    pub fn columns(&self, membrane: bool) -> Columns {
        Columns {
            named: self.named.clone(),
            area_m2: self.area_m2(),
            membrane,
        }
    }
}

fn named(text: &str) -> Result<(String, String), String> {
    let (header, name) = text
        .rsplit_once('=')
        .ok_or("write HEADER=NAME, e.g. 'Ch 1=v_drive_mV'")?;
    Ok((header.trim().into(), name.trim().into()))
}

fn area(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (1e-4..=1e10).contains(&value) => Ok(value),
        _ => Err("an area of 1e-4..1e10 um2".into()),
    }
}
