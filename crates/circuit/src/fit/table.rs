//! A CSV file of numbers whose columns are told by their names.

#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

use super::FitError;
use super::columns::Columns;
use std::io::Read;
use std::path::Path;

/// Longest file, bytes.
const MOST_BYTES: u64 = 512 << 20;

/// Lines above a table in which an instrument may tell of itself.
const MOST_PREAMBLE: usize = 200;

/// What separates values; of those that a header has, the one that it has most of.
const DELIMITERS: [u8; 3] = [b',', b'\t', b';'];

/// Factor by which values are off whose unit was taken for the one without a prefix, or for the next prefix.
const PREFIX: f64 = 1e3;

/// Numbers in columns, in SI units where the name tells what they are.
pub(super) struct Table {
    pub(super) file: String,
    columns: Vec<Column>,
    /// Line of each row, from 1.
    lines: Vec<u64>,
    /// How columns were understood that have no name of bruno's, and which were not.
    pub(super) notes: Vec<String>,
}

struct Column {
    /// As the file calls it.
    header: String,
    /// As bruno calls it; none where the name says nothing.
    known: Option<&'static str>,
    values: Vec<f64>,
}

impl Table {
    pub(super) fn read(path: &Path, columns: &Columns) -> Result<Self, FitError> {
        let file = path.display().to_string();
        let source = std::fs::File::open(path).map_err(|e| FitError::Data {
            file: file.clone(),
            text: format!("cannot be read: {e}"),
        })?;
        Self::from(&file, source, columns)
    }

    pub(super) fn from(file: &str, source: impl Read, columns: &Columns) -> Result<Self, FitError> {
        let bad = |text: String| FitError::Data {
            file: file.into(),
            text,
        };
        let mut text = String::new();
        source
            .take(MOST_BYTES)
            .read_to_string(&mut text)
            .map_err(|e| bad(format!("cannot be read as text: {e}")))?;
        let (skipped, delimiter) = header_line(&text);
        let below = text.split_inclusive('\n').skip(skipped);
        let body: String = below.collect();
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .delimiter(delimiter)
            .from_reader(body.as_bytes());
        let header = reader.headers().map_err(|e| bad(e.to_string()))?;
        let header: Vec<String> = header
            .iter()
            .map(|name| name.trim_start_matches("# ").to_string())
            .collect();
        let mut table = Self::empty(file, &header, columns)?;
        for record in reader.records() {
            let record = record.map_err(|e| bad(e.to_string()))?;
            let line = skipped as u64 + record.position().map_or(0, csv::Position::line);
            table.lines.push(line);
            for (column, field) in table.columns.iter_mut().zip(&record) {
                match field.parse::<f64>() {
                    Ok(value) if value.is_finite() => column.values.push(value),
                    // What nobody asks for may be words.
                    _ if column.known.is_none() && header.len() > 1 => column.values.push(0.0),
                    _ => return Err(bad(no_number(line, &column.header, field))),
                }
            }
        }
        table.convert(&header, columns)?;
        Ok(table)
    }

    /// The columns by their names, before there are values.
    fn empty(file: &str, header: &[String], columns: &Columns) -> Result<Self, FitError> {
        let bad = |text: String| FitError::Data {
            file: file.into(),
            text,
        };
        for (name, _) in &columns.named {
            if !header.contains(name) {
                return Err(bad(format!(
                    "it has no column `{name}` of --column; it has {}",
                    header.join(", ")
                )));
            }
        }
        let mut found: Vec<Column> = Vec::new();
        for name in header {
            let known = columns.meaning(name).map_err(bad)?.map(|m| m.column);
            let twin = found.iter().find(|c| known.is_some() && c.known == known);
            if let (Some(known), Some(twin)) = (known, twin) {
                return Err(bad(format!(
                    "columns `{}` and `{name}` are both `{known}`; rename one of them, e.g. by --column '{name}=unused'",
                    twin.header
                )));
            }
            found.push(Column {
                header: name.clone(),
                known,
                values: Vec::new(),
            });
        }
        Ok(Self {
            file: file.into(),
            columns: found,
            lines: Vec::new(),
            notes: Vec::new(),
        })
    }

