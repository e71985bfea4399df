//! The integer model against the program that `crates/model` derives from the neuron's file: two ways to the same integers.

use super::neuron::{Arithmetic, State};
use super::random::Offsets;
use bruno_chip::{DeviceCard, DeviceRegister, Formats, RecorderLevel, Rounding};
use bruno_device::{
    Codes, Constants, Felif, GUARD_BITS, LayerKind, MOST_STATES, NeuronModel, Options, Recorder,
};
use bruno_model::{Below, Derived, Float, Lanes, Model, Shipped};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Hardware that the arithmetic does not ask for.
const RECORDER: Recorder = Recorder {
    level: RecorderLevel::Sample,
    window_ticks: 1000,
};
const OPTIONS: Options = Options {
    stochastic: false,
    noise: false,
    jacobian: false,
};

/// Neurons of a card, each in a state of its own.
const LANES: usize = 2048;

/// A shipped model with the words of a chip.
fn derived(name: &str, formats: &Formats) -> Derived {
    let text = Shipped::named(name).unwrap().text;
    let text = text.replace("@bits(24)", &format!("@bits({})", formats.i_bits));
    let text = text.replace(
        "floor V_floor @bits(20)",
        &format!("floor V_floor @bits({})", formats.v_bits),
    );
    let text = text.replace(
        "ceil 1 @bits(20)",
        &format!("ceil 1 @bits({})", formats.p_bits),
    );
    let model = Model::read(name, &text).unwrap_or_else(|e| panic!("{e}"));
    Derived::new(&model).unwrap_or_else(|e| panic!("{e}"))
}

/// Parameters anywhere within their bounds, SI units; positive ones evenly by their logarithm.
fn parameters(model: &Model, random: &mut ChaCha8Rng) -> Vec<f64> {
    let value = |p: &bruno_model::Parameter| {
        let (low, high) = p.bounds;
        let share: f64 = random.random();
        match (p.switch, low > 0.0) {
            (true, _) => f64::from(share < 0.5),
            (_, true) => (low * (high / low).powf(share)).clamp(low, high),
            // Also the value zero, as of a leak or a layer that is not there.
            _ if low == 0.0 && share < 0.2 => 0.0,
            _ => low + (high - low) * share,
        }
    };
    model.parameters.iter().map(value).collect()
}

/// The device card that says the same.
fn card(model: &Model, parameters: &[f64]) -> DeviceCard {
    let get = |name: &str, scale: f64| model.parameter(name).map(|i| parameters[i] / scale);
    let of = |name: &str, scale: f64| get(name, scale).unwrap_or(0.0);
    let default = DeviceCard::default();
    let mut card = DeviceCard {
        g_leak_ps: of("g_leak", 1e-12),
        v_th_v: of("V_th", 1.0),
        v_reset_v: of("V_reset", 1.0),
        v_floor_v: of("V_floor", 1.0),
        t_ref_ms: of("t_ref", 1e-3),
        tau_syn_ms: of("tau_syn", 1e-3),
        ..default
    };
    if model.name == "felif" {
        card.area_um2 = of("area", 1e-12);
        card.t_fe_nm = of("t_fe", 1e-9);
        card.eps_fe = of("eps_fe", 1.0);
        card.p_s_c_m2 = of("p_s", 1.0);
        card.p_ref = of("p_ref", 1.0);
        card.w_b_ev = of("w_b", 1.602_176_634e-19);
        card.d_e_nm = of("d_e", 1e-9);
        card.e_off_mv_m = of("e_off", 1e6);
        card.temperature_k = of("temp", 1.0);
        card.p_reset = of("p_reset", 1.0);
        card.keep_p = of("keep_p", 1.0) != 0.0;
        card.c_series_f_m2 = get("s_ser", 1.0).filter(|s| *s > 0.0).map(|s| 1.0 / s);
    } else {
        // A plain capacitor of the same size.
        card.area_um2 *= of("C", 1.0) / Felif::new(&card).capacitance_f;
    }
    card
}

/// A state anywhere in its word, more often near an end or zero.
fn anywhere(low: i64, high: i64, random: &mut ChaCha8Rng) -> i32 {
    let near = random.random_range(0..64);
    let value = match random.random_range(0..8) {
        0 => low + near,
        1 => high - near,
        2 => near - 32,
        _ => random.random_range(low..=high),
    };
    value.clamp(low, high) as i32
}

