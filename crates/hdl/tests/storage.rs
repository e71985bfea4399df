//! Kernels in a row whose inputs are stored in other types than they compute in: narrower, wider, of the other sign.

mod support;

use bruno_hdl::integers::*;
use bruno_hdl::{Binding, Stage, print};
use rust_hdl_core::prelude::{
    In, Logic, LogicBlock, Out, Signal, ast, block, hdl_gen, logic, probe,
};
use support::{Dut, settle};

/// First kernel: its output feeds the second by name.
#[derive(LogicBlock, Default)]
struct Sum {
    a: Signal<In, S<8>>,
    b: Signal<In, S<8>>,
    sum: Signal<Out, S<8>>,
}

impl Logic for Sum {
    #[hdl_gen]
    fn update(&mut self) {
        self.sum.next = self.a.val() + (self.b.val() >> 1);
    }
}

/// Second kernel.
#[derive(LogicBlock, Default)]
struct Shift {
    sum: Signal<In, S<8>>,
    other: Signal<In, S<8>>,
    amount: Signal<In, S<8>>,
    y: Signal<Out, S<8>>,
}

impl Logic for Shift {
    #[hdl_gen]
    fn update(&mut self) {
        self.y.next = (self.sum.val() >> self.amount.val()) - (self.other.val() >> 2);
    }
}

/// Storage: `a` signed 4 bits, `b` unsigned 4 bits, `other` unsigned 8 bits, `amount` unsigned 2 bits.
fn verilog() -> String {
    let bind = |name: &str| match name {
        "a" => Some(Binding::new("a", 4, true)),
        "b" => Some(Binding::new("b", 4, false)),
        "amount" => Some(Binding::new("amount", 2, false)),
        "other" => Some(Binding::new("other", 8, false)),
        _ => None,
    };
    let stages = [
        Stage::new("first", &Sum::default()).unwrap(),
        Stage::new("second", &Shift::default()).unwrap(),
    ];
    let printed = print(&stages, &bind, 2).unwrap();
    format!(
        "module storage (
  input signed [3:0] a,
  input [3:0] b,
  input [1:0] amount,
  input [7:0] other,
  output signed [7:0] y,
  output signed [7:0] sum
);
{}
  always @* begin
{}  end
  assign y = {};
  assign sum = {};
endmodule\n",
        printed.declarations(1),
        printed.text(),
        printed.output("y").unwrap(),
        printed.output("sum").unwrap()
    )
}

fn dut() -> Dut {
    let inputs = vec![("a", 4), ("b", 4), ("amount", 2), ("other", 8)];
    let mut vectors = support::exhaustive(&inputs);
    let (mut first, mut second) = (Sum::default(), Shift::default());
    for vector in &mut vectors {
        let word = |n: usize| i64::from(vector[n]);
        first.a.next = S::new(S::<4>::new(word(0)).value());
        first.b.next = S::new(word(1));
        settle(&mut first);
        second.sum.next = first.sum.val();
        second.amount.next = S::new(word(2));
        second.other.next = S::new(word(3));
        settle(&mut second);
        vector.extend([second.y.val(), first.sum.val()].map(support::Bits32::to_word));
    }
    Dut {
        name: "storage",
        verilog: verilog(),
        inputs,
        outputs: vec![("y", 8), ("sum", 8)],
        vectors,
    }
}

#[test]
fn rust_hdl_equals_icarus() {
    support::icarus(&[dut()]);
}

#[test]
fn rust_hdl_equals_verilator() {
    support::verilator(&[dut()]);
}

#[test]
fn no_tool_complains() {
    support::lint(&Dut {
        verilog: verilog().replace(
            "module storage",
            "/* verilator lint_off UNUSEDSIGNAL */\nmodule storage",
        ),
        ..dut()
    });
}

#[test]
fn an_input_without_a_binding_is_refused() {
    let stage = Stage::new("first", &Sum::default()).unwrap();
    let error = print(&[stage], &|_| None, 0).unwrap_err();
    assert!(error.to_string().starts_with("`a` is not bound"), "{error}");
}
