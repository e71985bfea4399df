//! RRAM synapses: from a signed level to the conductances of one or two devices, and from what these devices really
//! conduct back to a current.
//!
//! With `x = level / largest level` and the span `D = G_LRS - G_HRS`, in uS:
//! differential `G+ = G_HRS + max(x, 0) D`, `G- = G_HRS + max(-x, 0) D`, `I = r U (G+ - G-)`;
//! single `G = (G_HRS + G_LRS)/2 + x D/2`, `I = r U (G - (G_HRS + G_LRS)/2)` against an ideal reference,
//! U the read voltage, r the ratio of the read circuit. A limited number of states rounds each `G` to the nearest.

use crate::draws::{Draws, Place, Quantity, factor, normal};
use bruno_chip::{Mapping, Rram, Synapse};
use rand::RngExt;

/// pA by V uS.
const PA_BY_V_US: f64 = 1e6;

/// The devices of a projection, mapped to its levels.
#[derive(Debug, Clone)]
pub struct Array<'a> {
    card: &'a Rram,
    /// What each code asks for, pA.
    wanted: Vec<f64>,
    /// Synaptic current by conductance, pA/uS.
    pa_by_us: f64,
}

/// The real synapses of a projection on one chip.
#[derive(Debug, Clone, PartialEq)]
pub struct Programmed {
    /// Conductances of each synapse, uS: `[G+, G-]`, or `[G, reference]`.
    devices: Vec<[f64; 2]>,
    /// Of each synapse the device that carries its level, and how its conductance follows what is asked for.
    carriers: Vec<Carrier>,
    /// Devices that are stuck.
    pub stuck: usize,
}

/// The device of a synapse that leaves its rest with the level.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Carrier {
    /// Its place in the pair.
    place: usize,
    /// Derivative of its conductance by the one asked for: 0 where it is stuck or at zero.
    slope: f64,
}

/// A synapse as it is read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Read {
    /// Its current, pA.
    pub pa: f64,
    /// Derivative of the current by the ideal current of its code.
    pub slope: f64,
}

/// The ideal level table of a synapse, pA, 2^bits entries: given, or even steps over +-range; with a limited number of
/// states what the nearest conductances give. Ascending, strictly unless states coincide.
pub fn levels_pa(synapse: &Synapse) -> Vec<f64> {
    match Array::of(synapse) {
        Some(array) => (0..array.wanted.len()).map(|k| array.level_pa(k)).collect(),
        None => wanted(synapse, synapse.range_pa.unwrap_or(0.0)),
    }
}

fn wanted(synapse: &Synapse, range: f64) -> Vec<f64> {
    if let Some(levels) = &synapse.levels_pa {
        return levels.clone();
    }
    let n = 1usize << synapse.bits;
    let at = |k: usize| range * (2.0 * k as f64 / (n - 1) as f64 - 1.0);
    (0..n).map(at).collect()
}

impl<'a> Array<'a> {
    /// The devices of a synapse that has any.
    pub fn of(synapse: &'a Synapse) -> Option<Self> {
        let card = synapse.rram.as_ref()?;
        let reach = reach_us(card);
        let by_ratio = |ratio: f64| ratio * card.read_v * PA_BY_V_US;
        let range = match card.current_ratio {
            Some(ratio) => by_ratio(ratio) * reach,
            None => synapse.range_pa.unwrap_or(0.0),
        };
        let wanted = wanted(synapse, range);
        let largest = wanted.iter().fold(0.0f64, |m, l| m.max(l.abs()));
        Some(Self {
            card,
            wanted,
            pa_by_us: largest / reach,
        })
    }

    /// The card of the devices.
    pub fn card(&self) -> &Rram {
        self.card
    }

    /// Ratio r of synaptic to read current.
    pub fn current_ratio(&self) -> f64 {
        self.pa_by_us / (self.card.read_v * PA_BY_V_US)
    }

    /// Devices of a synapse.
    pub fn devices_per_synapse(&self) -> usize {
        match self.card.mapping {
            Mapping::Differential => 2,
            Mapping::Single => 1,
        }
    }

    /// Conductances that a code asks for, uS: `[G+, G-]`, or `[G, reference]`.
    pub fn targets_us(&self, code: usize) -> [f64; 2] {
        let card = self.card;
        let wanted_us = if self.pa_by_us > 0.0 {
            self.wanted[code] / self.pa_by_us
        } else {
            0.0
        };
        match card.mapping {
            Mapping::Differential => {
                [wanted_us, -wanted_us].map(|g| nearest_state(card, card.hrs_us + g.max(0.0)))
            }
            Mapping::Single => [
                nearest_state(card, middle_us(card) + wanted_us),
                middle_us(card),
            ],
        }
    }

    /// The ideal current of a code, pA.
    fn level_pa(&self, code: usize) -> f64 {
        self.current_pa(self.targets_us(code))
    }

