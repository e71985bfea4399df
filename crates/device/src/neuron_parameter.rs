//! A parameter of a layer's neurons that training may change, by its name: a field of the layer's card, or a parameter of
//! the layer's file.

use crate::DeviceParameter;
use crate::chip::programs::program;
use bruno_chip::{LayerDescription, Problem};
use bruno_model::{Expression, Extras, Model, Refractory, Variable};

/// A parameter of the neurons of one layer.
#[derive(Debug, Clone, PartialEq)]
pub struct NeuronParameter {
    name: String,
    kept: Kept,
}

/// Where the layer keeps it.
#[derive(Debug, Clone, PartialEq)]
enum Kept {
    /// In a field of the card.
    Card(DeviceParameter),
    /// Among the parameters of the file.
    File(FileParameter),
}

/// A parameter of a neuron file, in the file's unit.
#[derive(Debug, Clone, PartialEq)]
pub struct FileParameter {
    /// Its place among the parameters of the model.
    pub place: usize,
    /// What one unit is in SI units.
    pub scale: f64,
    /// On or off.
    pub switch: bool,
    /// The refractory time follows it.
    pub delays: bool,
    /// It does nothing else, and the refractory time holds no state: no slope leads to it.
    pub only_forbids: bool,
    bounds: (f64, f64),
    unit: String,
    default: f64,
}

impl NeuronParameter {
    /// The parameter of this name in a layer; none where its neurons have no such one.
    ///
    /// # Errors
    /// A neuron file that cannot be read.
    pub fn named(name: &str, layer: &LayerDescription) -> Result<Option<Self>, Problem> {
        let kept = match program(layer, Extras::default(), &at(layer))? {
            None => DeviceParameter::named(name).map(Kept::Card),
            Some(program) => FileParameter::named(name, &program.derived.model).map(Kept::File),
        };
        let name = name.to_string();
        Ok(kept.map(|kept| Self { name, kept }))
    }

    /// Names of every parameter of a layer that training may change.
    ///
    /// # Errors
    /// A neuron file that cannot be read.
    pub fn names(layer: &LayerDescription) -> Result<Vec<String>, Problem> {
        let Some(program) = program(layer, Extras::default(), &at(layer))? else {
            return Ok(DeviceParameter::ALL.map(|p| p.name().into()).into());
        };
        let numbers = program
            .derived
            .model
            .parameters
            .iter()
            .filter(|p| !p.switch);
        Ok(numbers.map(|p| p.name.clone()).collect())
    }

    /// Its unit: that of the card's field, or of the file.
    pub fn unit(&self) -> &str {
        match &self.kept {
            Kept::Card(parameter) => parameter.unit(),
            Kept::File(parameter) => &parameter.unit,
        }
    }

    /// As a parameter of a file; none where it is a field of a card.
    pub fn of_file(&self) -> Option<&FileParameter> {
        match &self.kept {
            Kept::Card(_) => None,
            Kept::File(parameter) => Some(parameter),
        }
    }

    /// The bounds of its file, in its unit; none of a field of a card.
    pub fn bounds(&self) -> Option<(f64, f64)> {
        self.of_file().map(|parameter| parameter.bounds)
    }

    /// Its value in a layer, in its unit.
    pub fn of(&self, layer: &LayerDescription) -> f64 {
        match &self.kept {
            Kept::Card(parameter) => parameter.of(&layer.device),
            Kept::File(own) => layer
                .parameters
                .get(&self.name)
                .copied()
                .unwrap_or(own.default),
        }
    }

    /// Writes it into a layer.
    pub fn set(&self, layer: &mut LayerDescription, value: f64) {
        match &self.kept {
            Kept::Card(parameter) => parameter.set(&mut layer.device, value),
            Kept::File(_) => {
                layer.parameters.insert(self.name.clone(), value);
            }
        }
    }
}

fn at(layer: &LayerDescription) -> String {
    format!("layers.{}", layer.name)
}

fn depends(e: &Expression, parameter: usize) -> bool {
    e.by(Variable::Parameter(parameter)).as_number() != Some(0.0)
}

/// Whether a parameter does anything beside what it does to the refractory time.
fn moves(model: &Model, parameter: usize) -> bool {
    let states = model.states.iter().flat_map(|s| {
        let ends = [&s.floor, &s.ceil].into_iter().flatten();
        [&s.rest, &s.rate].into_iter().chain(ends)
    });
    let resets = model.resets.iter().map(|r| &r.value);
    let mut all = states.chain(resets).chain([&model.condition.threshold]);
    all.any(|e| depends(e, parameter))
}

impl FileParameter {
    /// The parameter of this name; none where the model has no such one.
    pub fn named(name: &str, model: &Model) -> Option<Self> {
        let place = model.parameter(name)?;
        let parameter = &model.parameters[place];
        let (unit, scale) = (&parameter.unit.0, parameter.unit.1.scale);
        let delays = |r: &Refractory| depends(&r.time, place);
        let refractory = model.refractory.as_ref().filter(|r| delays(r));
        Some(Self {
            place,
            scale,
            delays: refractory.is_some(),
            only_forbids: refractory.is_some_and(|r| r.holds.is_empty()) && !moves(model, place),
            bounds: (parameter.bounds.0 / scale, parameter.bounds.1 / scale),
            switch: parameter.switch,
            unit: unit.clone(),
            default: parameter.default / scale,
        })
    }
}
