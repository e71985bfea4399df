//! Capacitances and charges of the layers.

use crate::FecapCard;
use crate::constants::{CHARGE, EPS0};

/// Ferroelectric, interface and depletion layers, per area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layers {
    /// Thickness of the ferroelectric layer, m.
    pub t_fe: f64,
    /// Thickness of the interface layer, m.
    pub t_int: f64,
    /// Capacitance of the ferroelectric layer, `eps0 eps_fe/t_fe`, F/m2.
    pub c_fe: f64,
    /// Capacitance of the interface layer, `eps0 eps_int/t_int`, F/m2.
    pub c_int: f64,
    /// Saturation polarisation, C/m2.
    pub p_s: f64,
    /// `eps0 eps_depl q n_depl`, the product of charge and capacitance of a depletion layer, C F/m4.
    depletion: f64,
    /// Fixed charge with polarisation up, C/m2.
    fixed_up: f64,
    /// Fixed charge with polarisation down, C/m2.
    fixed_down: f64,
    /// Whether the field of the ferroelectric layer changes the width of the depletion layers. The published Verilog-A model
    /// reads its field before it assigns it: a simulator that starts variables at 0 in each evaluation (OpenVAF, hence
    /// VACASK and ngspice) never sees it, one that keeps them sees that of the evaluation before. Off by default.
    pub field_widens_depletion: bool,
}

impl Layers {
    pub(super) fn new(card: &FecapCard) -> Self {
        Self {
            t_fe: card.t_fe,
            t_int: card.t_int,
            c_fe: EPS0 * card.eps_fe / card.t_fe,
            c_int: EPS0 * card.eps_int / card.t_int,
            p_s: card.p_s,
            depletion: EPS0 * card.eps_depl * CHARGE * card.n_depl,
            fixed_up: card.q_fix_depl_u,
            fixed_down: card.q_fix_depl_d,
            field_widens_depletion: card.field_widens_depletion,
        }
    }

    /// Inverse capacitance of the depletion layers, m2/F. Domains up and down have layers of their own, in parallel:
    /// `c = p c_d + (1-p) c_u`, `c_x = eps0 eps_depl q n_depl/|c_fe V_fe + q_fix_x|`, `V_fe` = 0 without
    /// [`Layers::field_widens_depletion`]; written so that a layer without charge (an infinite capacitance) is no
    /// division by zero.
    pub fn depletion_elastance(&self, p: f64, fe_v: f64) -> f64 {
        let charge = if self.field_widens_depletion {
            self.c_fe * fe_v
        } else {
            0.0
        };
        let up = (charge + self.fixed_up).abs();
        let down = (charge + self.fixed_down).abs();
        let mixed = p * up + (1.0 - p) * down;
        if mixed == 0.0 {
            return 0.0;
        }
        up * down / (self.depletion * mixed)
    }

    /// Voltage of the depletion layers, `(c_fe V_fe + 2 p_s p - p_s)/c`, V.
    pub fn depletion_v(&self, p: f64, fe_v: f64) -> f64 {
        let charge = self.c_fe * fe_v + 2.0 * self.p_s * p - self.p_s;
        charge * self.depletion_elastance(p, fe_v)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published form, with its two divisions.
    fn published(card: &FecapCard, p: f64, fe_v: f64, field: f64) -> f64 {
        let c_fe = EPS0 * card.eps_fe / card.t_fe;
        let c =
            |fixed: f64| EPS0 * card.eps_depl / (c_fe * field + fixed).abs() * CHARGE * card.n_depl;
        let total = p * c(card.q_fix_depl_d) + (1.0 - p) * c(card.q_fix_depl_u);
        (2.0 * card.p_s * p - card.p_s + c_fe * fe_v) / total
    }

    fn check(p: f64, fe_v: f64, field_widens_depletion: bool) {
        let card = FecapCard {
            q_fix_depl_u: -0.05,
            ..FecapCard::default()
        };
        let layers = Layers {
            field_widens_depletion,
            ..Layers::new(&card)
        };
        let field = if field_widens_depletion { fe_v } else { 0.0 };
        let (got, want) = (
            layers.depletion_v(p, fe_v),
            published(&card, p, fe_v, field),
        );
        assert!((got - want).abs() < 1e-12, "{got} V, not {want} V");
    }

    #[test]
    fn depletion_layers_as_published() {
        for p in [0.0, 0.3, 1.0] {
            for fe_v in [-2.0, -0.4, 0.0, 0.9, 3.0] {
                check(p, fe_v, false);
                check(p, fe_v, true);
            }
        }
    }

    #[test]
    fn a_layer_without_charge_has_no_voltage() {
        let layers = Layers {
            field_widens_depletion: true,
            ..Layers::new(&FecapCard::default())
        };
        let fe_v = -layers.fixed_down / layers.c_fe;
        assert!(layers.depletion_v(0.5, fe_v).abs() < 1e-12);
    }
}
