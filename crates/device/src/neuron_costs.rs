//! What the neurons of a file take, as its block `costs` says: energy of a spike, power, area; and their derivatives.

use crate::chip::programs::program;
use crate::{FileParameter, NeuronProgram};
use bruno_chip::LayerDescription;
use bruno_model::{Costs, Expression, Extras, Float, Point, TICK_S, Variable};

/// The costs of the neurons of one layer with its parameters.
#[derive(Debug, Clone)]
pub struct NeuronCosts {
    program: NeuronProgram,
    parameters: Vec<f64>,
}

/// A function of the state that a spike's condition compares, SI units.
#[derive(Debug, Clone)]
pub struct OfMembrane<'a> {
    costs: &'a NeuronCosts,
    expression: Option<Expression>,
}

impl NeuronCosts {
    /// Those of a layer; none of one whose neurons are those of a `kind`, or whose file cannot be read.
    pub fn of(layer: &LayerDescription) -> Option<Self> {
        let program = program(layer, Extras::default(), &layer.name).ok()??;
        let parameters = program.parameters_of(layer);
        Some(Self {
            program,
            parameters,
        })
    }

    /// What the file declares.
    pub fn declared(&self) -> &Costs {
        &self.program.derived.model.costs
    }

    fn constant(&self, expression: Option<&Expression>) -> f64 {
        expression.map_or(0.0, |e| e.constant(&self.parameters))
    }

    /// By a parameter, a unit of the file.
    fn constant_by(&self, expression: Option<&Expression>, parameter: &FileParameter) -> f64 {
        let by = expression.map(|e| e.by(Variable::Parameter(parameter.place)));
        parameter.scale * self.constant(by.as_ref())
    }

    /// Energy of a spike, J; 0 where the file does not say.
    pub fn spike_j(&self) -> f64 {
        self.constant(self.declared().spike.as_ref())
    }

    /// Its derivative by a parameter.
    pub fn spike_j_by(&self, parameter: &FileParameter) -> f64 {
        self.constant_by(self.declared().spike.as_ref(), parameter)
    }

    /// Area of a neuron, um2; 0 where the file does not say.
    pub fn area_um2(&self) -> f64 {
        1e12 * self.constant(self.declared().area.as_ref())
    }

    /// Its derivative by a parameter.
    pub fn area_um2_by(&self, parameter: &FileParameter) -> f64 {
        1e12 * self.constant_by(self.declared().area.as_ref(), parameter)
    }

    /// Power between spikes, W.
    pub fn power(&self) -> OfMembrane<'_> {
        self.of_membrane(|power| power.clone())
    }

    /// Its derivative by the state, W an SI unit of it.
    pub fn power_by_membrane(&self) -> OfMembrane<'_> {
        let state = self.program.derived.model.condition.state;
        self.of_membrane(|power| power.by(Variable::State(state)))
    }

    /// Its derivative by a parameter, W a unit of the file.
    pub fn power_by(&self, parameter: &FileParameter) -> OfMembrane<'_> {
        let unit = Expression::number(parameter.scale);
        self.of_membrane(|power| unit.times(&power.by(Variable::Parameter(parameter.place))))
    }

    fn of_membrane(&self, make: impl Fn(&Expression) -> Expression) -> OfMembrane<'_> {
        OfMembrane {
            expression: self.declared().power.as_ref().map(make),
            costs: self,
        }
    }

    /// Time constant of the input's decay by a parameter, s a unit of the file.
    pub fn tau_syn_s_by(&self, parameter: &FileParameter) -> f64 {
        let model = &self.program.derived.model;
        let float = Float::new(model);
        let input = |rows: Vec<Vec<f64>>| rows[model.input][model.input];
        let left = 1.0 + input(float.propagator(&self.parameters));
        let left_by = input(float.propagator_by(parameter.place, &self.parameters));
        // tau = -tick / ln(left)
        parameter.scale * TICK_S / (left * left.ln().powi(2)) * left_by
    }
}

impl OfMembrane<'_> {
    /// Its value.
    pub fn at(&self, membrane: f64) -> f64 {
        let Some(expression) = &self.expression else {
            return 0.0;
        };
        let model = &self.costs.program.derived.model;
        let mut states = [0.0; crate::MOST_STATES];
        states[model.condition.state] = membrane;
        expression.value(&Point {
            parameters: &self.costs.parameters,
            states: &states,
            changes: &[],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_chip::Description;

    fn costs(model: &str, parameters: &str) -> NeuronCosts {
        let text = format!(
            r#"{{"name":"t","inputs":1,"layers":[{{"name":"h","model":"{model}","neurons":1,"parameters":{parameters},
            "synapse":{{"range_pA":1}}}}],"readout":{{"outputs":1,"synapse":{{"range_pA":1}}}}}}"#
        );
        let description = Description::parse("t", &text).unwrap();
        NeuronCosts::of(&description.layers[0]).unwrap()
    }

    /// Energy of a spike, and power at a value of the state that the condition compares, by hand.
    fn check(model: &str, spike_j: f64, (state, power_w): (f64, f64)) {
        let costs = costs(model, "{}");
        for (found, expected) in [
            (costs.spike_j(), spike_j),
            (costs.power().at(state), power_w),
        ] {
            let near = (found - expected).abs() <= 1e-9 * expected.abs();
            assert!(near, "{model}: {found} for {expected}");
        }
    }

    #[test]
    fn costs_by_hand() {
        // 0.253 pF 0.8 V 0.8 V; 20 pS (0.5 V)^2
        check("lif", 161.92e-15, (0.5, 5e-12));
        // 1 pF (0.4 V)^2; 1 pF / 20 ms = 50 pS at 0.2 V
        check("lif_subtractive", 160e-15, (0.2, 2e-12));
        check("alif", 160e-15, (0.2, 2e-12));
        // 1 / (20 0.5 GOhm/ms) = 0.1 pF, 95 mV twice
        check("izhikevich", 0.9025e-15, (0.0, 0.0));
        // 281 pF / 20 = 14.05 pF, 30 mV, 40.6 mV; 30 nS (10 mV)^2
        check("adex", 17.1129e-15, (-60.6e-3, 3e-12));
        // 100 nW/K 20 K
        check("vo2", 0.0, (320.0, 2e-6));
    }

    #[test]
    fn the_costs_of_felif() {
        let costs = costs("felif", r#"{"area":3}"#);
        let parameter =
            |name: &str| FileParameter::named(name, &costs.program.derived.model).unwrap();
        let near = |found: f64, expected: f64| {
            assert!(
                (found - expected).abs() <= 1e-9 * expected.abs(),
                "{found} for {expected}"
            );
        };
        near(costs.area_um2(), 3.0);
        near(costs.area_um2_by(&parameter("area")), 1.0);
        near(costs.spike_j_by(&parameter("area")), costs.spike_j() / 3.0);
        // 20 pS at half a volt, by the volt, by the pS.
        near(costs.power().at(0.5), 5e-12);
        near(costs.power_by_membrane().at(0.5), 20e-12);
        near(costs.power_by(&parameter("g_leak")).at(0.5), 0.25e-12);
        // A ms of the time constant is a ms of it.
        assert!((costs.tau_syn_s_by(&parameter("tau_syn")) - 1e-3).abs() < 1e-9);
        assert_eq!(costs.tau_syn_s_by(&parameter("area")), 0.0);
    }
}
