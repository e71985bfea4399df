//! A report as text.

use super::{Report, StateReport};
use std::fmt;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operations, products) = (self.operations, self.products);
        writeln!(
            f,
            "{}: {operations} operations of 32 bits a tick, {products} of them products",
            self.model
        )?;
        writeln!(
            f,
            "state        bits            one LSB  range                             decay stops below"
        )?;
        for s in &self.states {
            writeln!(f, "{}", row(s).trim_end())?;
        }
        writeln!(
            f,
            "coefficient            mantissa       value         error"
        )?;
        for c in &self.coefficients {
            let value = format!("{} / 2^{}", c.mantissa, c.shift);
            writeln!(
                f,
                "{:<22} {:>2} bits   {value:>12}  {:>10.3} %",
                c.name,
                c.mantissa_bits,
                100.0 * c.error
            )?;
        }
        writeln!(f, "constant                  value  within the bounds")?;
        for c in &self.codes {
            writeln!(f, "{:<22} {:>8}  {} .. {}", c.name, c.value, c.low, c.high)?;
        }
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        Ok(())
    }
}

fn row(s: &StateReport) -> String {
    let bits = format!(
        "{}{}",
        s.bits,
        s.guard_bits.map_or(String::new(), |g| format!("+{g}"))
    );
    let origin = if s.given { "given" } else { "derived" };
    let lsb = format!("{:.3e} {}", s.lsb, s.unit);
    let range = format!("{:.6} .. {:.6} {}", s.low, s.high, s.unit);
    let stops = match s.stops_at {
        None => String::new(),
        Some(x) if x > s.high => "everywhere".into(),
        Some(x) => format!("{x:.3e} {}", s.unit),
    };
    format!(
        "{:<12} {bits:<5} {origin:<8} {lsb:>16}  {range:<33} {stops}",
        s.name
    )
}
