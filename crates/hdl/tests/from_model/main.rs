//! Kernels from neuron files: whatever prints them, what runs is what the interpreter of `bruno_model` does.

mod cases;
mod hand;
#[path = "../support/mod.rs"]
mod support;

use bruno_device::{ModelSignal, NeuronProgram};
use bruno_hdl::ModelKernels;
use bruno_model::{Derived, Output, Shipped};
use cases::Cards;
use support::Dut;

/// Vectors of a test: cards, each with so many neurons in states of their own.
const CARDS: usize = 100;
const NEURONS: usize = 100;

/// A shipped model as chips have it.
fn program(name: &str) -> NeuronProgram {
    NeuronProgram::new(derived(name))
}

fn derived(name: &str) -> Derived {
    let model = Shipped::named(name).unwrap().read();
    let model = model.unwrap_or_else(|e| panic!("{e}"));
    Derived::new(&model).unwrap_or_else(|e| panic!("{e}"))
}

/// The printed module of a whole tick with vectors of the interpreter.
fn dut(name: &str, cards: usize, neurons: usize) -> Dut {
    let (derived, program) = (derived(name), program(name));
    let kernels = ModelKernels::new(&program);
    let ports = kernels.ports();
    let (inputs, outputs): (Vec<_>, Vec<_>) = ports
        .iter()
        .map(|p| ((p.name.clone().leak() as &'static str, 32), p.signal))
        .partition(|(_, signal)| matches!(signal, ModelSignal::Input(_)));
    let mut vectors = Vec::new();
    for mut card in Cards::new(&derived, neurons).take(cards) {
        let before: Vec<Vec<i32>> = inputs.iter().map(|(_, s)| card.values(*s)).collect();
        card.tick();
        let after = outputs.iter().map(|(_, s)| card.values(*s));
        let columns: Vec<Vec<i32>> = before.into_iter().chain(after).collect();
        vectors.extend((0..neurons).map(|n| columns.iter().map(|c| c[n] as u32).collect()));
    }
    let module = String::from(name).leak();
    Dut {
        name: module,
        verilog: kernels.module(module).unwrap(),
        inputs: inputs.into_iter().map(|(port, _)| port).collect(),
        outputs: outputs.into_iter().map(|(port, _)| port).collect(),
        vectors,
    }
}

/// The vectors see spikes, and saturated updates where the model counts any.
fn eventful(dut: &Dut) {
    let program = program(dut.name);
    let kernels = ModelKernels::new(&program);
    let port = kernels.port(ModelSignal::Output(Output::Spike));
    let fired = dut.share(port, 1);
    assert!((0.01..0.99).contains(&fired), "{fired} of the vectors fire");
    let port = kernels.port(ModelSignal::Output(Output::Saturations));
    let none = dut.share(port, 0);
    assert!((0.01..0.99).contains(&none), "{none} without saturation");
}

/// Clean in three tools, and Verilator computes what the interpreter does.
fn check(name: &str) {
    let dut = dut(name, CARDS, NEURONS);
    eventful(&dut);
    support::lint(&dut);
    support::verilator(&[dut]);
}

#[test]
fn felif() {
    check("felif");
}
#[test]
fn lif() {
    check("lif");
}
#[test]
fn lif_subtractive() {
    check("lif_subtractive");
}
#[test]
fn alif() {
    check("alif");
}
#[test]
fn izhikevich() {
    check("izhikevich");
}
#[test]
fn adex() {
    check("adex");
}
#[test]
fn vo2() {
    check("vo2");
}

/// So does Icarus.
#[test]
fn in_icarus() {
    support::icarus(&[dut("alif", 20, 50), dut("felif", 20, 50)]);
}

#[test]
fn printed_lif() {
    let program = program("lif");
    insta::assert_snapshot!(ModelKernels::new(&program).module("lif").unwrap());
}

/// A million vectors of every model: `cargo test -p bruno-hdl --test from_model -- --ignored a_million`.
#[test]
#[ignore = "takes minutes"]
fn a_million() {
    for shipped in bruno_model::SHIPPED {
        let dut = dut(shipped.name, 2000, 500);
        println!("{}: {} vectors", dut.name, dut.vectors.len());
        assert_eq!(dut.vectors.len(), 1_000_000);
        support::verilator(&[dut]);
    }
}
