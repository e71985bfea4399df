//! What happened in a layer: a comparison that has seen none of an event says nothing about it.

use super::neuron::{Outcome, State};
use bruno_device::{Codes, Layer, MOST_STATES, NeuronModel, StateId};
use serde::Serialize;

/// How often a state was moved, and clamped at the ends of its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
struct Moves {
    /// Ticks after which it was another.
    moved: u64,
    /// Those that left it at the upper end; of a current and a membrane only where it was clamped there.
    top: u64,
    /// The same of the lower end, of a membrane its floor.
    bottom: u64,
}

/// Counts of a layer's events, over neurons and ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Activity {
    /// Spikes.
    pub spikes: u64,
    /// Ticks in which a neuron was held refractory.
    pub refractory: u64,
    /// Rows of recurrent weights that were added.
    pub recurrent_rows: u64,
    /// By the places of the states.
    states: [Moves; MOST_STATES],
}

impl Activity {
    /// One neuron's tick: its state before, what it did, its state now.
    pub(super) fn add(
        &mut self,
        model: &NeuronModel,
        before: &State,
        outcome: &Outcome,
        now: &State,
        codes: &Codes,
    ) {
        if model.program.is_some() {
            self.add_program(model, before, outcome, now);
            return;
        }
        self.add_current(model, outcome, before, now);
        let Some(fires) = model.fires else {
            return;
        };
        self.spikes += u64::from(outcome.spike);
        self.refractory += u64::from(fires.timer.is_some_and(|t| before.get(t) != 0));
        let membrane = &mut self.states[fires.state.place()];
        membrane.top += u64::from(outcome.topped);
        membrane.bottom += u64::from(outcome.floored);
        for (id, state) in model.moving().filter(|(id, _)| *id != fires.state) {
            let value = now.get(id);
            // What a spike writes did not move.
            let written = outcome.spike && state.after_spike(codes).is_some();
            if value != before.get(id) && !written {
                let (low, high) = state.range();
                let moves = &mut self.states[id.place()];
                moves.moved += 1;
                moves.top += u64::from(value == high);
                moves.bottom += u64::from(value == low);
            }
        }
    }

    /// The same of a program's neurons: what a clamp did is seen by where it left a state.
    fn add_program(&mut self, model: &NeuronModel, before: &State, outcome: &Outcome, now: &State) {
        let timer = model.fires.and_then(|f| f.timer);
        self.spikes += u64::from(outcome.spike);
        self.refractory += u64::from(timer.is_some_and(|t| before.get(t) != 0));
        for (id, state) in model.places().filter(|(id, _)| Some(*id) != timer) {
            let value = now.get(id);
            // What a spike writes did not move.
            let written = outcome.spike && state.before_reset.is_some();
            if value != before.get(id) && !written {
                let (low, high) = state.range();
                let moves = &mut self.states[id.place()];
                moves.moved += 1;
                moves.top += u64::from(value == high);
                moves.bottom += u64::from(value == low);
            }
        }
    }

    fn add_current(&mut self, model: &NeuronModel, outcome: &Outcome, before: &State, now: &State) {
        let id = model.current;
        let (value, moves) = (now.get(id), &mut self.states[id.place()]);
        moves.moved += u64::from(value != before.get(id));
        moves.top += u64::from(outcome.clipped && value > 0);
        moves.bottom += u64::from(outcome.clipped && value < 0);
    }

    /// What came after an earlier count.
    pub fn since(&self, earlier: &Self) -> Self {
        let mut states = self.states;
        for (now, then) in states.iter_mut().zip(&earlier.states) {
            now.moved -= then.moved;
            now.top -= then.top;
            now.bottom -= then.bottom;
        }
        Self {
            spikes: self.spikes - earlier.spikes,
            refractory: self.refractory - earlier.refractory,
            recurrent_rows: self.recurrent_rows - earlier.recurrent_rows,
            states,
        }
    }

    /// Every event that a layer can have, by name, and how often it took place.
    pub fn events(&self, layer: &Layer) -> Vec<(String, u64)> {
        let model = &layer.model;
        if model.program.is_some() {
            return self.events_of_program(layer);
        }
        let mut events = Vec::new();
        if let Some(fires) = model.fires {
            let (membrane, many) = self.of(layer, fires.state);
            events.extend([
                ("spikes".into(), self.spikes),
                ("refractory ticks".into(), self.refractory),
                (format!("{many} at the upper end"), membrane.top),
                (format!("{many} at the floor"), membrane.bottom),
            ]);
        }
        let (current, many) = self.of(layer, model.current);
        events.extend([
            ("changes of the current".into(), current.moved),
            (format!("{many} at the upper end"), current.top),
            (format!("{many} at the lower end"), current.bottom),
        ]);
        let membrane = model.fires.map(|f| f.state);
        for (id, state) in model.moving().filter(|(id, _)| Some(*id) != membrane) {
            let (moves, many) = self.of(layer, id);
            let lower = if state.signed() {
                "the lower end"
            } else {
                "zero"
            };
            events.extend([
                (format!("changes of {}", state.name), moves.moved),
                (format!("{many} at the upper end"), moves.top),
                (format!("{many} at {lower}"), moves.bottom),
            ]);
        }
        if layer.recurrent {
            events.push(("recurrent rows".into(), self.recurrent_rows));
        }
        events
    }

    /// Those of a program: which ends its states can reach depends on its equations, so none is asked for beside those of the
    /// current.
    fn events_of_program(&self, layer: &Layer) -> Vec<(String, u64)> {
        let model = &layer.model;
        let mut events = vec![("spikes".into(), self.spikes)];
        if model.fires.is_some_and(|f| f.timer.is_some()) {
            events.push(("refractory ticks".into(), self.refractory));
        }
        let (current, many) = self.of(layer, model.current);
        events.extend([
            ("changes of the current".into(), current.moved),
            (format!("{many} at the upper end"), current.top),
            (format!("{many} at the lower end"), current.bottom),
        ]);
        for (id, state) in model.moving() {
            events.push((
                format!("changes of {}", state.name),
                self.of(layer, id).0.moved,
            ));
        }
        if layer.recurrent {
            events.push(("recurrent rows".into(), self.recurrent_rows));
        }
        events
    }

    /// What a state did, and what several of them are called.
    fn of<'a>(&self, layer: &'a Layer, id: StateId) -> (Moves, &'a str) {
        let state = &layer.model.states[id.place()];
        (self.states[id.place()], &state.plural)
    }
}

/// The events that never took place, as `layer: event`. Of a frozen card only spikes are asked: others may be out of its
/// reach, and no program can bring them about.
pub fn missing_events<'a>(
    layers: impl IntoIterator<Item = (&'a Layer, &'a Activity)>,
) -> Vec<String> {
    let of = |(layer, activity): (&Layer, &Activity)| {
        let asked = |event: &str| !layer.frozen || event == "spikes";
        let events = activity.events(layer).into_iter();
        let none = events.filter(|(event, times)| *times == 0 && asked(event));
        none.map(|(event, _)| format!("`{}`: {event}", layer.name))
            .collect::<Vec<_>>()
    };
    layers.into_iter().flat_map(of).collect()
}
