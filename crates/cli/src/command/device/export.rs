//! `bruno device export`: cards and neurons as circuit simulators read them.

use super::file_neuron::{self, NamedFile};
use super::neuron::{NeuronArguments, is_chip};
use super::specimen::SpecimenArguments;
use crate::changes::Changes;
use crate::failure::Failure;
use crate::output;
use bruno_chip::{ChipError, Problem};
use bruno_circuit::from_model::FileNeuron;
use bruno_circuit::model_card::{Format, ModelCard};
use bruno_circuit::netlist;
use clap::ValueEnum;
use std::path::PathBuf;

/// Write a model card of the capacitor, or a chip's neuron with its trained values, for a circuit simulator.
///
/// A layer with a `model`, a neuron file (.nrn) and the name of one that comes with bruno are written as verilog-a or ngspice.
///
/// Of a model card: spectre, ngspice (lines to include below `.model NAME heracles`), vacask, json; statistics go with spectre
/// and json alone; ngspice-subcircuit is the full model as behavioural sources, for an ngspice without OSDI. Of a chip description: verilog-a (the reduced FeLIF model, its defaults the layer's values), ngspice (a
/// subcircuit of behavioural sources), vacask (the values for the compiled Verilog-A).
#[derive(clap::Args)]
pub struct Export {
    /// A model card (JSON, Spectre, ngspice, VACASK), a chip description, a neuron file or the name of a model.
    source: PathBuf,
    /// What to write.
    #[arg(long, value_enum)]
    format: ExportFormat,
    /// Temperature of an ngspice-subcircuit, K.
    #[arg(long, default_value_t = 300.15)]
    temperature: f64,
    /// Layer of the chip [default: the first `felif` layer; without one, the first layer with a `model`].
    #[arg(long)]
    layer: Option<String>,
    #[command(flatten)]
    text: output::Text,
}

#[derive(Clone, Copy, ValueEnum)]
enum ExportFormat {
    Json,
    Spectre,
    Ngspice,
    Vacask,
    VerilogA,
    NgspiceSubcircuit,
}

impl Export {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let text = match self.file()? {
            Some(named) => self.file_neuron(&named.neuron)?,
            None if is_chip(&self.source) => self.neuron()?,
            None => self.card()?,
        };
        self.text.give(&text)
    }

    /// The source, where it means a neuron of a file.
    fn file(&self) -> Result<Option<NamedFile>, Failure> {
        let (changes, specimen) = (Changes::default(), SpecimenArguments::default());
        file_neuron::load(
            &self.source,
            &changes,
            self.layer.as_deref(),
            specimen.nominal(),
        )
    }

    fn card(&self) -> Result<String, Failure> {
        let imported = ModelCard::load(&self.source)?;
        for note in &imported.notes {
            tell!("note: {note}");
        }
        let model = &imported.model;
        let format = match self.format {
            ExportFormat::Json => Format::Json,
            ExportFormat::Spectre => Format::Spectre,
            ExportFormat::Ngspice => Format::Ngspice,
            ExportFormat::Vacask => Format::Vacask,
            ExportFormat::NgspiceSubcircuit => {
                return Ok(netlist::ngspice_fecap(&model.card, self.temperature)?);
            }
            ExportFormat::VerilogA => {
                let allowed = "json, spectre, ngspice, vacask, ngspice-subcircuit of a model card";
                let remedy = "Verilog-A is written of the reduced neuron: give a chip description with the block that \
                              `bruno device reduce` prints";
                return Err(self.unfit(allowed, remedy));
            }
        };
        if matches!(format, Format::Ngspice | Format::Vacask) && model.statistics.is_some() {
            tell!("note: the card's statistics are left out; spectre and json have them");
        }
        Ok(model.text(format))
    }

    fn neuron(&self) -> Result<String, Failure> {
        let arguments = NeuronArguments {
            chip: Some(self.source.clone()),
            changes: Changes::default(),
            layer: self.layer.clone(),
        };
        let neuron = arguments.load()?.neuron;
        match self.format {
            ExportFormat::VerilogA => Ok(netlist::verilog_a(&neuron)),
            ExportFormat::Ngspice => Ok(netlist::ngspice(&neuron)),
            ExportFormat::Vacask => Ok(netlist::vacask(&neuron)),
            _ => {
                let remedy = "these are formats of model cards; Spectre also reads verilog-a";
                Err(self.unfit("verilog-a, ngspice, vacask of a chip description", remedy))
            }
        }
    }

    fn file_neuron(&self, neuron: &FileNeuron) -> Result<String, Failure> {
        match self.format {
            ExportFormat::VerilogA => Ok(neuron.verilog_a()),
            ExportFormat::Ngspice => Ok(neuron.ngspice()),
            _ => {
                let remedy =
                    "VACASK and Spectre take verilog-a, whose defaults are the neuron's values";
                Err(self.unfit("verilog-a, ngspice of a neuron of a file", remedy))
            }
        }
    }

    fn unfit(&self, allowed: &str, remedy: &str) -> Failure {
        let value = self.format.to_possible_value();
        let problem = Problem {
            field: "--format".into(),
            value: value.map_or(String::new(), |v| v.get_name().into()),
            allowed: allowed.into(),
            remedy: remedy.into(),
        };
        let file = self.source.display().to_string();
        let problems = vec![problem];
        ChipError::Invalid { file, problems }.into()
    }
}
