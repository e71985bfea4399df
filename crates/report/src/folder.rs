//! A folder of results: which files are there, and what those hold.

use crate::ReportError;
use bruno_host::read_text;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

/// A folder of results.
pub(crate) struct Folder<'a>(&'a Path);

impl<'a> Folder<'a> {
    pub fn new(dir: &'a Path) -> Self {
        Self(dir)
    }

    /// The first of these files that is there; names are relative to the folder.
    ///
    /// # Errors
    /// Something of that name that is no file.
    pub fn file(&self, names: &[&str]) -> Result<Option<PathBuf>, ReportError> {
        let mut paths = names.iter().map(|name| self.0.join(name));
        match paths.find(|path| path.exists()) {
            Some(path) if !path.is_file() => Err(ReportError::Input {
                path: path.display().to_string(),
                what: "is no regular file; move it away".into(),
            }),
            found => Ok(found),
        }
    }

    /// What the first of these files that is there holds; `made_by` is the command that writes it.
    ///
    /// # Errors
    /// A file that cannot be read or holds something else.
    pub fn json<T: DeserializeOwned>(
        &self,
        names: &[&str],
        made_by: &str,
    ) -> Result<Option<T>, ReportError> {
        let Some(path) = self.file(names)? else {
            return Ok(None);
        };
        let text = read_text(&path).map_err(|e| ReportError::Input {
            path: path.display().to_string(),
            what: format!("cannot be read: {e}"),
        })?;
        let parsed = serde_json::from_str(&text);
        parsed
            .map(Some)
            .map_err(|e| foreign(&path, made_by, &e.to_string()))
    }

    /// The error of a file that holds something else than what `made_by` writes.
    pub fn foreign(&self, name: &str, made_by: &str, what: &str) -> ReportError {
        foreign(&self.0.join(name), made_by, what)
    }
}

fn foreign(path: &Path, made_by: &str, what: &str) -> ReportError {
    ReportError::Input {
        path: path.display().to_string(),
        what: format!(
            "is not what `{made_by}` writes ({what}); move it away, or run the command again"
        ),
    }
}
