//! From what is written to the values of a card.

use super::super::error::CardProblem;
use super::super::lexer::Word;
use super::super::number::{number, shortest};
use super::super::{Imported, ModelCard, Statistics};
use super::{Assignment, Reader};
use crate::{FecapCard, PARAMETERS};
use std::collections::BTreeMap;

/// The one fixed charge of older cards, for both polarisations.
const Q_FIX_DEPL: &str = "q_fix_depl";

/// Offsets of a device that a Monte-Carlo run draws; a card has them at zero.
#[rustfmt::skip]
const OFFSETS: &[&str] = &["area_mc", "t_fe_mc", "t_int_mc", "d_e_mc", "p_s_mc", "n_depl_mc"];

/// Parameters that a file may give and define; a card has 20.
const MOST_PARAMETERS: usize = 2000;

/// Definitions that may name one another on the way to a number.
const MOST_STEPS: usize = 100;

impl Reader<'_> {
    pub(super) fn finish(mut self) -> Result<Imported, Vec<CardProblem>> {
        // A file without a model's line holds the parameters alone.
        let given = match self.given.take() {
            Some((_, given)) => given,
            None => self.definitions.clone(),
        };
        if given.is_empty() {
            let allowed = "a list of parameters, in the file itself";
            let remedy = "where the file includes another, import that one";
            let problem = CardProblem::new(0, "card", "empty", allowed, remedy);
            self.problems.push(problem);
        }
        let all = given.len() + self.definitions.len();
        if all > MOST_PARAMETERS {
            let allowed = format!("at most {MOST_PARAMETERS}");
            let remedy = "give the file of one model card";
            let problem = CardProblem::new(
                0,
                "the number of parameters",
                &all.to_string(),
                &allowed,
                remedy,
            );
            return Err(vec![problem]);
        }
        let mut card = FecapCard::default();
        let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
        for (name, written) in &given {
            for (place, value) in self.values(name, written) {
                if let Some(before) = lines.insert(place, name.line) {
                    let value = format!("given again (first in line {before})");
                    self.problem(name, place, &value, "one value", "remove one of them");
                }
                if let Some(slot) = card.get_mut(place) {
                    *slot = value;
                }
            }
        }
        self.check_bounds(&card, &lines);
        self.note_defaults(&lines);
        if !self.problems.is_empty() {
            self.problems.sort_by_key(|p| p.line);
            return Err(self.problems);
        }
        let statistics = self.statistics.filter(|s| *s != Statistics::published());
        Ok(Imported {
            model: ModelCard { card, statistics },
            notes: self.notes,
        })
    }

    /// What one assignment sets: nothing (an offset at zero, a mistake), one parameter, or two (older cards).
    fn values(&mut self, name: &Word<'_>, written: &Word<'_>) -> Vec<(&'static str, f64)> {
        let Some(value) = self.value(name, written) else {
            return Vec::new();
        };
        if let Some(parameter) = PARAMETERS.iter().find(|p| self.same(name.text, p.name)) {
            return vec![(parameter.name, value)];
        }
        if self.same(name.text, Q_FIX_DEPL) {
            self.notes.push(format!(
                "line {}: `{Q_FIX_DEPL}` of an older card: q_fix_depl_u = {}, q_fix_depl_d = {} C/m^2",
                name.line,
                shortest(-value),
                shortest(value)
            ));
            return vec![("q_fix_depl_u", -value), ("q_fix_depl_d", value)];
        }
        if OFFSETS.iter().any(|offset| self.same(name.text, offset)) {
            if value != 0.0 {
                let remedy = "it is the offset of one drawn device: add it to the parameter itself";
                self.problem(name, name.text, written.text, "0", remedy);
            }
            return Vec::new();
        }
        let names: Vec<&str> = PARAMETERS.iter().map(|p| p.name).collect();
        let remedy = "correct the name or remove it";
        self.problem(
            name,
            name.text,
            "no parameter of the model",
            &names.join(", "),
            remedy,
        );
        Vec::new()
    }

    /// A number, or that of the definition that is named; `NAME+NAME_mc` is NAME, whose offset is zero.
    fn value(&mut self, name: &Word<'_>, written: &Word<'_>) -> Option<f64> {
        let (mut text, mut line) = (written.text, written.line);
        // Two that name each other end somewhere.
        for _ in 0..=self.definitions.len().min(MOST_STEPS) {
            if let Some(value) = number(text, self.format) {
                return Some(value);
            }
            let base = text
                .split_once('+')
                .filter(|(a, b)| b.strip_suffix("_mc") == Some(*a));
            let wanted = base.map_or(text, |(a, _)| a);
            let of = |(name, _): &&Assignment<'_>| self.same(name.text, wanted);
            let Some((_, value)) = self.definitions.iter().find(of) else {
                break;
            };
            (text, line) = (value.text, value.line);
        }
        let at = Word { text, line };
        let allowed =
            "a number (with a suffix such as n, u, p), or a parameter that the file defines";
        let remedy = "bruno evaluates no expressions: write the number";
        self.problem(&at, name.text, &format!("`{text}`"), allowed, remedy);
        None
    }

    fn check_bounds(&mut self, card: &FecapCard, lines: &BTreeMap<&str, usize>) {
        for (parameter, value) in card.out_of_bounds() {
            let line = lines.get(parameter.name).copied().unwrap_or(0);
            self.problems
                .push(CardProblem::out_of_bounds(line, parameter, value));
        }
    }

    fn note_defaults(&mut self, lines: &BTreeMap<&str, usize>) {
        let absent = PARAMETERS.iter().filter(|p| !lines.contains_key(p.name));
        let values: Vec<String> = absent
            .map(|p| format!("{} = {}", p.name, shortest(p.default)))
            .collect();
        if !values.is_empty() {
            let text = values.join(", ");
            self.notes.push(format!(
                "not in the file, taken from the published card: {text}"
            ));
        }
    }
}
