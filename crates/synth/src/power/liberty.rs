//! A Liberty file as far as an energy needs it: what cells compute, the capacitance of their pins, energies of switching.

use super::function;
use super::table::Table;
use crate::{SynthError, area};
use std::collections::BTreeMap;
use std::path::Path;

/// The units of everything here: pF V^2 are pJ.
const UNITS: [(&str, &[&str]); 4] = [
    ("time_unit", &["1ns"]),
    ("voltage_unit", &["1V"]),
    ("leakage_power_unit", &["1nW"]),
    ("capacitive_load_unit", &["1", "pf"]),
];

/// The cells of a library at one voltage.
#[derive(Debug)]
pub(crate) struct Liberty {
    /// Supply, V.
    pub volts: f64,
    pub cells: BTreeMap<String, Cell>,
}

#[derive(Debug, Default)]
pub(crate) struct Cell {
    /// nW.
    pub leakage_nw: f64,
    /// In order of name.
    pub inputs: BTreeMap<String, Input>,
    pub outputs: BTreeMap<String, Output>,
    /// A flip-flop at the rising edge without set and reset: its data and clock pins.
    pub flip_flop: Option<(String, String)>,
}

#[derive(Debug, Default)]
pub(crate) struct Input {
    /// pF.
    pub capacitance: f64,
    /// What the cell takes when the pin rises or falls, whatever its outputs do, pJ.
    pub energy: Vec<Table>,
}

#[derive(Debug, Default)]
pub(crate) struct Output {
    /// Truth table over the inputs in order, the first one the lowest bit of the place; none: a state, or unknown.
    pub function: Option<u16>,
    /// What the cell takes beside the load when the output rises or falls, pJ; rise and fall of every related pin.
    pub energy: Vec<Table>,
}

impl Liberty {
    pub fn read(path: &Path) -> Result<Self, SynthError> {
        let unreadable = |what: &str| SynthError::Unreadable {
            log: path.display().to_string(),
            what: what.into(),
        };
        let expected = "a library in Liberty's syntax, in ns, V, nW and pF";
        Self::parse(&area::read(path)?).ok_or_else(|| unreadable(expected))
    }

    pub fn parse(text: &str) -> Option<Self> {
        let tokens = tokens(text);
        let mut rest = tokens.as_slice();
        let library = Group::parse(&mut rest).filter(|g| g.kind == "library")?;
        if UNITS
            .iter()
            .any(|(key, unit)| library.values.get(*key).is_none_or(|v| v != unit))
        {
            return None;
        }
        // Variables of the tables: most begin with the load, those of pins without one with the transition.
        let by_transition: Vec<&str> = (library.of("power_lut_template"))
            .filter(|t| t.text("variable_1") == Some("input_transition_time"))
            .filter_map(Group::name)
            .collect();
        let cell =
            |group: &Group| Some((group.name()?.to_string(), Cell::of(group, &by_transition)?));
        Some(Self {
            volts: library.number("nom_voltage")?,
            cells: library.of("cell").map(cell).collect::<Option<_>>()?,
        })
    }
}

impl Cell {
    fn of(group: &Group, by_transition: &[&str]) -> Option<Self> {
        let mut cell = Self {
            leakage_nw: group.number("cell_leakage_power").unwrap_or(0.0),
            ..Self::default()
        };
        let pins = || group.of("pin").filter_map(|p| Some((p.name()?, p)));
        for (name, pin) in pins().filter(|(_, p)| p.text("direction") == Some("input")) {
            let input = Input {
                capacitance: pin.number("capacitance")?,
                energy: energies(pin, by_transition)?,
            };
            cell.inputs.insert(name.into(), input);
        }
        let names: Vec<&str> = cell.inputs.keys().map(String::as_str).collect();
        let mut outputs = BTreeMap::new();
        for (name, pin) in pins().filter(|(_, p)| p.text("direction") == Some("output")) {
            let function = pin.text("function");
            let output = Output {
                function: function.and_then(|f| function::truth_table(f, &names)),
                energy: energies(pin, by_transition)?,
            };
            outputs.insert(name.into(), output);
        }
        cell.outputs = outputs;
        cell.flip_flop = group.of("ff").find_map(|ff| {
            let plain = ff.text("clear").or(ff.text("preset")).is_none();
            let pin = |key| ff.text(key).filter(|p| cell.inputs.contains_key(*p));
            let (data, clock) = (pin("next_state")?, pin("clocked_on")?);
            plain.then(|| (data.into(), clock.into()))
        });
        Some(cell)
    }
}

/// The tables of a pin.
fn energies(pin: &Group, by_transition: &[&str]) -> Option<Vec<Table>> {
    let kinds = ["rise_power", "fall_power"];
    let tables = pin.of("internal_power").flat_map(|i| &i.groups);
    let tables = tables.filter(|t| kinds.contains(&t.kind.as_str()));
    let table = |t: &Group| {
        let numbers = |key: &str| -> Option<Vec<f64>> {
            let rows = t.values.get(key).into_iter().flatten();
            let all = rows.flat_map(|row| row.split([',', ' ']));
            all.filter(|n| !n.is_empty())
                .map(|n| n.parse().ok())
                .collect()
        };
        let (first, second) = (numbers("index_1")?, numbers("index_2")?);
        match by_transition.contains(&t.name()?) {
            true => Table::new(second, first, numbers("values")?),
            false => Table::new(first, second, numbers("values")?),
        }
    };
    tables.map(table).collect()
}

