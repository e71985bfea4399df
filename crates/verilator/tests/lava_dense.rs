//! An integer spiking layer of another project (lava-dl) with its right answer, in the LIF array with truncation toward
//! zero: 200 inputs, 256 neurons, 2000 steps.

use bruno_chip::Description;
use bruno_device::{Chip, Codes, Coefficient};
use bruno_sim::{Forward, IntegerModel, Program, Spike, Stimulus};
use bruno_verilator::{Flavour, VerilatedModel};
use std::path::{Path, PathBuf};

const CHIP: &str = r#"{"name":"lava","inputs":200,"rounding":"truncate","recorder":"sample","window_ticks":1040,
    "bank_neurons":256,"formats":{"i_bits":20},
    "layers":[{"name":"dense","kind":"lif","neurons":256,"synapse":{"bits":8,"range_pA":10}}],
    "readout":{"outputs":1,"synapse":{"range_pA":1}}}"#;

fn reference(name: &str) -> Option<PathBuf> {
    let Some(dir) = std::env::var_os("BRUNO_REFERENCE_DATA") else {
        eprintln!("skipped: BRUNO_REFERENCE_DATA is not set");
        return None;
    };
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    Some(root.join(dir).join("lava-dense").join(name))
}

fn table(path: &Path) -> Vec<Vec<i64>> {
    let text = std::fs::read_to_string(path).unwrap();
    let row = |line: &str| {
        line.split(',')
            .map(|f| f.trim().parse().ok())
            .collect::<Option<Vec<i64>>>()
    };
    text.lines().filter_map(row).collect()
}

/// The layer's rule in the chip's registers: current gone after a step, membrane times (4096-415)/4096, threshold 6*64.
fn codes(codes: Codes) -> Codes {
    let coefficient = |mantissa, shift| Coefficient { mantissa, shift };
    Codes {
        i_dec: coefficient(64, 6),
        input: coefficient(1024, 10),
        leak: coefficient(1660, 14),
        v_th: 6 * 64,
        v_reset: 0,
        v_floor: -(1 << 19),
        t_ref: 0,
        ..codes
    }
}

fn program(chip: &Chip, weights: &[Vec<i64>]) -> Program {
    let mut program = Program::silent(chip);
    let layer = &mut program.layers[0];
    layer.codes = codes(layer.codes.clone());
    // The weights are even numbers of -178..192: a code is half of one.
    layer.levels = (-128..128).map(|half| 64 * 2 * half).collect();
    for (neuron, row) in weights.iter().enumerate() {
        for (channel, weight) in row.iter().enumerate() {
            assert_eq!(weight % 2, 0);
            layer.weights[channel * 256 + neuron] = u8::try_from(weight / 2 + 128).unwrap();
        }
    }
    program
}

fn check(make: impl Fn(&Chip) -> Box<dyn Forward>) {
    let Some(path) = reference("weight.csv") else {
        return;
    };
    let chip = Chip::resolve("lava", &Description::parse("lava", CHIP).unwrap()).unwrap();
    let program = program(&chip, &table(&path));
    // The layer sees the inputs of the step before.
    let event = |row: &Vec<i64>| (row[0] as u32 + 1, row[1] as u32);
    let mut events: Vec<_> = table(&reference("in_spikes.csv").unwrap())
        .iter()
        .map(event)
        .collect();
    events.sort_unstable();
    let mut model = make(&chip);
    model.load(&program).unwrap();
    let trace = model.run(&Stimulus { events, windows: 2 }).unwrap();
    let spike = |row: &Vec<i64>| Spike {
        tick: row[0] as u32,
        neuron: row[1] as u32,
    };
    let mut expected: Vec<_> = table(&reference("out_spikes.csv").unwrap())
        .iter()
        .map(spike)
        .collect();
    expected.sort_unstable_by_key(|s| (s.tick, s.neuron));
    let found: Vec<_> = trace.layers[0]
        .spikes
        .iter()
        .copied()
        .filter(|s| s.tick < 2000)
        .collect();
    assert_eq!(expected.len(), 1826);
    assert_eq!(found, expected);
    assert_eq!(trace.saturations, 0);
}

#[test]
fn integer_model() {
    check(|chip| Box::new(IntegerModel::new(chip)));
}

#[test]
fn verilated() {
    check(|chip| {
        let design = bruno_hdl::generate(chip).unwrap();
        Box::new(VerilatedModel::new(chip, &design, Flavour::Fast, Path::new("")).unwrap())
    });
}
