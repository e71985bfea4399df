//! What a run tells while it goes.

use crate::costs;
use bruno_train::{AuditLine, EpochReport, TrainConfig};

/// Says what an audit found, if it is worth saying.
pub fn audit(audit: &AuditLine) {
    let what = format!(
        "audit before step {}: gradient `{}`, cosine {:.3}, norm ratio {:.2} ({})",
        audit.step,
        audit.gradient.name(),
        audit.agreement.cosine,
        audit.agreement.ratio,
        audit.group
    );
    match (audit.low, audit.switched_to) {
        (false, _) => tell!("{what}"),
        (true, None) => tell!("warning: {what}"),
        (true, Some(better)) => {
            tell!("warning: {what}; going on with `{}`", better.name());
        }
    }
}

/// What an epoch came to, as a line.
pub fn epoch(report: &EpochReport, config: &TrainConfig, epochs: usize) -> String {
    let valid = match report.valid.decisions {
        0 => String::new(),
        _ => format!(
            "; valid {:.3}, {:.3}",
            report.valid.mean_loss(),
            report.valid.accuracy()
        ),
    };
    let costs = match config.objectives.any() {
        true => "; ".to_string() + &costs::line(report),
        false => String::new(),
    };
    let silent = match report.train.silent + report.valid.silent {
        0 => String::new(),
        silent => format!("; {silent} samples without a spike"),
    };
    format!(
        "epoch {}/{epochs}: train loss {:.3}, accuracy {:.3}{valid}; {:.1} Hz{costs}{silent}",
        report.epoch,
        report.train.mean_loss(),
        report.train.accuracy(),
        report.train.rate_hz()
    )
}
