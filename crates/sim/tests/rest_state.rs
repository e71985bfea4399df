//! A sample starts where a spike leaves a neuron: V = v_reset, p = p_reset, I = 0, not refractory (docs/semantics.md).

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::{Forward, IntegerModel, Program, Stimulus};

/// What a tick of leak or switching may move, LSB.
const A_TICK: i32 = 4;

/// The largest states of a silent window, which are those of its first tick, and their rest values.
fn check(kind: &str, v_reset: f64, p_reset: f64) {
    let text = format!(
        r#"{{"name":"rest","inputs":1,"recorder":"minmax",
            "layers":[{{"name":"one","kind":"{kind}","neurons":1,"synapse":{{"range_pA":300}},
                        "device":{{"v_reset_V":{v_reset},"p_reset":{p_reset}}}}}],
            "readout":{{"outputs":1,"synapse":{{"range_pA":100}}}}}}"#
    );
    let description = Description::parse("rest", &text).unwrap();
    let chip = Chip::resolve("rest", &description).unwrap();
    let mut model = IntegerModel::new(&chip);
    let mut program = Program::silent(&chip);
    program.layers.iter_mut().for_each(|l| l.levels.fill(0));
    model.load(&program).unwrap();
    let stimulus = Stimulus {
        events: Vec::new(),
        windows: 1,
    };
    // A sample leaves nothing to the next.
    for _ in 0..2 {
        let trace = model.run(&stimulus).unwrap();
        let layer = &chip.layers[0];
        let words = &layer.model.words;
        let record = &trace.layers[0].records;
        let word = |name| record[words.iter().position(|w| w.name == name).unwrap()];
        let near = |found: i32, rest: i32| (found - rest).abs() <= A_TICK;
        assert!(
            near(word("max_v"), layer.codes.v_reset),
            "{}",
            word("max_v")
        );
        if kind == "felif" {
            assert!(
                near(word("max_p"), layer.codes.p_reset),
                "{}",
                word("max_p")
            );
        }
        assert_eq!((word("i"), word("n_spike")), (0, 0));
    }
}

#[test]
fn a_lif_neuron() {
    check("lif", 0.11, 0.0);
}
#[test]
fn a_felif_neuron() {
    check("felif", 0.11, 0.25);
}
