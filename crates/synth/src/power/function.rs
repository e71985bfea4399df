//! Liberty's functions of pins: `!` or a quote behind, `^`, `&`, `*` or nothing between, `+` or `|`; the first binds most.

/// The truth table over the inputs, the first one the lowest bit of the place; none for a function of something else, or
/// of more than four.
pub(crate) fn truth_table(text: &str, inputs: &[&str]) -> Option<u16> {
    if inputs.len() > 4 {
        return None;
    }
    let mut parser = Parser { rest: text, inputs };
    let table = parser.or()?;
    let places = 1u32 << inputs.len();
    let all = ((1u32 << places) - 1) as u16;
    parser.next().is_none().then_some(table & all)
}

struct Parser<'a> {
    rest: &'a str,
    inputs: &'a [&'a str],
}

impl Parser<'_> {
    /// The next sign.
    fn next(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn skip(&mut self, signs: &str) -> bool {
        let found = self.next().is_some_and(|c| signs.contains(c));
        if found {
            self.rest = &self.rest[1..];
        }
        found
    }

    fn or(&mut self) -> Option<u16> {
        let mut value = self.and()?;
        while self.skip("+|") {
            value |= self.and()?;
        }
        Some(value)
    }

    fn and(&mut self) -> Option<u16> {
        let mut value = self.xor()?;
        while self.skip("&*") || self.next().is_some_and(|c| !"+|)".contains(c)) {
            value &= self.xor()?;
        }
        Some(value)
    }

    fn xor(&mut self) -> Option<u16> {
        let mut value = self.operand()?;
        while self.skip("^") {
            value ^= self.operand()?;
        }
        Some(value)
    }

    fn operand(&mut self) -> Option<u16> {
        if self.skip("!") {
            return self.operand().map(|v| !v);
        }
        let mut value = if self.skip("(") {
            let value = self.or()?;
            self.skip(")").then_some(value)?
        } else {
            self.pin()?
        };
        while self.skip("'") {
            value = !value;
        }
        Some(value)
    }

    fn pin(&mut self) -> Option<u16> {
        self.next();
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let end = self.rest.find(|c| !word(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        // The columns of a truth table of four inputs.
        let columns = [0xAAAA, 0xCCCC, 0xF0F0, 0xFF00];
        let at = self.inputs.iter().position(|i| *i == name)?;
        Some(columns[at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<u16>) {
        assert_eq!(truth_table(text, &["A", "B", "S"]), expected, "{text}");
    }

    #[test]
    fn the_signs() {
        check("A", Some(0xAA));
        check("!A", Some(0x55));
        check("A'", Some(0x55));
        check("A B", Some(0x88));
        check("A*B", Some(0x88));
        check("A^B", Some(0x66));
        check("A B + S", Some(0xF8));
        check("A (B + S)", Some(0xA8));
        check("(!((S A) + (!S B)))", Some(0x53));
    }
    #[test]
    fn no_function_of_these() {
        check("IQ", None);
        check("(A", None);
        check("A)", None);
    }
}