    /// Values in SI units, and what was done to them.
    fn convert(&mut self, header: &[String], columns: &Columns) -> Result<(), FitError> {
        for (place, name) in header.iter().enumerate() {
            let meaning = columns.meaning(name).map_err(|text| self.error(&text))?;
            let Some(meaning) = meaning else {
                self.notes.push(format!("column `{name}` is not used"));
                continue;
            };
            if meaning.column == name {
                continue;
            }
            let mut text = format!("`{name}` is `{}`", meaning.column);
            let mut factor = meaning.factor;
            if meaning.per_area {
                let Some(area_m2) = columns.area_m2 else {
                    return Err(self.error(&format!(
                        "column `{name}` is per area: give the electrode's by --area-um2"
                    )));
                };
                factor *= area_m2;
                text += &format!(" of {} um2", 1e12 * area_m2);
            }
            self.notes.push(format!("{text}, times {factor:.4e}"));
            let values = self.columns.iter_mut().skip(place).take(1);
            values
                .flat_map(|c| &mut c.values)
                .for_each(|v| *v *= factor);
        }
        Ok(())
    }

    /// Checks that every value of a column, where there is one, lies between two ends.
    pub(super) fn within(&self, name: &str, low: f64, high: f64) -> Result<(), FitError> {
        let values = self.find(name).unwrap_or_default();
        let inside = |factor: f64| {
            let mut scaled = values.iter().map(|v| v * factor);
            scaled.all(|v| (low..=high).contains(&v))
        };
        let remedy = match !inside(1.0) && inside(1.0 / PREFIX) {
            true => {
                "correct the row, or its unit: are these thousandths? Say so in the column's name, e.g. `(mV)`"
            }
            false => "correct the row, or its unit",
        };
        let is_good = |value: f64| (low..=high).contains(&value);
        self.all(name, is_good, &format!("{low}..{high}"), remedy)
    }

    /// Checks every value of a column, where there is one.
    pub(super) fn all(
        &self,
        name: &str,
        is_good: impl Fn(f64) -> bool,
        allowed: &str,
        remedy: &str,
    ) -> Result<(), FitError> {
        let mut rows = self.find(name).unwrap_or_default().iter().zip(&self.lines);
        match rows.find(|(value, _)| !is_good(**value)) {
            None => Ok(()),
            Some((value, line)) => Err(self.error(&format!(
                "line {line}, column `{name}`: {value:?}; allowed: {allowed}; {remedy}"
            ))),
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<&[f64]> {
        let column = self.columns.iter().find(|c| c.known == Some(name))?;
        Some(&column.values)
    }

    pub(super) fn need(&self, name: &str) -> Result<&[f64], FitError> {
        match self.find(name) {
            Some([]) => Err(self.error("it has no rows")),
            Some(values) => Ok(values),
            None => {
                let has: Vec<&str> = self.columns.iter().map(|c| c.header.as_str()).collect();
                Err(self.error(&format!(
                    "column `{name}` is missing; it has {}; a column with its unit, e.g. `Time (ms)`, is understood, another \
                     name is told by --column 'NAME={name}'",
                    has.join(", ")
                )))
            }
        }
    }

    pub(super) fn error(&self, text: &str) -> FitError {
        FitError::Data {
            file: self.file.clone(),
            text: text.into(),
        }
    }
}

fn no_number(line: u64, header: &str, field: &str) -> String {
    let decimal_comma = field.contains(',') && field.replace(',', ".").parse::<f64>().is_ok();
    let remedy = match decimal_comma {
        true => "; write numbers with a point",
        false => "",
    };
    format!("line {line}, column `{header}`: `{field}` is no finite number{remedy}")
}

/// Number of lines above the header, and what separates its names: the header stands above the first line of numbers.
fn header_line(text: &str) -> (usize, u8) {
    let lines: Vec<&str> = text.lines().take(MOST_PREAMBLE).collect();
    let numbers = |line: &&str| DELIMITERS.iter().any(|d| is_row(line, *d));
    let first = lines.iter().position(numbers);
    let header = first.unwrap_or(0).saturating_sub(1);
    let count = |d: &u8| {
        let line = lines.get(header).copied().unwrap_or_default();
        line.bytes().filter(|b| b == d).count()
    };
    // Of those that are as many the first: a file of one column has none.
    let most = DELIMITERS.iter().copied().rev().max_by_key(count);
    (header, most.unwrap_or(b','))
}

/// Whether a line is two numbers or more.
fn is_row(line: &str, delimiter: u8) -> bool {
    let fields: Vec<&str> = line.split(char::from(delimiter)).collect();
    let number = |field: &&str| field.trim().parse::<f64>().is_ok();
    fields.len() > 1 && fields.iter().all(number)
}