struct Case<'a> {
    derived: &'a Derived,
    codes: Codes,
    declared: NeuronModel,
    arithmetic: Arithmetic,
    rounding: Rounding,
    noise: i32,
    lanes: Lanes<&'a Derived>,
}

impl Case<'_> {
    /// Sets every lane to a state of its own.
    fn scatter(&mut self, random: &mut ChaCha8Rng) {
        for (states, word) in self.lanes.states.iter_mut().zip(&self.derived.words) {
            states.fill_with(|| anywhere(word.low, word.high, random));
        }
        self.lanes
            .refractory
            .fill_with(|| random.random_range(0..3));
    }

    fn state(&self, lane: usize) -> State {
        let of = |name: &str| {
            let mut all = self.derived.model.states.iter();
            let place = all.position(|s| s.name.eq_ignore_ascii_case(name));
            let states = place.map_or(&self.lanes.refractory, |at| &self.lanes.states[at]);
            i64::from(states[lane])
        };
        let mut state = State([0; MOST_STATES]);
        for (value, declared) in state.0.iter_mut().zip(&self.declared.states) {
            *value = of(&declared.name);
        }
        state
    }

    /// What is added below the LSB of a derived state, from the integer model's offsets.
    fn offset(&self, which: &bruno_model::Offset, offsets: &Offsets) -> i32 {
        let value = match (
            self.derived.model.states[which.state].name.as_str(),
            which.bits,
        ) {
            ("I", Below::Shift(_)) => offsets.i,
            ("V", Below::Guard(GUARD_BITS)) => offsets.v,
            ("p", Below::Guard(GUARD_BITS)) => offsets.p,
            other => panic!("{other:?}"),
        };
        value as i32
    }

    /// One tick of every lane in both models.
    fn tick(&mut self, random: &mut ChaCha8Rng) {
        let inject: Vec<i32> = (0..LANES)
            .map(|_| random.random_range(-(1 << 22)..1 << 22))
            .collect();
        let words = |_| {
            Offsets::new(
                self.rounding,
                &self.codes,
                self.noise,
                [random.random(), random.random()],
            )
        };
        let offsets: Vec<Offsets> = (0..LANES).map(words).collect();
        let rows = self.derived.offsets.iter();
        let rows: Vec<Vec<i32>> = rows
            .map(|o| offsets.iter().map(|x| self.offset(o, x)).collect())
            .collect();
        let mut expected = Vec::new();
        for lane in 0..LANES {
            let mut s = self.state(lane);
            let inject = i64::from(inject[lane]);
            let outcome = self
                .arithmetic
                .tick(&mut s, inject, &self.codes, &offsets[lane]);
            expected.push((s, i32::from(outcome.spike), outcome.saturations() as i32));
        }
        let outcome = self.lanes.tick(&inject, Some(&rows));
        for (lane, expected) in expected.into_iter().enumerate() {
            let found = (
                self.state(lane),
                outcome.spikes[lane],
                outcome.saturations[lane],
            );
            assert_eq!(
                found, expected,
                "lane {lane}, {:?}, {:?}",
                self.codes, self.declared
            );
        }
        if self.noise == 0 {
            self.lanes.check().unwrap();
        }
    }
}

/// Words of a chip, as a description may ask for.
fn formats(random: &mut ChaCha8Rng) -> Formats {
    let mut formats = Formats::default();
    if random.random() {
        formats.v_bits = random.random_range(12..=20);
        formats.p_bits = random.random_range(12..=20);
        formats.i_bits = random.random_range(16..=24);
    }
    formats
}

