//! What can be wrong with data: file, line where there is one, what was found, what is allowed.

/// Data that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file that cannot be read.
    #[error("{file}: cannot be read: {source}")]
    Read {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// A bad value in a file.
    #[error("{file}:{line}: {what} is {found}; allowed: {allowed}")]
    Value {
        /// The file.
        file: String,
        /// Line, from 1.
        line: u64,
        /// What is wrong.
        what: String,
        /// The value found.
        found: String,
        /// What is allowed there.
        allowed: String,
    },
    /// A bad setting or a set that does not fit.
    #[error("{what} is {found}; allowed: {allowed}")]
    Setting {
        /// What is wrong.
        what: String,
        /// The value found.
        found: String,
        /// What is allowed there.
        allowed: String,
    },
}

impl DataError {
    /// A bad value in a file.
    pub(crate) fn value(
        file: &str,
        line: u64,
        what: &str,
        found: impl ToString,
        allowed: impl ToString,
    ) -> Self {
        Self::Value {
            file: file.into(),
            line,
            what: what.into(),
            found: found.to_string(),
            allowed: allowed.to_string(),
        }
    }

    /// A bad setting.
    pub(crate) fn setting(what: &str, found: impl ToString, allowed: impl ToString) -> Self {
        Self::Setting {
            what: what.into(),
            found: found.to_string(),
            allowed: allowed.to_string(),
        }
    }
}
