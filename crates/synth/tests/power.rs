//! The energy of a chip: events cost, and the run that was counted is the integer model's.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::stimuli::Case;
use bruno_sim::{replay, stimuli};
use bruno_synth::{Gates, Memories, Options, Played, Power, Target, synthesise};
use std::time::Duration;

const CHIP: &str = r#"{"name":"meter","inputs":3,"window_ticks":40,"fold":2,
    "layers":[{"name":"one","kind":"lif","neurons":2,"recurrent":true,"synapse":{"bits":3,"range_pA":900}}],
    "readout":{"outputs":1,"tau_ms":1,"synapse":{"bits":3,"range_pA":100}}}"#;

fn estimate(memories: Memories) -> Power {
    let chip = Chip::resolve("meter", &Description::parse("meter", CHIP).unwrap()).unwrap();
    let design = bruno_hdl::delivered(&chip).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        target: Target::Osu018,
        memories,
        device: None,
        limit: Duration::from_secs(1800),
        dir: dir.path().into(),
    };
    let report = synthesise(&chip, &design, &options, &mut |_| ()).unwrap();
    let mut program = stimuli::random_program(&chip, 3);
    program.layers[0].weights.fill(7); // every spike excites, so that neurons fire
    let cases = [0.2, 0.0].map(|rate| Case {
        name: format!("rate {rate}"),
        program: program.clone(),
        stimulus: stimuli::poisson(&chip, 10, rate, 3),
    });
    let gates = Gates::new(&chip, &report, &options).unwrap();
    let play = |case: &Case| {
        let (played, printed) = gates.play(&replay::commands(&chip, case)).unwrap();
        let difference = replay::difference(&chip, case, &printed).unwrap();
        assert_eq!(difference, None, "{}", case.name);
        played
    };
    let [busy, idle] = cases.each_ref().map(&play);
    check_order(&cases, play, &busy);
    gates.power(&busy, &idle)
}

/// What was played before changes nothing, and two runs add up.
fn check_order(cases: &[Case; 2], play: impl Fn(&Case) -> Played, busy: &Played) {
    let both: Played = cases.iter().rev().map(&play).sum();
    let idle = play(&cases[1]);
    let sum = busy.load.energy.total_pj() + idle.load.energy.total_pj();
    assert!((both.load.energy.total_pj() / sum - 1.0).abs() < 1e-9);
    assert_eq!(both.load.spikes, busy.load.spikes);
    assert_eq!(both.load.ticks, busy.load.ticks + idle.load.ticks);
}

fn check(memories: Memories) -> Power {
    let power = estimate(memories);
    let (busy, idle) = (&power.busy, &power.idle);
    assert_eq!((busy.ticks, idle.ticks), (400, 400));
    assert!(busy.spikes > 0, "the stimulus is too weak to test a spike");
    assert_eq!((idle.input_events, idle.spikes), (0, 0));
    // The same cycles, and so the same clock; everything else takes more where there are events.
    assert_eq!(busy.cycles, idle.cycles);
    assert_eq!(busy.energy.clock_pj, idle.energy.clock_pj);
    assert!(busy.energy.internal_pj > idle.energy.internal_pj);
    assert!(busy.energy.switching_pj > idle.energy.switching_pj);
    // Inputs reach 2 neurons; a neuron's spike reaches both and the readout.
    assert_eq!(
        busy.synaptic_events,
        2 * busy.input_events + 3 * busy.spikes
    );
    power
}

#[test]
fn memories_as_flip_flops_cost_their_clock() {
    let (apart, mapped) = (check(Memories::Apart), check(Memories::FlipFlops));
    assert!(mapped.busy.energy.clock_pj > apart.busy.energy.clock_pj);
}
