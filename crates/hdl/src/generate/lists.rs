//! Lists of ports and connections, a line each, as delivered modules have them.

/// A port with its comment, which may be empty.
pub(in crate::generate) fn port(
    direction: &str,
    kind: &str,
    name: &str,
    about: &str,
) -> (String, String) {
    (
        format!("{direction:<6} {kind:<18} {name}"),
        about.to_string(),
    )
}

/// `wire [n-1:0]`, `wire` where it is one bit.
pub(in crate::generate) fn net(bits: usize) -> String {
    match bits {
        1 => "wire".into(),
        _ => wires(bits),
    }
}

/// `wire [n-1:0]`, a vector even of one bit: so each bit of it can be selected.
pub(in crate::generate) fn wires(bits: usize) -> String {
    format!("wire {}", vector(bits))
}

/// `[n-1:0]`.
pub(in crate::generate) fn vector(bits: usize) -> String {
    format!("[{}:0]", bits - 1)
}

/// The list between the brackets of a module.
pub(in crate::generate) fn list(ports: &[(String, String)]) -> String {
    let last = ports.len() - 1;
    let width = ports.iter().map(|p| p.0.len()).max().unwrap_or(0) + 1;
    let line = |(at, (declaration, about)): (usize, &(String, String))| {
        let comma = if at < last { "," } else { "" };
        let declaration = format!("{declaration}{comma}");
        let about = short(about, COLUMNS - width);
        match about.is_empty() {
            true => format!("  {declaration}\n"),
            false => format!("  {declaration:<width$}  // {about}\n"),
        }
    };
    ports.iter().enumerate().map(line).collect()
}

/// Columns that a declaration and its comment have together.
const COLUMNS: usize = 92;

/// The first words of a comment, where not all of it has room; the data sheet has the rest.
pub(in crate::generate) fn short(about: &str, columns: usize) -> &str {
    let mut about = about;
    while about.len() > columns {
        let Some(end) = about.rfind("; ").or_else(|| about.rfind(", ")) else {
            break;
        };
        about = &about[..end];
    }
    about
}

/// Connections by name, in the order of the ports.
pub(in crate::generate) fn connections(ports: &[(String, String)], depth: usize) -> String {
    let indent = "  ".repeat(depth);
    let all: Vec<String> = ports
        .iter()
        .map(|(port, wire)| format!("{indent}.{port}({wire})"))
        .collect();
    all.join(",\n") + "\n"
}

/// Lines of a kind and a name, `wire [3:0]` and `slot;`, the names in one column.
pub(in crate::generate) fn declarations(lines: &[(String, String)]) -> String {
    columns(lines, 1, "")
}

/// Lines of a target and a value, the signs between them in one column.
pub(in crate::generate) fn assignments(
    lines: &[(String, String)],
    depth: usize,
    sign: &str,
) -> String {
    columns(lines, depth, &format!("{sign} "))
}

fn columns(lines: &[(String, String)], depth: usize, between: &str) -> String {
    let width = lines.iter().map(|l| l.0.len()).max().unwrap_or(0);
    let indent = "  ".repeat(depth);
    lines
        .iter()
        .map(|(first, second)| format!("{indent}{first:<width$} {between}{second}\n"))
        .collect()
}

/// A line of such a list.
pub(in crate::generate) fn line(first: &str, second: &str) -> (String, String) {
    (first.into(), second.into())
}

/// Names in a `wire unused`, which a lint tool asks for, a few lines of them.
pub(in crate::generate) fn unused(name: &str, parts: &[String], about: &str) -> String {
    if parts.is_empty() {
        return String::new();
    }
    let mut text = format!("  // {about}\n  wire {name} = &{{1'b0");
    let mut column = text.len() - text.rfind('\n').map_or(0, |at| at + 1);
    for part in parts {
        text.push(',');
        column += part.len() + 2;
        match column > 96 {
            true => {
                text += "\n    ";
                column = 4 + part.len();
            }
            false => text.push(' '),
        }
        text += part;
    }
    text + "};\n\n"
}
