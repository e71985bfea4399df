//! What happened in a layer: a comparison that has seen none of an event says nothing about it.

use super::neuron::{Outcome, State};
use bruno_device::{Codes, Constants, Layer, LayerKind};
use serde::Serialize;

/// Counts of a layer's events, over neurons and ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Activity {
    /// Spikes.
    pub spikes: u64,
    /// Ticks in which a neuron was held refractory.
    pub refractory: u64,
    /// Membranes clamped at the upper end of their word (saturations).
    pub v_top: u64,
    /// Membranes clamped at their floor.
    pub v_floor: u64,
    /// Ticks after which p was another.
    pub p_moved: u64,
    /// Occupations that switched up to their largest code.
    pub p_top: u64,
    /// Occupations that switched down to zero.
    pub p_bottom: u64,
    /// Ticks after which a current was another.
    pub i_moved: u64,
    /// Currents clamped at their upper end (saturations).
    pub i_top: u64,
    /// Currents clamped at their lower end (saturations).
    pub i_bottom: u64,
    /// Rows of recurrent weights that were added.
    pub recurrent_rows: u64,
}

impl Activity {
    /// One neuron's tick: its state before, what it did, its state now.
    pub(super) fn add(
        &mut self,
        before: &State,
        clipped: bool,
        outcome: &Outcome,
        now: &State,
        codes: &Codes,
        k: &Constants,
    ) {
        self.i_moved += u64::from(now.i != before.i);
        self.i_top += u64::from(clipped && now.i == i64::from(k.i_max));
        self.i_bottom += u64::from(clipped && now.i == i64::from(k.i_min));
        self.spikes += u64::from(outcome.spike);
        self.refractory += u64::from(before.refr != 0);
        self.v_top += outcome.saturations as u64;
        self.v_floor += u64::from(outcome.floored);
        // What a spike writes did not switch.
        if now.p != before.p && (!outcome.spike || codes.keep_p) {
            self.p_moved += 1;
            self.p_top += u64::from(now.p == i64::from(k.p_one) - 1);
            self.p_bottom += u64::from(now.p == 0);
        }
    }

    /// What came after an earlier count.
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            spikes: self.spikes - earlier.spikes,
            refractory: self.refractory - earlier.refractory,
            v_top: self.v_top - earlier.v_top,
            v_floor: self.v_floor - earlier.v_floor,
            p_moved: self.p_moved - earlier.p_moved,
            p_top: self.p_top - earlier.p_top,
            p_bottom: self.p_bottom - earlier.p_bottom,
            i_moved: self.i_moved - earlier.i_moved,
            i_top: self.i_top - earlier.i_top,
            i_bottom: self.i_bottom - earlier.i_bottom,
            recurrent_rows: self.recurrent_rows - earlier.recurrent_rows,
        }
    }

    /// Every event that a layer can have, by name, and how often it took place.
    pub fn events(&self, layer: &Layer) -> Vec<(&'static str, u64)> {
        let current = [
            ("changes of the current", self.i_moved),
            ("currents at the upper end", self.i_top),
            ("currents at the lower end", self.i_bottom),
        ];
        if layer.kind == LayerKind::Readout {
            return current.into();
        }
        let mut events = vec![
            ("spikes", self.spikes),
            ("refractory ticks", self.refractory),
            ("membranes at the upper end", self.v_top),
            ("membranes at the floor", self.v_floor),
        ];
        events.extend(current);
        if layer.kind == LayerKind::Felif {
            events.extend([
                ("changes of p", self.p_moved),
                ("occupations at the upper end", self.p_top),
                ("occupations at zero", self.p_bottom),
            ]);
        }
        if layer.recurrent {
            events.push(("recurrent rows", self.recurrent_rows));
        }
        events
    }
}

/// The events that never took place, as `layer: event`.
pub fn missing_events<'a>(
    layers: impl IntoIterator<Item = (&'a Layer, &'a Activity)>,
) -> Vec<String> {
    let of = |(layer, activity): (&Layer, &Activity)| {
        let none = activity.events(layer).into_iter().filter(|e| e.1 == 0);
        none.map(|(event, _)| format!("`{}`: {event}", layer.name))
            .collect::<Vec<_>>()
    };
    layers.into_iter().flat_map(of).collect()
}
