//! Names that a Verilog tool keeps for itself.

/// Keywords of SystemVerilog (IEEE 1800-2017, annex B), Verilog's among them: Verilator takes all of them for what they
/// are in any file.
const KEYWORDS: &str = "\
accept_on alias always always_comb always_ff always_latch and assert assign assume automatic before begin bind \
bins binsof bit break buf bufif0 bufif1 byte case casex casez cell chandle checker class clocking cmos config \
const constraint context continue cover covergroup coverpoint cross deassign default defparam design disable \
dist do edge else end endcase endchecker endclass endclocking endconfig endfunction endgenerate endgroup \
endinterface endmodule endpackage endprimitive endprogram endproperty endsequence endspecify endtable endtask \
enum event eventually expect export extends extern final first_match for force foreach forever fork forkjoin \
function generate genvar global highz0 highz1 if iff ifnone ignore_bins illegal_bins implements implies import \
incdir include initial inout input inside instance int integer interconnect interface intersect join join_any \
join_none large let liblist library local localparam logic longint macromodule matches medium modport module \
nand negedge nettype new nexttime nmos nor noshowcancelled not notif0 notif1 null or output package packed \
parameter pmos posedge primitive priority program property protected pull0 pull1 pulldown pullup \
pulsestyle_ondetect pulsestyle_onevent pure rand randc randcase randsequence rcmos real realtime ref reg \
reject_on release repeat restrict return rnmos rpmos rtran rtranif0 rtranif1 s_always s_eventually s_nexttime \
s_until s_until_with scalared sequence shortint shortreal showcancelled signed small soft solve specify \
specparam static string strong strong0 strong1 struct super supply0 supply1 sync_accept_on sync_reject_on \
table tagged task this throughout time timeprecision timeunit tran tranif0 tranif1 tri tri0 tri1 triand trior \
trireg type typedef union unique unique0 unsigned until until_with untyped use uwire var vectored virtual void \
wait wait_order wand weak weak0 weak1 while wildcard wire with within wor xnor xor";

/// What Icarus Verilog keeps beyond them.
const ICARUS: &str = "bool wone wreal";

/// The module of bruno that stands beside a chip: its self-checking testbench.
const BENCHES: &str = "testbench";

/// Whether a tool takes a name for something else.
pub fn is_reserved(name: &str) -> bool {
    let words = [KEYWORDS, ICARUS, BENCHES].map(|words| words.split(' '));
    let mut words = words.into_iter().flatten();
    words.any(|word| word == name)
}

#[cfg(test)]
mod tests {
    use super::{BENCHES, ICARUS, KEYWORDS};
    use crate::Description;

    /// A chip and a layer of this name are refused by it.
    fn check(word: &str) {
        let text = |chip: &str, layer: &str| {
            format!(
                r#"{{"name":"{chip}","inputs":1,"readout":{{"outputs":1,"synapse":{{"range_pA":1}}}},
                "layers":[{{"name":"{layer}","kind":"lif","neurons":1,"synapse":{{"range_pA":1}}}}]}}"#
            )
        };
        Description::parse("t", &text("chip", "layer")).unwrap();
        for (text, field) in [
            (text(word, "layer"), "name"),
            (text("chip", word), "layers[0].name"),
        ] {
            let error = Description::parse("t", &text).unwrap_err().to_string();
            let expected = format!("`{field}` is `{word}`; allowed: a name that no Verilog tool");
            assert!(error.contains(&expected), "{error}");
        }
    }

    #[test]
    fn every_keyword() {
        assert_eq!(KEYWORDS.split(' ').count(), 248);
        KEYWORDS.split(' ').for_each(check);
    }
    #[test]
    fn every_word_of_icarus() {
        ICARUS.split(' ').for_each(check);
    }
    #[test]
    fn the_module_beside_a_chip() {
        BENCHES.split(' ').for_each(check);
    }
}
