//! Lines that are not too long.

/// Columns of a line.
pub(crate) const COLUMNS: usize = 98;

/// Without the brackets around the whole.
pub(super) fn bare(text: String) -> String {
    let inner = text.strip_prefix('(').and_then(|t| t.strip_suffix(')'));
    // The brackets of `(a) + (b)` are none around the whole.
    let whole = |inner: &&str| {
        let mut open = 0;
        inner.chars().all(|c| {
            open += i32::from(c == '(') - i32::from(c == ')');
            open >= 0
        })
    };
    inner.filter(whole).map_or(text.clone(), str::to_string)
}

/// Statements whose lines are not too long.
pub(crate) fn short_lines(text: &str) -> String {
    text.lines().map(|line| wrapped(line, "")).collect()
}

/// A line that goes on in further ones where it is too long, each beginning with `lead`; a statement breaks before an
/// operator.
pub(super) fn wrapped(line: &str, lead: &str) -> String {
    let indent: String = line.chars().take_while(|c| *c == ' ').collect();
    let next = match lead {
        "" => format!("{indent}    "),
        lead => format!("{indent}{lead}"),
    };
    let (mut text, mut rest) = (String::new(), line.to_string());
    while rest.len() > COLUMNS {
        let end = match lead {
            "" => break_before_operator(&rest),
            _ => rest[..COLUMNS].rfind(' '),
        };
        let Some(at) = end.filter(|at| *at > next.len()) else {
            break;
        };
        text += rest[..at].trim_end();
        text.push('\n');
        rest = next.clone() + rest[at..].trim_start();
    }
    text + &rest + "\n"
}

/// Where the last operator in the columns stands that is outside of every concatenation.
fn break_before_operator(line: &str) -> Option<usize> {
    let outside = |at: &usize| {
        let before = &line[..*at];
        before.matches('{').count() == before.matches('}').count()
    };
    let of = |symbol: &&str| {
        let places = line[..COLUMNS].match_indices(*symbol).map(|(at, _)| at);
        places.filter(|at| outside(at)).last()
    };
    // The parts of a choice before those of its condition.
    let choice = [" ? ", " : "].iter().filter_map(of).max();
    choice.or_else(|| {
        [" + ", " - ", " & ", " && ", " * "]
            .iter()
            .filter_map(of)
            .max()
    })
}
