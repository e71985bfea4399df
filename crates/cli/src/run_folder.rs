//! The folder that training leaves, where a command wants a run.

use std::path::{Path, PathBuf};

/// The checkpoint in a run's folder; any other path as it is.
pub fn checkpoint(path: &Path) -> PathBuf {
    let inside = path.join("checkpoint.json");
    if inside.is_file() {
        inside
    } else {
        path.to_path_buf()
    }
}
