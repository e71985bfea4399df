//! What can be wrong with data: file, line where there is one, what was found, what is allowed, what to do.

/// Data that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file that cannot be read.
    #[error("{file}: cannot be read: {source}; {remedy}")]
    Read {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
        /// What to do.
        remedy: String,
    },
    /// A bad value in a file.
    #[error("{place}: {what} is {found}; allowed: {allowed}; {remedy}")]
    Value {
        /// The file, with `:line` (from 1) where one is known.
        place: String,
        /// What is wrong.
        what: String,
        /// The value found.
        found: String,
        /// What is allowed there.
        allowed: String,
        /// What to do.
        remedy: String,
    },
    /// A bad setting or a set that does not fit.
    #[error("{what} is {found}; allowed: {allowed}; {remedy}")]
    Setting {
        /// What is wrong.
        what: String,
        /// The value found.
        found: String,
        /// What is allowed there.
        allowed: String,
        /// What to do.
        remedy: String,
    },
}

impl DataError {
    /// A file that cannot be read.
    pub(crate) fn read(file: &str, source: std::io::Error, remedy: &str) -> Self {
        Self::Read {
            file: file.into(),
            source,
            remedy: remedy.into(),
        }
    }

    /// A bad value in a file; `place` is the file or `file:line`.
    pub(crate) fn value(
        place: impl ToString,
        what: &str,
        found: impl ToString,
        allowed: impl ToString,
        remedy: &str,
    ) -> Self {
        Self::Value {
            place: place.to_string(),
            what: what.into(),
            found: found.to_string(),
            allowed: allowed.to_string(),
            remedy: remedy.into(),
        }
    }

    /// A bad setting.
    pub(crate) fn setting(
        what: &str,
        found: impl ToString,
        allowed: impl ToString,
        remedy: &str,
    ) -> Self {
        Self::Setting {
            what: what.into(),
            found: found.to_string(),
            allowed: allowed.to_string(),
            remedy: remedy.into(),
        }
    }
}
