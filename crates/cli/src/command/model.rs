//! `bruno model`: neuron models as files (docs/models.md).

mod plot;

use crate::console;
use crate::failure::Failure;
use crate::output;
use bruno_device::NeuronProgram;
use bruno_hdl::ModelKernels;
use bruno_host::FolderLock;
use bruno_model::{Derived, Model, SHIPPED, Shipped};
use clap::Subcommand;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Neuron models as files: list and show those that come with bruno, check a file, see what integers follow from it, draw it.
///
/// docs/model_language.md has the language. A layer of a chip description names a file or a shipped model as its `model`; `bruno device
/// export` writes one for circuit simulators.
#[derive(clap::Args)]
pub struct ModelCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the models that come with bruno.
    List {
        /// Print them as JSON on stdout.
        #[arg(long)]
        json: bool,
    },
    /// Print the file of a model that comes with bruno.
    Show {
        /// Its name, as `bruno model list` gives it.
        name: String,
        #[command(flatten)]
        text: output::Text,
    },
    Check(Check),
    Generate(Generate),
    Plot(plot::Plot),
    /// Print a model's page (Markdown): source, equations, parameters, states with their words, coefficient errors.
    Page {
        /// The model file, e.g. my.nrn, or the name of one that comes with bruno.
        file: PathBuf,
        #[command(flatten)]
        text: output::Text,
    },
}

/// Check a model file and print what is derived from it: word lengths, coefficients and their errors, what cancels, what is
/// stiff, what saturates.
///
/// A mistake is printed with its line and column, what was expected and a remedy; the exit code is then 2.
#[derive(clap::Args)]
struct Check {
    /// The model file, e.g. my.nrn, or the name of one that comes with bruno.
    file: PathBuf,
    /// Also print the program of 32-bit operations, each with the interval that its value stays in.
    #[arg(long)]
    program: bool,
    /// Print what is derived as JSON on stdout.
    #[arg(long, conflicts_with = "program")]
    json: bool,
}

/// Write one tick of a neuron as a Verilog module, and its data sheet: ports with their bounds, registers at the defaults.
///
/// The module NAME_tick is combinational: it gives the states after a tick from those before it, bit for bit what
/// `bruno model check --program` lists. It is a neuron's datapath alone; a chip around it is not generated yet.
#[derive(clap::Args)]
struct Generate {
    /// The model file, e.g. my.nrn, or the name of one that comes with bruno.
    file: PathBuf,
    /// Directory to write to; made where it is missing.
    #[arg(short, long, default_value = "out/model")]
    out: PathBuf,
    /// Print the files as JSON on stdout.
    #[arg(long)]
    json: bool,
}

/// A file is read up to here: the language's own limit is lower and says so.
const MOST_BYTES: u64 = 4 << 20;

impl ModelCommand {
    pub(super) fn run(&self) -> Result<(), Failure> {
        match &self.command {
            Command::List { json } => list(*json),
            Command::Show { name, text } => text.give(shown(name)?),
            Command::Check(check) => check.run(),
            Command::Generate(generate) => generate.run(),
            Command::Plot(plot) => plot.run(),
            Command::Page { file, text } => text.give(&derived(file)?.page()),
        }
    }
}

fn list(json: bool) -> Result<(), Failure> {
    if json {
        let entries = SHIPPED.map(|s| serde_json::json!({ "name": s.name, "about": s.about() }));
        return say!("{:#}", serde_json::json!(entries));
    }
    for shipped in SHIPPED {
        say!("{:<16} {}", shipped.name, shipped.title())?;
    }
    Ok(())
}

fn shown(name: &str) -> Result<&'static str, Failure> {
    let Some(shipped) = Shipped::named(name) else {
        let known = SHIPPED.map(|s| s.name).join(", ");
        let what = format!("is no model that comes with bruno; known: {known}");
        return Err(Failure::Input {
            path: name.into(),
            what,
        });
    };
    Ok(shipped.text)
}

impl Check {
    fn run(&self) -> Result<(), Failure> {
        let derived = derived(&self.file)?;
        let report = derived.report();
        if self.json {
            return say!("{:#}", serde_json::json!(report));
        }
        console::print(&report.to_string())?;
        match self.program {
            true => console::print(&derived.text()),
            false => Ok(()),
        }
    }
}

impl Generate {
    fn run(&self) -> Result<(), Failure> {
        let derived = derived(&self.file)?;
        let program = NeuronProgram::new(derived);
        let kernels = ModelKernels::new(&program);
        let module = format!("{}_tick", program.derived.model.name);
        let files = [
            (format!("{module}.v"), kernels.module(&module)?),
            (format!("{module}.md"), kernels.datasheet(&module)),
        ];
        let _lock = FolderLock::take(&self.out)?;
        let mut written = Vec::new();
        for (name, text) in &files {
            let path = self.out.join(name);
            output::write(&path, text)?;
            written.push(path.display().to_string());
        }
        match self.json {
            true => say!("{}", serde_json::json!({ "top": module, "files": written })),
            false => say!("{}", written.join("\n")),
        }
    }
}

/// What is derived from a file, or from a model that comes with bruno where no file has that name.
pub(super) fn derived(path: &Path) -> Result<Derived, Failure> {
    let name = path.display().to_string();
    let model = match Shipped::named(&name).filter(|_| !path.exists()) {
        Some(shipped) => shipped.read()?,
        None => Model::read(&name, &read(path)?)?,
    };
    Ok(Derived::new(&model)?)
}

fn read(path: &Path) -> Result<String, Failure> {
    let failed = |what: String| Failure::Input {
        path: path.display().to_string(),
        what,
    };
    let file = std::fs::File::open(path).map_err(|e| {
        failed(format!(
            "cannot be read: {e}; `bruno model list` names the models that come with bruno"
        ))
    })?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|e| failed(format!("cannot be read: {e}")))?;
    String::from_utf8(bytes)
        .map_err(|_| failed("is not a text file (UTF-8); a model file is plain text".into()))
}