/// Random states on random cards, three ticks each: both models agree to the bit.
fn check(kind: LayerKind, rounding: Rounding, noise: bool, cards: u64) {
    let name = match kind {
        LayerKind::Felif => "felif",
        _ => "lif",
    };
    let mut run = 0;
    for seed in 0..cards {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let formats = formats(&mut random);
        let derived = derived(name, &formats);
        let parameters = parameters(&derived.model, &mut random);
        let codes = Codes::new(&card(&derived.model, &parameters), &formats, rounding);
        let registers = derived.registers(&parameters);
        // A coefficient that no register holds: both refuse the card.
        assert_eq!(codes.is_ok(), registers.is_ok(), "{codes:?} {registers:?}");
        let (Ok(codes), Ok(registers)) = (codes, registers) else {
            continue;
        };
        let declared = NeuronModel::of(kind, &formats, RECORDER, OPTIONS).unwrap();
        let mut case = Case {
            lanes: Lanes::new(&derived, &registers, &parameters, LANES),
            arithmetic: Arithmetic::of(kind, &declared, Constants::new(&formats), rounding),
            declared,
            noise: if noise {
                random.random_range(0..1 << 16)
            } else {
                0
            },
            derived: &derived,
            codes,
            rounding,
        };
        case.scatter(&mut random);
        (0..3).for_each(|_| case.tick(&mut random));
        run += 1;
    }
    assert!(
        4 * run > 3 * cards,
        "{run} of {cards} cards fit their registers"
    );
}

#[test]
fn felif_to_nearest() {
    check(LayerKind::Felif, Rounding::Nearest, false, 200);
}
#[test]
fn felif_stochastic() {
    check(LayerKind::Felif, Rounding::Stochastic, false, 100);
}
#[test]
fn felif_with_noise() {
    check(LayerKind::Felif, Rounding::Stochastic, true, 50);
}
#[test]
fn lif_to_nearest() {
    check(LayerKind::Lif, Rounding::Nearest, false, 200);
}
#[test]
fn lif_stochastic() {
    check(LayerKind::Lif, Rounding::Stochastic, false, 100);
}
#[test]
fn lif_with_noise() {
    check(LayerKind::Lif, Rounding::Nearest, true, 50);
}

/// Registers by their names in the register map.
#[test]
fn registers_of_the_published_card() {
    let derived = derived("felif", &Formats::default());
    let parameters = derived.model.defaults();
    let registers = derived.registers(&parameters).unwrap();
    let codes = Codes::new(
        &DeviceCard::default(),
        &Formats::default(),
        Rounding::Nearest,
    )
    .unwrap();
    let register = |name: &str| {
        let id = DeviceRegister::ALL.iter().find(|r| r.name() == name);
        codes.value(*id.unwrap_or_else(|| panic!("no register {name}")))
    };
    for (c, value) in derived.coefficients.iter().zip(&registers.coefficients) {
        let found = ["m", "s", "h"].map(|part| register(&format!("{}_{part}", c.name)));
        let expected = [value.mantissa, value.shift, value.half()];
        assert_eq!(found, expected, "{}", c.name);
    }
    for (c, value) in derived.codes.iter().zip(&registers.codes) {
        assert_eq!(register(&c.name), *value, "{}", c.name);
    }
}

/// The float model of the file against the reduced model of `crates/device`: switching and membrane, relative.
#[test]
fn rates_of_the_file() {
    let model = Shipped::named("felif").unwrap().read().unwrap();
    let float = Float::new(&model);
    let mut random = ChaCha8Rng::seed_from_u64(1);
    for _ in 0..2000 {
        let parameters = parameters(&model, &mut random);
        let felif = Felif::new(&card(&model, &parameters));
        let (i, v, p) = (
            random.random_range(-1e-10..1e-10),
            random.random_range(-2.0..2.0),
            random.random(),
        );
        let found = float.rates(&parameters, &[i, v, p]);
        let most = 1.0 / bruno_model::TICK_S;
        let (up, down) = felif.rates(v, p);
        let (filling, emptying) = (up.min(most) * (1.0 - p), down.min(most) * p);
        let flow = filling - emptying;
        let close =
            |x: f64, y: f64, size: f64| assert!((x - y).abs() <= 1e-11 * size, "{x} {y} {size}");
        close(found[2], flow, filling + emptying);
        let drive = (i - felif.leak_s * v) / felif.capacitance_f;
        let charge = felif.kappa_v * flow;
        let size = (i.abs() + felif.leak_s * v.abs()) / felif.capacitance_f;
        close(
            found[1],
            drive - charge,
            size + felif.kappa_v * (filling + emptying),
        );
    }
}
