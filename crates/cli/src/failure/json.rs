//! A failed command as JSON, for the programs that asked for JSON.

use super::Failure;
use bruno_chip::{ChipError, Problem};
use bruno_train::TrainError;
use serde_json::{Value, json};

impl Failure {
    /// `{"error": {"exit_code", "message", "problems"}}`; problems, each with field, value, allowed and remedy, where a
    /// description or its settings are bad.
    pub fn json(&self) -> Value {
        let problem = |p: &Problem| json!({ "field": p.field, "value": p.value, "allowed": p.allowed, "remedy": p.remedy });
        let problems: Vec<Value> = self.problems().iter().map(problem).collect();
        error(self.exit_code(), &self.to_string(), problems)
    }

    fn problems(&self) -> &[Problem] {
        match self {
            Self::Chip(ChipError::Invalid { problems, .. }) => problems,
            Self::Setting { problem, .. } | Self::Train(TrainError::Setting(problem)) => {
                std::slice::from_ref(problem)
            }
            _ => &[],
        }
    }
}

/// The same of arguments that no command takes.
pub fn of_arguments(mistake: &clap::Error) -> Value {
    let code = u8::try_from(mistake.exit_code()).unwrap_or(2);
    error(code, mistake.render().to_string().trim_end(), Vec::new())
}

fn error(exit_code: u8, message: &str, problems: Vec<Value>) -> Value {
    json!({ "error": { "exit_code": exit_code, "message": message, "problems": problems } })
}
