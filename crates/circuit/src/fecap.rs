//! The full float model of a ferroelectric capacitor: Heracles (Fehlings et al., arXiv 2410.07791; equations as in its
//! published Verilog-A model).
//!
//! From the top to the bottom electrode: depletion layers (algebraic), ferroelectric layer, interface layer; leakage from
//! the top electrode to the node between ferroelectric and interface layer. Per area, with `D` the displacement charge
//! of the ferroelectric layer, `Q` the charge trapped at that node and `V_b` the voltage of the interface layer:
//!
//! `D = c_fe V_fe + 2 p_s p`, `Q = D - c_int V_b`, `dp/dt = k+ (1-p) - k- p`,
//! `dQ/dt = J_int(V_b) - J_fe(V_d + V_fe)`, `J = dD/dt + J_fe`, `V = V_d(p, V_fe) + V_fe + V_b`.

mod layers;
mod leakage;
mod operating_point;
mod rates;

pub use layers::Layers;
pub use leakage::{FowlerNordheim, PooleFrenkel};
pub use operating_point::{at_current, at_voltage};
pub use rates::Rates;

use crate::{CircuitError, FecapCard};

/// State of the device: what its differential equations integrate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct State {
    /// Occupation of the down state.
    pub p: f64,
    /// Charge trapped between ferroelectric and interface layer, C/m2.
    pub trapped_c_m2: f64,
    /// Displacement charge of the ferroelectric layer, C/m2.
    pub displacement_c_m2: f64,
}

/// Voltages of the layers in a state, V.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Voltages {
    /// Depletion layers.
    pub depletion: f64,
    /// Ferroelectric layer.
    pub fe: f64,
    /// Interface layer.
    pub interface: f64,
}

impl Voltages {
    /// Top over bottom electrode, V.
    pub fn total(&self) -> f64 {
        self.depletion + self.fe + self.interface
    }
}

/// A card at a temperature, ready to be evaluated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fecap {
    /// Area, m2.
    pub area_m2: f64,
    /// Capacitances and charges of the layers.
    pub layers: Layers,
    /// Switching rates.
    pub rates: Rates,
    /// Tunnelling through the ferroelectric layer.
    pub tunnel_fe: FowlerNordheim,
    /// Tunnelling through the interface layer.
    pub tunnel_int: FowlerNordheim,
    /// Emission from traps of the ferroelectric layer.
    pub traps: PooleFrenkel,
}

impl Fecap {
    /// The model of a card at a temperature, K.
    ///
    /// # Errors
    /// Values out of the bounds of [`crate::PARAMETERS`], or a temperature outside 1..1000 K.
    pub fn new(card: &FecapCard, temperature_k: f64) -> Result<Self, CircuitError> {
        card.check(temperature_k)?;
        Ok(Self {
            area_m2: card.area,
            layers: Layers::new(card),
            rates: Rates::new(card, temperature_k),
            tunnel_fe: FowlerNordheim::new(card.phi_b_fe, card.m_eff_fe),
            tunnel_int: FowlerNordheim::new(card.phi_b_int, card.m_eff_int),
            traps: PooleFrenkel::new(card, temperature_k),
        })
    }

    /// Voltages of the layers, V.
    pub fn voltages(&self, state: &State) -> Voltages {
        let layers = &self.layers;
        let fe = (state.displacement_c_m2 - 2.0 * layers.p_s * state.p) / layers.c_fe;
        Voltages {
            depletion: layers.depletion_v(state.p, fe),
            fe,
            interface: (state.displacement_c_m2 - state.trapped_c_m2) / layers.c_int,
        }
    }

    /// Leakage from the top electrode to the node above the interface layer, A/m2. As published, its tunnelling takes the
    /// sign of the ferroelectric layer's voltage and the field of both layers.
    pub fn leakage_fe(&self, v: &Voltages) -> f64 {
        let field = (v.depletion + v.fe) / self.layers.t_fe;
        self.tunnel_fe.density(v.fe, field) + self.traps.density(field)
    }

    /// Leakage of the interface layer, A/m2, at its voltage.
    pub fn leakage_int(&self, interface_v: f64) -> f64 {
        self.tunnel_int
            .density(interface_v, interface_v / self.layers.t_int)
    }

    /// `dp/dt`, 1/s.
    pub fn switching(&self, p: f64, fe_v: f64) -> f64 {
        let (up, down) = self.rates.at(fe_v);
        up * (1.0 - p) - down * p
    }
}
