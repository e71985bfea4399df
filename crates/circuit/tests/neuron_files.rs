//! Neurons of files in the simulators themselves, against the float model: ngspice with behavioural sources, VACASK with
//! the Verilog-A compiled by openvaf-r.

use bruno_circuit::from_model::{Agreement, Asked, FileNeuron, FileTestbench, agreement};
use bruno_circuit::netlist::Stimulus;
use bruno_circuit::simulator::Simulator;
use bruno_model::{Float, Model, SHIPPED, Shipped, TICK_S};
use bruno_plot::svg;
use std::time::Duration;

const SIMULATORS: [Simulator; 2] = [Simulator::Ngspice, Simulator::Vacask];

fn run(testbench: &FileTestbench, simulator: Simulator) -> Agreement {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in testbench.files(simulator) {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let found = testbench.run(simulator, dir.path(), Duration::from_secs(100));
    let found = found.unwrap_or_else(|e| panic!("{e}"));
    let own = testbench.course(&found.t_s).unwrap();
    agreement(&testbench.neuron, &found, &own)
}

/// Events of so many A every so many ticks, no two distances alike.
fn events(every: u64, jump_a: f64, count: u64) -> Stimulus {
    let event = |k: u64| (200 + every * k + (k * k * 97) % (every / 2), jump_a);
    Stimulus::Events {
        events: (0..count).map(event).collect(),
        tau_s: 1.0,
    }
}

fn testbench(model: &Model, stimulus: Stimulus, stop_s: f64) -> FileTestbench {
    FileTestbench {
        title: model.name.clone(),
        neuron: FileNeuron::new(model, model.defaults()),
        stimulus,
        stop_s,
    }
}

/// Largest distance of a spike in steps of a tick from the same one in fine steps, us, where there are as many.
fn ticks_us(testbench: &FileTestbench) -> String {
    let fine = testbench.course(&[0.0, testbench.stop_s]).unwrap();
    let (float, parameters) = (
        Float::new(&testbench.neuron.model),
        &testbench.neuron.parameters,
    );
    let card = float.on(parameters);
    let mut now = card.rest();
    let mut spikes = Vec::new();
    for tick in 0..(testbench.stop_s / TICK_S).round() as u64 {
        let inject = match &testbench.stimulus {
            Stimulus::Current(points) => {
                now.states[testbench.neuron.model.input] = points[0].1;
                0.0
            }
            Stimulus::Events { events, .. } => {
                let now = events.iter().filter(|(t, _)| *t == tick);
                now.map(|(_, jump)| jump).sum()
            }
        };
        if card.step(&mut now, inject) {
            spikes.push((tick + 1) as f64 * TICK_S);
        }
    }
    if spikes.len() != fine.spikes_s.len() {
        return format!("{} spikes", spikes.len());
    }
    let apart = spikes.iter().zip(&fine.spikes_s);
    let most = apart.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    format!("{:.1}", 1e6 * most)
}

/// A shipped model under a stimulus: at least `spikes`, as many as in float, and apart by at most `spike_us`.
fn check(name: &str, stimulus: Stimulus, stop_s: f64, spikes: usize, spike_us: f64) {
    let model = Shipped::named(name).unwrap().read().unwrap();
    let testbench = testbench(&model, stimulus, stop_s);
    let found = SIMULATORS.map(|simulator| run(&testbench, simulator));
    let [ngspice, vacask] = found.each_ref().map(|f| 1e6 * f.spike_max_s);
    let ticks = ticks_us(&testbench);
    let count = found[0].spikes[1];
    println!("| {name} | {count} | {ngspice:.1} | {vacask:.1} | {ticks} |");
    for f in &found {
        assert_eq!(f.spikes[0], f.spikes[1], "{f:?}");
        assert!(count >= spikes && f.spike_max_s < 1e-6 * spike_us, "{f:?}");
    }
}

#[test]
fn lif() {
    check("lif", events(500, 8e-12, 40), 0.02, 4, 1.0);
}
#[test]
fn felif() {
    check("felif", events(500, 40e-12, 40), 0.02, 3, 1.0);
}
#[test]
fn lif_subtractive() {
    check("lif_subtractive", events(500, 12e-12, 40), 0.02, 4, 5.0);
}
#[test]
fn alif() {
    check("alif", events(500, 30e-12, 50), 0.025, 4, 1.0);
}
#[test]
fn izhikevich() {
    check("izhikevich", events(100, 2e-12, 200), 0.02, 8, 5.0);
}
#[test]
fn adex() {
    check("adex", events(100, 150e-12, 200), 0.02, 8, 15.0);
}
/// A threshold that is crossed so slowly that the latch trips by and by.
#[test]
fn a_slow_crossing() {
    let slow = Stimulus::Current(vec![(0.0, 20.5e-12), (0.08, 20.5e-12)]);
    check("lif_subtractive", slow, 0.08, 1, 30.0);
}
/// It oscillates by itself; the input is held at zero.
#[test]
fn vo2() {
    let nothing = Stimulus::Current(vec![(0.0, 0.0), (0.05, 0.0)]);
    check("vo2", nothing, 0.05, 8, 5.0);
}

/// Words of the simulators as names, names that differ by capitals alone, a reset that a switch turns off, powers, a
/// condition from above and every function.
const HOSTILE: &str = "
model module:
    parameters:
        temp  ms = 5 ms    from [1 ms : 10 ms]
        Temp  ms = 2 ms    from [1 ms : 10 ms]
        begin pF = 1 pF    from [0.5 pF : 2 pF]
        m     V  = 0.5 V   from [0.1 V : 1 V]
        keep  switch = on
    internals:
        pi 1/s = 1 / Temp
    state:
        i pA = 0 pA from [-256 pA : 256 pA] @bits(24)
        v V  = 0 V  from [-2 V : 2 V] ceil 1 V
        V V  = 0 V  from [-2 V : 2 V] floor -0.2 V
    kernels:
        i' = -i / temp
    equations:
        inline e V = m * tanh(v / m) * sigmoid(v / V_unit) + max(v, V)
        v' = -(i / begin) - v / temp * exp(min(v / m, ln(2)))
        V' = (v ** 3 / m ** 2 - V + 0.1 * e) * pi + 0.5 * v'
    input:
        i += spikes
    onCondition(v < -m, rising):
        v = 0.1 V
        V = V ** 2 / m unless keep
        refractory(temp / 5, holds v)
        emit_spike()
";

#[test]
fn words_of_the_simulators_as_names() {
    let text = HOSTILE.replace("v / V_unit", "v / (1 V)");
    let model = Model::read("module.nrn", &text).unwrap_or_else(|e| panic!("{e}"));
    let testbench = testbench(&model, events(500, 20e-12, 30), 0.015);
    for simulator in SIMULATORS {
        let found = run(&testbench, simulator);
        assert_eq!(found.spikes[0], found.spikes[1], "{found:?}");
        assert!(
            found.spikes[0] >= 2 && found.spike_max_s < 5e-6,
            "{found:?}"
        );
        let close = found.states.iter().all(|s| s.of_span < 2e-3);
        assert!(close, "{simulator:?}: {found:?}");
    }
}

#[test]
fn the_text() {
    let model = Shipped::named("alif").unwrap().read().unwrap();
    let neuron = FileNeuron::new(&model, model.defaults());
    insta::assert_snapshot!("alif_verilog_a", neuron.verilog_a());
    insta::assert_snapshot!("alif_ngspice", neuron.ngspice());
}

/// Whether a shipped model fires three times in 0.2 s under a constant input, and how fast.
fn check_rate(name: &str, input_a: f64, expected: std::ops::Range<f64>) {
    let model = Shipped::named(name).unwrap().read().unwrap();
    let found = FileNeuron::new(&model, model.defaults()).rate_hz(input_a);
    assert!(expected.contains(&found), "{found} Hz");
}

/// `1/(t_ref + tau ln(I/(I - g V_th)))` with 20 pS, 0.253 pF, 0.8 V and 2 ms.
#[test]
fn rates() {
    let closed = 1.0 / (2e-3 + 12.65e-3 * (40.0f64 / 24.0).ln());
    check_rate("lif", 40e-12, 0.999 * closed..1.001 * closed);
    check_rate("lif", 15e-12, 0.0..1e-9);
    check_rate("vo2", 0.0, 235.0..237.0);
}

/// Labels and names of the pictures, and every tenth rate.
fn check_pictures(name: &str, asked: Asked) {
    let model = Shipped::named(name).unwrap().read().unwrap();
    let panels = FileNeuron::new(&model, model.defaults()).pictures(asked);
    let mut text = String::new();
    for panel in &panels {
        let names: Vec<&str> = panel.curves.iter().map(|c| c.name.as_str()).collect();
        text += &format!("{} over {}: {names:?}\n", panel.y.label, panel.x.label);
    }
    for (input, rate) in panels[0].curves[0].points.iter().step_by(10) {
        text += &format!("{input:.3}: {rate:.1} Hz\n");
    }
    insta::assert_snapshot!(format!("pictures_of_{name}"), text);
}
#[test]
fn pictures_of_one_state() {
    check_pictures("lif", Asked::default());
}
#[test]
fn pictures_of_a_plane() {
    check_pictures("adex", Asked::default());
}
#[test]
fn pictures_as_asked() {
    let asked = Asked {
        largest_a: Some(8e-6),
        input_a: Some(1e-6),
        states: Some([1, 2]),
    };
    check_pictures("vo2", asked);
}

/// Nullclines of LIF's relatives in closed form: `w' = 0` where `w = a (V - E_L)`.
#[test]
fn a_nullcline() {
    let model = Shipped::named("adex").unwrap().read().unwrap();
    let panels = FileNeuron::new(&model, model.defaults()).pictures(Asked::default());
    let points = panels[1].curves[1].points.iter();
    let points: Vec<_> = points.filter(|p| p.0.is_finite()).collect();
    assert!(points.len() > 60);
    for (v, w) in points {
        assert!((w - 4.0 * (v + 70.6)).abs() < 1e-6, "{v} mV, {w} pA");
    }
}

/// Pictures of the pages in docs/models have the labels and legends that the files give now;
/// `BRUNO_BLESS=1 cargo test -p bruno-circuit --test neuron_files -- pictures_of_the_pages` draws them anew.
#[test]
fn pictures_of_the_pages() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/models");
    for shipped in SHIPPED {
        let model = shipped.read().unwrap();
        let panels = FileNeuron::new(&model, model.defaults()).pictures(Asked::default());
        let drawn = svg(&format!("Model {}", model.name), &panels).unwrap();
        let path = format!("{folder}/{}.svg", shipped.name);
        if std::env::var_os("BRUNO_BLESS").is_some() {
            std::fs::write(&path, &drawn).unwrap();
        }
        // Coordinates may differ in their last digit on another machine.
        let labels = |svg: &str| -> Vec<String> {
            let labels = svg.lines().filter(|l| l.len() < 40 && !l.starts_with('<'));
            labels.map(String::from).collect()
        };
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            labels(&written),
            labels(&drawn),
            "{path}: BRUNO_BLESS=1 draws it anew"
        );
    }
}
