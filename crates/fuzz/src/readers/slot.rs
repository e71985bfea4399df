//! A file for readers that take a path: one a thread, written again for every document.

use std::cell::RefCell;
use std::path::Path;
use tempfile::TempDir;

thread_local! {
    static FOLDER: RefCell<Option<TempDir>> = const { RefCell::new(None) };
}

/// Calls a reader with the path of a file that holds these bytes.
///
/// # Panics
/// Where no temporary file can be written.
pub fn with_file<T>(bytes: &[u8], read: impl FnOnce(&Path) -> T) -> T {
    FOLDER.with_borrow_mut(|folder| {
        let folder = folder.get_or_insert_with(|| tempfile::tempdir().expect("a temporary folder"));
        let path = folder.path().join("document");
        std::fs::write(&path, bytes).expect("a temporary file");
        read(&path)
    })
}