    fn current_pa(&self, [plus, minus]: [f64; 2]) -> f64 {
        self.pa_by_us * (plus - minus)
    }

    /// Programs one synapse a code on a chip: programming error, drift, stuck devices, spread of the die. An effect that
    /// is switched off changes nothing, and no draw of another.
    pub fn program(&self, codes: &[u8], draws: Draws, place: Place) -> Programmed {
        let card = self.card;
        let mut error = draws.stream(place, Quantity::Programming);
        let mut drift = draws.stream(place, Quantity::Drift);
        let mut stuck = draws.stream(place, Quantity::Stuck);
        let mut die = draws.stream(Place::WHOLE_DIE, Quantity::DieConductance);
        let die = card.die.map_or(1.0, |d| factor(d.sigma, &mut die));
        let devices = self.devices_per_synapse();
        let mut stuck_devices = 0;
        let mut synapse = |code: &u8| {
            let mut pair = self.targets_us(usize::from(*code));
            let mut slopes = [0.0; 2];
            for (g, slope) in pair[..devices].iter_mut().zip(&mut slopes) {
                let lucky: f64 = stuck.random();
                let wanted = *g + sigma_us(card, *g) * normal(&mut error);
                let by = die * drifted(card, normal(&mut drift));
                *g = wanted.max(0.0) * by;
                *slope = if wanted > 0.0 { by } else { 0.0 };
                if let Some(at) = stuck_at(card, lucky) {
                    (*g, *slope) = (at, 0.0);
                    stuck_devices += 1;
                }
            }
            let place = self.carrier(usize::from(*code));
            let slope = slopes[place];
            (pair, Carrier { place, slope })
        };
        let (devices, carriers) = codes.iter().map(&mut synapse).unzip();
        Programmed {
            devices,
            carriers,
            stuck: stuck_devices,
        }
    }

    /// Which device of a pair leaves HRS for a code.
    fn carrier(&self, code: usize) -> usize {
        usize::from(self.card.mapping == Mapping::Differential && self.wanted[code] < 0.0)
    }

    /// The synapses as read: with read noise those of this sample (all alike without it).
    pub fn read(
        &self,
        programmed: &Programmed,
        draws: Draws,
        place: Place,
        sample: u32,
    ) -> Vec<Read> {
        let mut noise = draws.stream(place, Quantity::Read(sample));
        let sigma = self.card.read_noise.map_or(0.0, |n| n.sigma);
        let devices = self.devices_per_synapse();
        let read = |(pair, carrier): (&[f64; 2], &Carrier)| {
            let mut pair = *pair;
            let mut by = [1.0; 2];
            if sigma > 0.0 {
                for (g, by) in pair[..devices].iter_mut().zip(&mut by) {
                    *by = (1.0 + sigma * normal(&mut noise)).max(0.0);
                    *g *= *by;
                }
            }
            Read {
                pa: self.current_pa(pair),
                slope: carrier.slope * by[carrier.place],
            }
        };
        let pairs = programmed.devices.iter().zip(&programmed.carriers);
        pairs.map(read).collect()
    }
}

/// Largest difference of conductances that the mapping reaches on either side of zero, uS.
fn reach_us(card: &Rram) -> f64 {
    let span = card.lrs_us - card.hrs_us;
    match card.mapping {
        Mapping::Differential => span,
        Mapping::Single => 0.5 * span,
    }
}

fn middle_us(card: &Rram) -> f64 {
    0.5 * (card.hrs_us + card.lrs_us)
}

/// The conductance nearest to `g` that a device can be programmed to, uS.
fn nearest_state(card: &Rram, g: f64) -> f64 {
    let span = card.lrs_us - card.hrs_us;
    let share = ((g - card.hrs_us) / span).clamp(0.0, 1.0);
    match card.states {
        None => card.hrs_us + span * share,
        Some(states) => {
            let last = (states - 1) as f64;
            card.hrs_us + span * (share * last).round() / last
        }
    }
}

/// Standard deviation of programming to a target, uS; a fitted polynomial that dips below zero means none.
fn sigma_us(card: &Rram, target: f64) -> f64 {
    let Some(programming) = &card.programming else {
        return 0.0;
    };
    let x = target / card.lrs_us;
    let horner = |sum: f64, c: &f64| sum * x + c;
    let sigma = programming.sigma_us.iter().rev().fold(0.0, horner);
    sigma.max(0.0)
}

fn drifted(card: &Rram, deviate: f64) -> f64 {
    card.drift.map_or(1.0, |d| {
        let nu = d.nu + d.nu_sigma * deviate;
        (d.time_s / d.t0_s).powf(-nu)
    })
}

/// Where a device with this uniform number is stuck, uS.
fn stuck_at(card: &Rram, uniform: f64) -> Option<f64> {
    let stuck = card.stuck?;
    if uniform < stuck.hrs_probability {
        Some(card.hrs_us)
    } else if uniform < stuck.hrs_probability + stuck.lrs_probability {
        Some(card.lrs_us)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
