//! A spike as a circuit makes it: a latch that trips when the condition comes true, sets states to what their resets say
//! and stays for the refractory time, at least 1 us.
//!
//! Gates are numbers of 0..1, nodes are voltages on 1 pF. The latch holds itself above 0.3 until its timer is full; it
//! sets and holds states above 0.8, when nothing can stop it. It trips again only once the timer is empty: so that it
//! cannot hang half way, the timer runs above 0.5 alone, and empties below 0.1 alone.

use super::FileNeuron;
use super::text::{Writing, number, step};
use bruno_model::{Reset, TICK_S};

/// Latch, timer and memories follow with this time constant, s: short beside a tick.
const LATCH_S: f64 = 5e-8;
/// What a spike sets follows with this one, s.
const RESET_S: f64 = 1e-8;
/// How long it is set: until this relaxes to 0.9, s.
const SETTING_S: f64 = 1.5e-7;
/// A clamp that a file declares gives way by its rate times this, s.
const CLAMP_S: f64 = 1e-7;
/// Width of the threshold, share of the range of its state.
const WIDTH: f64 = 1e-6;

/// Nodes of the latch beside `spk`.
pub(super) const TIMER: &str = "latch_timer";
const SET: &str = "latch_set";
const ARMED: &str = "latch_armed";

/// How the latch of a neuron is written.
pub(super) struct Spike<'a> {
    pub neuron: &'a FileNeuron,
    pub writing: &'a Writing<'a>,
    /// Voltage of a node of the latch.
    pub node: &'a dyn Fn(&str) -> String,
    /// Value of a gate.
    pub gate: &'a dyn Fn(&str) -> String,
}

impl Spike<'_> {
    /// Constants of the parameters alone: how long a spike holds states, s, and whether it does.
    pub fn constants(&self) -> Vec<(String, String)> {
        let refractory = self.neuron.model.refractory.as_ref();
        let time = refractory.map_or(number(0.0), |r| self.writing.text(&r.time));
        let tick = number(TICK_S);
        vec![
            ("k_hold".into(), format!("max({time}, {tick})")),
            (
                "k_holds".into(),
                format!("({time} > {} ? 1.0 : 0.0)", number(0.5 * TICK_S)),
            ),
        ]
    }

    /// Gates, each after those that it uses.
    pub fn gates(&self) -> Vec<(&'static str, String)> {
        let condition = &self.neuron.model.condition;
        let state = &self.neuron.model.states[condition.state];
        let apart = format!(
            "({} - {})",
            (self.writing.state)(condition.state),
            self.writing.text(&condition.threshold)
        );
        let sign = if condition.above { 1.0 } else { -1.0 };
        let per_width = number(sign / (WIDTH * (state.range.1 - state.range.0)));
        let (node, gate) = (self.node, self.gate);
        let above = |node: String, level: f64| step(&format!("40.0*({node} - {level:?})"));
        let armed = if condition.rising {
            format!("*{}", node(ARMED))
        } else {
            String::new()
        };
        let empty = step(&format!("200.0*(0.05 - {})", node(TIMER)));
        let full = step(&format!("1e5*(1.0 - {})", node(TIMER)));
        vec![
            ("g_beyond", step(&format!("{per_width}*{apart}"))),
            ("g_trip", format!("{}*{empty}{armed}", gate("g_beyond"))),
            ("g_stay", format!("{}*{full}", above(node("spk"), 0.3))),
            ("g_count", above(node("spk"), 0.5)),
            ("g_busy", above(node("spk"), 0.1)),
            ("g_hold", above(node("spk"), 0.8)),
            (
                "g_set",
                format!(
                    "{}*{}",
                    gate("g_hold"),
                    step(&format!("400.0*(0.9 - {})", node(SET)))
                ),
            ),
        ]
    }

    /// Nodes of the latch with their rates, V/s, and their voltages at the beginning.
    pub fn nodes(&self) -> Vec<(String, String, f64)> {
        let (node, gate) = (self.node, self.gate);
        let latch = number(LATCH_S);
        let trip = format!(
            "({0} + (1.0 - {0})*{1} - {2})/{latch}",
            gate("g_trip"),
            gate("g_stay"),
            node("spk")
        );
        let count = format!(
            "{}/k_hold - (1.0 - {})*{}/{latch}",
            gate("g_count"),
            gate("g_busy"),
            node(TIMER)
        );
        let set = format!(
            "({} - {})/{}",
            gate("g_count"),
            node(SET),
            number(SETTING_S)
        );
        let mut nodes = vec![
            ("spk".into(), trip, 0.0),
            (TIMER.into(), count, 0.0),
            (SET.into(), set, 0.0),
        ];
        if self.neuron.model.condition.rising {
            let armed = format!(
                "((1.0 - {0})*(1.0 - {1}) - {0}*{2}*{1})/{latch}",
                gate("g_beyond"),
                node(ARMED),
                gate("g_hold")
            );
            nodes.push((ARMED.into(), armed, 1.0));
        }
        for reset in self.remembered() {
            let per_volt = number(self.neuron.per_volt(reset.state));
            let kept = self.writing.names.kept(reset.state);
            let follow = format!(
                "(1.0 - {})*({}/{per_volt} - {})/{}",
                gate("g_busy"),
                self.writing.text(&reset.value),
                node(&kept),
                number(RESET_S)
            );
            nodes.push((kept, follow, self.neuron.rest(reset.state)));
        }
        nodes
    }

    /// Resets that read states: what they give is remembered from before the spike.
    fn remembered(&self) -> impl Iterator<Item = &Reset> {
        let resets = self.neuron.model.resets.iter();
        resets.filter(|r| r.value.has_state())
    }

    /// The rate of a state by its equation, SI units a second: within its clamps, and nothing while it is held.
    pub fn rate(&self, state: usize) -> String {
        let declared = &self.neuron.model.states[state];
        let x = (self.writing.state)(state);
        let mut rate = self.writing.text(&declared.rate);
        let clamp = number(CLAMP_S);
        if let Some(floor) = &declared.floor {
            rate += &format!(" + max({} - {x}, 0.0)/{clamp}", self.writing.text(floor));
        }
        if let Some(ceil) = &declared.ceil {
            rate += &format!(" - max({x} - {}, 0.0)/{clamp}", self.writing.text(ceil));
        }
        let refractory = self.neuron.model.refractory.as_ref();
        match refractory.is_some_and(|r| r.holds.contains(&state)) {
            true => format!("(1.0 - k_holds*{})*({rate})", (self.gate)("g_hold")),
            false => rate,
        }
    }

    /// How fast the terminal of a state moves, V/s: by its equation, or to what a spike sets.
    pub fn moves(&self, state: usize) -> String {
        let per_volt = number(self.neuron.per_volt(state));
        let rate = format!("{}/{per_volt}", (self.writing.rate)(state));
        let mut resets = self.neuron.model.resets.iter();
        let Some(reset) = resets.find(|r| r.state == state) else {
            return rate;
        };
        let names = self.writing.names;
        let target = match reset.value.has_state() {
            true => (self.node)(&names.kept(state)),
            false => format!("{}/{per_volt}", self.writing.text(&reset.value)),
        };
        let set = match reset.unless {
            Some(switch) => format!(
                "(1.0 - {})*{}",
                names.parameter(switch),
                (self.gate)("g_set")
            ),
            None => (self.gate)("g_set"),
        };
        let terminal = (self.node)(&names.terminal(state));
        format!(
            "(1.0 - {set})*{rate} + {set}*({target} - {terminal})/{}",
            number(RESET_S)
        )
    }
}
