//! Whether models for speed are made with rewrites of foreign text ([`crate::passes`]).

use crate::seeded::Fault;
use bruno_sim::SimError;

/// Environment variable: `off` builds models from what Verilator and the compiler write by themselves.
const VARIABLE: &str = "BRUNO_REWRITES";

/// Which rewrites are made.
#[derive(Clone, Copy)]
pub(crate) struct Rewrites<'a> {
    pub on: bool,
    /// A fault in what one of them writes.
    pub fault: Option<&'a Fault>,
}

impl Rewrites<'_> {
    /// What the user's environment says; all of them where it says nothing.
    pub fn of_user() -> Result<Self, SimError> {
        let asked = std::env::var_os(VARIABLE).unwrap_or_default();
        Ok(Self {
            on: parse(&asked.to_string_lossy())?,
            fault: None,
        })
    }
}

fn parse(asked: &str) -> Result<bool, SimError> {
    match asked {
        "" | "on" => Ok(true),
        "off" => Ok(false),
        other => Err(SimError::Mismatch {
            what: format!("the environment variable {VARIABLE}"),
            found: format!("`{other}`"),
            expected: "`on` (as where it is not set) or `off`".into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn check(asked: &str, expected: Option<bool>) {
        assert_eq!(parse(asked).ok(), expected);
    }

    #[test]
    fn not_set() {
        check("", Some(true));
    }

    #[test]
    fn off() {
        check("off", Some(false));
    }

    #[test]
    fn misspelt() {
        check("none", None);
    }
}
