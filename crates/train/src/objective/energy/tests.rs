//! Every derivative of the energy proxy against central differences.

use super::*;
use crate::TrainConfig;
use bruno_chip::{Description, LayerDescription};

const CHIP: &str = r#"{"name":"t","inputs":3,"layers":[
    {"name":"a","kind":"KIND","neurons":4,"recurrent":true,"device":{"p_reset":0.1,"v_reset_V":0.05},
     "synapse":{"range_pA":300}},
    {"name":"b","kind":"lif","neurons":2,"synapse":{"bits":2,"range_pA":90}}],
    "readout":{"outputs":2,"synapse":{"range_pA":100}},
    "training":{"device":[{"parameter":"area","bounds":[1,9]},{"parameter":"leak","bounds":[5,90]},
                          {"parameter":"threshold","bounds":[0.5,1.2]},{"parameter":"barrier","bounds":[1,1.2]},
                          {"parameter":"field_distance","bounds":[5,9]}]}}"#;

/// The same with the first layer's neurons from their file.
fn of_file() -> String {
    let (chip, _) = CHIP.split_once(r#""training""#).unwrap();
    let card = r#""device":{"p_reset":0.1,"v_reset_V":0.05}"#;
    let chip = chip.replace(r#""kind":"KIND""#, r#""model":"felif""#);
    let chip = chip.replace(card, r#""parameters":{"p_reset":0.1,"V_reset":0.05}"#);
    let rows = [
        ("area", 1.0, 9.0),
        ("g_leak", 5.0, 90.0),
        ("V_th", 0.5, 1.2),
        ("p_reset", 0.05, 0.2),
        ("p_s", 0.2, 0.3),
    ];
    let rows = rows
        .map(|(name, low, high)| format!(r#"{{"parameter":"{name}","bounds":[{low},{high}]}}"#));
    format!(r#"{chip}"training":{{"device":[{}]}}}}"#, rows.join(","))
}

const SUPPLY_V: f64 = 0.9;

struct Fixture {
    description: Description,
    parameters: Parameters,
    activity: Activity,
}

fn fixture(kind: &str) -> Fixture {
    let text = match kind {
        "felif.nrn" => of_file(),
        _ => CHIP.replace("KIND", kind),
    };
    let description = Description::parse("t", &text).unwrap();
    let config = TrainConfig::of(&description).unwrap();
    let chip = Chip::resolve("t", &description).unwrap();
    Fixture {
        parameters: Parameters::new(&chip, &config),
        description,
        activity: Activity {
            inputs: vec![9.0, 4.0, 0.0],
            spikes: vec![vec![3.0, 0.0, 7.0, 2.0], vec![5.0, 1.0]],
            leaks: Vec::new(),
            membrane: vec![
                vec![0.3, -0.2, 0.6, 0.1, 0.5, 0.7, 0.2, 0.0],
                vec![0.4, 0.2, 0.3, 0.6],
            ],
        },
    }
}

/// The same with the sums that belong to its membranes.
fn with_leaks(chip: &Chip, activity: &Activity) -> Activity {
    let leaks = |(raw, row): (&LayerDescription, &Vec<f64>)| match NeuronCosts::of(raw) {
        None => row.iter().map(|v| v * v).sum(),
        Some(costs) => row.iter().map(|v| costs.power().at(*v)).sum(),
    };
    let layers = chip.description.layers.iter();
    Activity {
        leaks: layers.zip(&activity.membrane).map(leaks).collect(),
        ..activity.clone()
    }
}

impl Fixture {
    fn energy(&self) -> f64 {
        self.of(&self.activity, &self.parameters)
    }

    fn of(&self, activity: &Activity, parameters: &Parameters) -> f64 {
        let chip = parameters.chip("t", &self.description).unwrap();
        EnergyModel::new(&chip, parameters, SUPPLY_V)
            .of(&with_leaks(&chip, activity))
            .total_j()
    }

    /// Slopes of the energy in pJ.
    fn slopes(&self) -> EnergySlopes {
        let chip = self.parameters.chip("t", &self.description).unwrap();
        EnergyModel::new(&chip, &self.parameters, SUPPLY_V)
            .slopes(&with_leaks(&chip, &self.activity), 1e12)
    }
}

/// A slope in pJ against what `at` gives on either side, J.
fn check(found: f64, at: impl Fn(f64) -> f64, step: f64) {
    let expected = 1e12 * (at(step) - at(-step)) / (2.0 * step);
    let close = (found - expected).abs() < 2e-3 * expected.abs().max(1e-6);
    assert!(close, "{found}, {expected} by differences");
}

fn check_activity(kind: &str) {
    let fixture = fixture(kind);
    let slopes = fixture.slopes();
    for layer in 0..2 {
        for (n, found) in slopes.by_spikes[layer].iter().enumerate() {
            let at = |by: f64| {
                let mut activity = fixture.activity.clone();
                activity.spikes[layer][n] += by;
                fixture.of(&activity, &fixture.parameters)
            };
            check(*found, at, 0.1);
        }
        for (n, found) in slopes.by_membrane[layer].iter().enumerate() {
            let at = |by: f64| {
                let mut activity = fixture.activity.clone();
                activity.membrane[layer][n] += by;
                fixture.of(&activity, &fixture.parameters)
            };
            check(*found, at, 0.01);
        }
    }
}

#[test]
fn by_what_felif_neurons_do() {
    check_activity("felif");
}
#[test]
fn by_what_neurons_of_a_file_do() {
    check_activity("felif.nrn");
}
#[test]
fn by_what_lif_neurons_do() {
    check_activity("lif");
}

#[test]
fn by_device_parameters() {
    check_device_parameters("felif");
}
#[test]
fn by_parameters_of_a_file() {
    check_device_parameters("felif.nrn");
}

fn check_device_parameters(kind: &str) {
    let fixture = fixture(kind);
    let slopes = fixture.slopes();
    for place in fixture
        .parameters
        .layers
        .iter()
        .flat_map(|l| l.device.iter().flatten().copied())
    {
        let at = |by: f64| {
            let mut parameters = fixture.parameters.clone();
            parameters.values[place] += by as f32;
            fixture.of(&fixture.activity, &parameters)
        };
        check(slopes.direct[place], at, 2f64.powi(-7));
    }
}

/// The energy of synapses is homogeneous in the levels in force.
#[test]
fn by_weights() {
    let fixture = fixture("felif");
    let slopes = fixture.slopes();
    let mut sum = 0.0;
    for layer in &fixture.parameters.layers {
        for p in std::iter::once(&layer.input).chain(&layer.recurrent) {
            let weights = p.weights_pa(&fixture.parameters.values);
            let pairs = weights.iter().zip(&slopes.direct[p.place.clone()]);
            sum += pairs
                .map(|(w, s)| f64::from(w / p.scale_pa) * s)
                .sum::<f64>();
        }
    }
    let chip = fixture.parameters.chip("t", &fixture.description).unwrap();
    let model = EnergyModel::new(&chip, &fixture.parameters, SUPPLY_V);
    let expected = 1e12 * model.of(&with_leaks(&chip, &fixture.activity)).synapses_j;
    assert!(
        (sum - expected).abs() < 1e-5 * expected,
        "{sum}, {expected}"
    );
}

/// One spike of the default card, by hand: C = 0.253 pF, 2 P_s A = 2.16 pC.
#[test]
fn a_spike_of_the_default_card() {
    let mut fixture = fixture("felif");
    fixture.description.layers[0].device = DeviceCard::default();
    fixture.activity.inputs.fill(0.0);
    fixture.activity.spikes[1].fill(0.0);
    fixture
        .activity
        .membrane
        .iter_mut()
        .for_each(|m| m.fill(0.0));
    let chip = Chip::resolve("t", &fixture.description).unwrap();
    let spikes = EnergyModel::new(&chip, &fixture.parameters, SUPPLY_V)
        .of(&with_leaks(&chip, &fixture.activity))
        .spikes_j;
    let expected = 12.0 * (0.2530e-12 * 0.8 + 2.16e-12) * 0.8;
    assert!(
        (spikes / expected - 1.0).abs() < 1e-3,
        "{spikes}, {expected}"
    );
    assert!(fixture.energy() > spikes);
}

/// What the file says that spikes and leak take is what the kind takes.
#[test]
fn the_file_of_a_kind_takes_what_the_kind_takes() {
    let energy = |kind: &str| {
        let Fixture {
            description,
            parameters,
            activity,
        } = fixture(kind);
        let chip = parameters.chip("t", &description).unwrap();
        EnergyModel::new(&chip, &parameters, SUPPLY_V).of(&with_leaks(&chip, &activity))
    };
    let (kind, file) = (energy("felif"), energy("felif.nrn"));
    for (kind, file) in [(kind.spikes_j, file.spikes_j), (kind.leak_j, file.leak_j)] {
        assert!(
            kind > 0.0 && (file / kind - 1.0).abs() < 1e-6,
            "{file} for {kind}"
        );
    }
}
