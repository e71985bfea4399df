//! The data set of a description: its `training.data`, with the path that the command line may give.

use crate::failure::Failure;
use crate::invocation;
use bruno_chip::Problem;
use bruno_data::{
    BrailleConfig, Dataset, EventsConfig, JsbConfig, NpzConfig, ReckonConfig, SameConfig,
};
use bruno_train::{Checkpoint, TrainConfig, TrainError};
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Kinds of data sets.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Data {
    /// Built in: Braille letters under a fingertip.
    Braille(BrailleConfig),
    /// Built in: were two symbols the same?
    Same(SameConfig),
    /// Bach chorales, a JSON file.
    Jsb(JsbConfig),
    /// A directory with address events of ReckOn.
    Reckon(ReckonConfig),
    /// A directory of CSV event files.
    Events(EventsConfig),
    /// A NumPy archive.
    Npz(NpzConfig),
}

impl Data {
    /// Whether it is made from its settings alone.
    pub fn is_built_in(&self) -> bool {
        matches!(self, Data::Braille(_) | Data::Same(_))
    }
}

/// Loads the set of the settings; `path` is where it lies, for those that are not built in.
pub fn load(config: &TrainConfig, path: Option<&Path>) -> Result<Dataset, Failure> {
    let (data, acceleration) = settings(config)?;
    let set = match data {
        Data::Braille(braille) => bruno_data::braille(&braille)?,
        Data::Same(same) => bruno_data::same(&same)?,
        Data::Jsb(jsb) => bruno_data::jsb(&needed(path, "the JSON file of the chorales")?, &jsb)?,
        Data::Reckon(reckon) => {
            bruno_data::reckon(&needed(path, "the directory of both files")?, &reckon)?
        }
        Data::Events(events) => {
            bruno_data::events(&needed(path, "a directory with labels.csv")?, &events)?
        }
        Data::Npz(npz) => bruno_data::npz(&needed(path, "a NumPy archive")?, &npz)?,
    };
    Ok(set.played(acceleration)?)
}

/// The settings of the data and how many times as fast it is played, each in its range; no file is opened.
pub fn settings(config: &TrainConfig) -> Result<(Data, u32), Failure> {
    let mut value = config
        .data
        .clone()
        .unwrap_or_else(|| serde_json::json!({ "kind": "braille" }));
    let acceleration = acceleration(&mut value)?;
    let read = bruno_json::from_value::<Data>(value);
    let data = read.map_err(|e| TrainError::Unread(e.within("training.data")))?;
    match &data {
        Data::Braille(braille) => braille.check(),
        Data::Same(same) => same.check(),
        Data::Jsb(jsb) => jsb.check(),
        Data::Reckon(reckon) => reckon.check(),
        Data::Events(events) => events.check(),
        Data::Npz(npz) => npz.check(),
    }?;
    Ok((data, acceleration))
}

/// Data with what its user should know of it.
pub struct RunData {
    pub set: Dataset,
    /// One sentence each ([`Dataset::notes`]), and in which parts it is not the run's.
    pub notes: Vec<String>,
}

/// Loads the set of a run that was read from `file`. That other samples are scored than those of the run is noted; outputs
/// that mean something else are refused.
///
/// Without a path it is the data that the run was trained on, where that still lies there.
pub fn of_run(run: &Checkpoint, file: &Path, path: Option<&Path>) -> Result<RunData, Failure> {
    let folder = match file.is_dir() {
        true => Some(file),
        false => file.parent(),
    };
    let remembered = || folder.and_then(invocation::data);
    let path = path.map(Path::to_path_buf).or_else(remembered);
    let set = load(&run.config, path.as_deref())?;
    run.check_layout(file, &set)?;
    let mut notes = set.notes();
    let differences = run.data_differences(&set);
    if !differences.is_empty() {
        notes.push(format!(
            "the data differs from that of the run: {}",
            differences.join(", ")
        ));
    }
    Ok(RunData { set, notes })
}

/// Takes `acceleration`, which all kinds share, out of the settings.
fn acceleration(data: &mut serde_json::Value) -> Result<u32, Failure> {
    let Some(settings) = data.as_object_mut() else {
        return Err(Failure::Train(TrainError::Setting(Problem {
            field: "training.data".into(),
            value: data.to_string(),
            allowed: "an object with the `kind` of the data and its settings".into(),
            remedy: "e.g. {\"kind\": \"braille\", \"letters\": 7}".into(),
        })));
    };
    let given = settings.remove("acceleration");
    let Some(given) = given else { return Ok(1) };
    match given.as_u64() {
        Some(by @ 1..=1000) => Ok(by as u32),
        _ => Err(Failure::Train(TrainError::Setting(Problem {
            field: "training.data.acceleration".into(),
            value: given.to_string(),
            allowed: "a whole number, 1..1000".into(),
            remedy: "say how many times as fast the data is played".into(),
        }))),
    }
}

fn needed(path: Option<&Path>, what: &str) -> Result<PathBuf, Failure> {
    path.map(Path::to_path_buf).ok_or_else(|| {
        Failure::Train(TrainError::Setting(Problem {
            field: "--data".into(),
            value: "absent".into(),
            allowed: what.into(),
            remedy: "say where the data lies".into(),
        }))
    })
}
