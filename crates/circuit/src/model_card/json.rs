//! The card as JSON: one number a parameter, and the statistics where they are not those of the published card.

use super::error::CardProblem;
use super::{Imported, ModelCard, Statistics};
use crate::{FecapCard, PARAMETERS};
use serde::Serialize;
use serde_json::Value;

const STATISTICS: &str = "statistics";

#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    card: &'a FecapCard,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistics: Option<&'a Statistics>,
}

pub(super) fn write(model: &ModelCard) -> String {
    let written = Written {
        card: &model.card,
        statistics: model.statistics.as_ref(),
    };
    // Numbers and names alone: nothing in it can fail.
    serde_json::to_string_pretty(&written).unwrap_or_default() + "\n"
}

pub(super) fn read(text: &str) -> Result<Imported, Vec<CardProblem>> {
    let mut value: Value = parsed(text, "card")?;
    let statistics = value.as_object_mut().and_then(|o| o.remove(STATISTICS));
    let statistics: Option<Statistics> = match statistics {
        Some(value) => Some(parsed(&value.to_string(), STATISTICS)?),
        None => None,
    };
    // A list would be taken for an object with its fields in order.
    let object = value
        .as_object()
        .ok_or_else(|| vec![unreadable("card", "no object")])?;
    let card: FecapCard = parsed(&Value::from(object.clone()).to_string(), "card")?;
    let mut problems = Vec::new();
    for (parameter, value) in card.out_of_bounds() {
        problems.push(CardProblem::out_of_bounds(0, parameter, value));
    }
    let varied = statistics
        .iter()
        .flat_map(|s| s.die.iter().chain(&s.device));
    for (name, sigma) in varied {
        if PARAMETERS.iter().all(|p| p.name != name) || !(*sigma >= 0.0 && sigma.is_finite()) {
            let allowed = "a parameter of the card with a standard deviation of 0 or more";
            let remedy = "correct or remove it";
            let field = format!("{STATISTICS}.{name}");
            problems.push(CardProblem::new(
                0,
                &field,
                &sigma.to_string(),
                allowed,
                remedy,
            ));
        }
    }
    let truncate = statistics.as_ref().and_then(|s| s.truncate);
    if let Some(sigmas) = truncate.filter(|s| *s <= 0.0) {
        let allowed = "a positive number of standard deviations, or absent";
        let value = sigmas.to_string();
        problems.push(CardProblem::new(
            0,
            "statistics.truncate",
            &value,
            allowed,
            "correct it",
        ));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let statistics = statistics.filter(|s| *s != Statistics::published());
    Ok(Imported {
        model: ModelCard { card, statistics },
        notes: Vec::new(),
    })
}

fn parsed<T: serde::de::DeserializeOwned>(text: &str, field: &str) -> Result<T, Vec<CardProblem>> {
    bruno_json::from_text(text).map_err(|e| vec![unreadable(field, &e.to_string())])
}

fn unreadable(field: &str, why: &str) -> CardProblem {
    let remedy = "`bruno device import` writes such files";
    CardProblem::new(0, field, why, "an object of the card's parameters", remedy)
}
