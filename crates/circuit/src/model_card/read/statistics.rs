//! Spectre's `statistics { process { vary ... } mismatch { vary ... } }`.

use super::super::lexer::Word;
use super::super::number::number;
use super::Reader;
use crate::PARAMETERS;

impl<'a> Reader<'a> {
    pub(super) fn in_statistics(&mut self, statement: &[Word<'a>]) {
        let Some(first) = statement.first() else {
            return;
        };
        match first.text {
            "}" => {
                self.blocks.pop();
            }
            "vary" => self.vary(statement),
            "truncate" => self.truncate(statement),
            // A brace in a line of its own opens the block that the line before named.
            name => {
                if name != "{" {
                    self.blocks.push(name);
                }
                self.statistics.get_or_insert_default();
            }
        }
    }

    /// `vary NAME dist=gauss std=SIGMA`; the name may be that of the parameter or of its offset, `NAME_mc`.
    fn vary(&mut self, statement: &[Word<'a>]) {
        let [first, rest @ ..] = statement else {
            return;
        };
        let Some(varied) = rest.first() else {
            let remedy = "name what varies";
            return self.problem(first, "vary", "nothing", "a parameter", remedy);
        };
        let mut sigma = None;
        for (name, value) in self.assignments(super::after(statement, 2)) {
            match name.text {
                "dist" if value.text == "gauss" => {}
                "std" => sigma = number(value.text, self.format).filter(|s| *s >= 0.0),
                _ => {
                    let field = format!("vary {}, {}", varied.text, name.text);
                    let remedy = "bruno draws normal distributions alone";
                    self.problem(&value, &field, value.text, "dist=gauss std=SIGMA", remedy);
                }
            }
        }
        let name = varied.text.strip_suffix("_mc").unwrap_or(varied.text);
        let known = PARAMETERS.iter().any(|p| p.name == name);
        let field = format!("vary {}", varied.text);
        let (Some(sigma), true) = (sigma, known) else {
            let (value, remedy) = match known {
                true => ("without a spread", "give std, in the unit of the parameter"),
                false => (
                    "no parameter of the model",
                    "correct the name or remove the line",
                ),
            };
            return self.problem(varied, &field, value, "NAME dist=gauss std=SIGMA", remedy);
        };
        let statistics = self.statistics.get_or_insert_default();
        let spreads = match self.blocks.last() {
            Some(&"process") => &mut statistics.die,
            Some(&"mismatch") => &mut statistics.device,
            _ => {
                let remedy = "put it into one of these blocks";
                let allowed = "within process { } (dies) or mismatch { } (devices)";
                return self.problem(varied, &field, "outside of both", allowed, remedy);
            }
        };
        spreads.insert(name.to_string(), sigma);
    }

    fn truncate(&mut self, statement: &[Word<'a>]) {
        for (name, value) in self.assignments(super::after(statement, 1)) {
            let sigmas = number(value.text, self.format).filter(|s| *s > 0.0);
            if name.text == "tr" && sigmas.is_some() {
                self.statistics.get_or_insert_default().truncate = sigmas;
            } else {
                let allowed = "tr = a positive number of standard deviations";
                self.problem(
                    &value,
                    "truncate",
                    value.text,
                    allowed,
                    "correct or remove it",
                );
            }
        }
    }
}