/// `kind (args) { values and groups }`.
#[derive(Debug)]
struct Group {
    kind: String,
    arguments: Vec<String>,
    values: BTreeMap<String, Vec<String>>,
    groups: Vec<Group>,
}

impl Group {
    fn name(&self) -> Option<&str> {
        self.arguments.first().map(String::as_str)
    }

    fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Self> {
        self.groups.iter().filter(move |g| g.kind == kind)
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key)?.first().map(String::as_str)
    }

    fn number(&self, key: &str) -> Option<f64> {
        self.text(key)?.parse().ok()
    }

    fn parse(rest: &mut &[String]) -> Option<Self> {
        let kind = take(rest)?;
        let arguments = list(rest)?;
        let mut group = Self {
            kind,
            arguments,
            values: BTreeMap::new(),
            groups: Vec::new(),
        };
        if take(rest)? != "{" {
            return None;
        }
        loop {
            match (rest.first()?.as_str(), rest.get(1)?.as_str()) {
                ("}", _) => {
                    take(rest);
                    return Some(group);
                }
                (";", _) => drop(take(rest)),
                (_, ":") => {
                    let key = take(rest)?;
                    take(rest);
                    group.values.insert(key, vec![take(rest)?]);
                }
                _ => {
                    let after = rest.iter().position(|t| t == ")")? + 1;
                    if rest.get(after)? == "{" {
                        group.groups.push(Self::parse(rest)?);
                    } else {
                        group.values.insert(take(rest)?, list(rest)?);
                    }
                }
            }
        }
    }
}

fn take(rest: &mut &[String]) -> Option<String> {
    let (first, others) = rest.split_first()?;
    *rest = others;
    Some(first.clone())
}

/// `( a , b )`.
fn list(rest: &mut &[String]) -> Option<Vec<String>> {
    if take(rest)? != "(" {
        return None;
    }
    let end = rest.iter().position(|t| t == ")")?;
    let words = rest[..end].iter().filter(|t| *t != ",").cloned().collect();
    *rest = &rest[end + 1..];
    Some(words)
}

/// Words, strings without their quotes, and signs.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => {
                let string = rest[1..].split('"').next().unwrap_or_default();
                tokens.push(string.into());
                string.len() + 2
            }
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            c if c.is_whitespace() || c == '\\' => c.len_utf8(),
            c if "(){}:;,".contains(c) => {
                tokens.push(c.into());
                1
            }
            _ => {
                let ends = |c: char| c.is_whitespace() || "(){}:;,\"\\".contains(c);
                let word = &rest[..rest.find(ends).unwrap_or(rest.len())];
                tokens.push(word.into());
                word.len()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    tokens.push(";".into());
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Target;

    #[test]
    fn units() {
        let text = |farads: &str| {
            format!(
                r#"library(none) {{ time_unit : "1ns"; voltage_unit : "1V"; leakage_power_unit : "1nW";
                    capacitive_load_unit(1, {farads}); nom_voltage : 2; }}"#
            )
        };
        assert!(Liberty::parse(&text("pf")).is_some());
        assert!(Liberty::parse(&text("ff")).is_none());
    }
    #[test]
    fn the_cells_of_osu018() {
        let library = Target::Osu018.library().unwrap().unwrap();
        let liberty = Liberty::read(Path::new(library.liberty)).unwrap();
        assert_eq!((liberty.volts, liberty.cells.len()), (1.8, 32));
        let of = |name: &str| &liberty.cells[name];
        // As their names say.
        assert_eq!(of("AND2X1").outputs["Y"].function, Some(0b1000));
        assert_eq!(of("NAND2X1").outputs["Y"].function, Some(0b0111));
        assert_eq!(of("XOR2X1").outputs["Y"].function, Some(0b0110));
        assert_eq!(of("FAX1").outputs["YC"].function, Some(0b1110_1000));
        assert_eq!(of("OAI21X1").outputs["Y"].function, Some(0b0001_1111));
        assert_eq!(of("DFFPOSX1").flip_flop, Some(("D".into(), "CLK".into())));
        assert_eq!(of("DFFSR").flip_flop, None);
        assert_eq!(of("DFFPOSX1").leakage_nw, 0.160725);
        let inverter = of("INVX1");
        assert_eq!(inverter.inputs["A"].capacitance, 0.00932456);
        // Its corners: fall before rise in the file.
        let energy = &inverter.outputs["Y"].energy;
        assert_eq!(energy[0].at(0.005, 0.06), 0.009213);
        assert_eq!(energy[1].at(0.15, 1.2), 0.057524);
        assert_eq!(
            of("DFFPOSX1").inputs["CLK"].energy[0].at(0.0, 0.24),
            0.006943
        );
    }
}
