//! Files of a build, whose errors name them.

use bruno_sim::SimError;
use std::path::Path;

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<String, SimError> {
    std::fs::read_to_string(path).map_err(|e| file_error(path, e))
}

/// Writes a file of that name in `dir`.
pub(crate) fn write(dir: &Path, name: &str, text: &str) -> Result<(), SimError> {
    let path = dir.join(name);
    std::fs::write(&path, text).map_err(|e| file_error(&path, e))
}

/// What went wrong with a file.
pub(crate) fn file_error(path: &Path, source: std::io::Error) -> SimError {
    SimError::File {
        path: path.display().to_string(),
        source,
    }
}
