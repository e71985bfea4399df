//! No implicit nets: in every file of a design a name that nothing declares is an error, also of a simulator that takes a
//! port without a net type for such a name.

/// A module between two directives, every port of it with its net type.
pub(super) fn declared(text: &str) -> String {
    let (mut before, mut module) = (String::new(), String::new());
    let mut place = Place::Before;
    for line in text.lines() {
        if place == Place::Before && line.starts_with("module ") {
            place = Place::Ports;
        }
        match place {
            Place::Before => before += &format!("{line}\n"),
            Place::Ports => module += &format!("{}\n", with_net(line)),
            Place::Body => module += &format!("{line}\n"),
        }
        if place == Place::Ports && line.ends_with(");") {
            place = Place::Body;
        }
    }
    format!(
        "{}\n\n`default_nettype none\n\n{}\n\n`default_nettype wire\n",
        before.trim_end(),
        module.trim_end()
    )
}

#[derive(PartialEq, Clone, Copy)]
enum Place {
    Before,
    Ports,
    Body,
}

/// A port of a wire says so; what follows stays in its column where there is room.
fn with_net(line: &str) -> String {
    let port = line.trim_start();
    let indent = &line[..line.len() - port.len()];
    let Some(direction) = ["input", "output"].into_iter().find(|d| {
        port.strip_prefix(d)
            .is_some_and(|rest| rest.starts_with(' '))
    }) else {
        return line.into();
    };
    let rest = &port[direction.len()..];
    let name = rest.trim_start();
    if name.starts_with("wire ") || name.starts_with("reg ") {
        return line.into();
    }
    let gap = rest.len() - name.len();
    let padding = " ".repeat("output".len() - direction.len() + 1);
    let used = padding.len() + "wire".len();
    let after = " ".repeat(gap.saturating_sub(used).max(1));
    format!("{indent}{direction}{padding}wire{after}{name}")
}

#[cfg(test)]
mod tests {
    use super::with_net;

    fn check(line: &str, expected: &str) {
        assert_eq!(with_net(line), expected);
    }

    #[test]
    fn a_port_keeps_its_column() {
        check("  input             clk_i,", "  input  wire       clk_i,");
    }
    #[test]
    fn a_vector() {
        check("  input      [3:0]  a_i,", "  input  wire [3:0]  a_i,");
    }
    #[test]
    fn one_without_room() {
        check("  input signed [3:0] a_i", "  input  wire signed [3:0] a_i");
    }
    #[test]
    fn a_register() {
        check("  output reg [3:0] q_o,", "  output reg [3:0] q_o,");
    }
    #[test]
    fn a_wire() {
        check("  output wire       a_o", "  output wire       a_o");
    }
    #[test]
    fn no_port() {
        check(") (", ") (");
    }
}
