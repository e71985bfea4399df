//! The delivered text against the integer model, in every record, spike and counter: a whole chip, or few neurons of each
//! layer beside a training.

use crate::{Flavour, VerilatedModel, check};
use bruno_chip::Description;
use bruno_device::Chip;
use bruno_hdl::{Design, HdlError};
use bruno_sim::stimuli::Case;
use bruno_sim::{Difference, Forward, IntegerModel, SimError, first_difference};
use std::path::Path;
use std::thread::JoinHandle;

/// A chip as its delivered text has it, beside the integer model.
pub struct Delivered {
    chip: Chip,
    rtl: VerilatedModel,
    integer: IntegerModel,
}

impl Delivered {
    /// Builds it, or finds it in the cache.
    ///
    /// # Errors
    /// Those of the build.
    pub fn new(chip: &Chip) -> Result<Self, SimError> {
        let design = bruno_hdl::delivered(chip).map_err(|error| mismatch(&error))?;
        Self::of(chip, &design)
    }

    /// Of a design that claims to be the chip's.
    ///
    /// # Errors
    /// Those of the build.
    pub fn of(chip: &Chip, design: &Design) -> Result<Self, SimError> {
        Ok(Self {
            chip: chip.clone(),
            rtl: VerilatedModel::new(chip, design, Flavour::Delivered, Path::new(""))?,
            integer: IntegerModel::new(chip),
        })
    }

    /// Where a case differs.
    ///
    /// # Errors
    /// A program or stimulus that the chip cannot take.
    pub fn difference(&mut self, case: &Case) -> Result<Option<Difference>, SimError> {
        self.integer.load(&case.program)?;
        self.rtl.load(&case.program)?;
        let expected = self.integer.run(&case.stimulus)?;
        let found = self.rtl.run(&case.stimulus)?;
        let window = case.program.window;
        Ok(first_difference(&self.chip, window, &expected, &found))
    }
}

/// Neurons of a layer that a check before training has.
const FEW: usize = 2;

/// A check of the delivered text that goes on beside a training.
pub struct DeliveredCheck(Option<JoinHandle<Result<(), SimError>>>);

impl DeliveredCheck {
    /// Starts to compare few neurons of each layer: their module is that of all neurons, but for the number of channels.
    pub fn start(chip: &Chip) -> Self {
        let few = few(&chip.description);
        Self(Some(std::thread::spawn(move || check_few(&few))))
    }

    /// None is wanted.
    pub fn none() -> Self {
        Self(None)
    }

    /// Waits for it.
    ///
    /// # Errors
    /// What failed to build, or the first difference.
    pub fn wait(self) -> Result<(), SimError> {
        let ended_early = |_| SimError::Tool {
            command: "the check of the delivered Verilog".into(),
            output: "it ended before its time".into(),
            remedy: "run `bruno cosim` on the description".into(),
        };
        self.0
            .map_or(Ok(()), |thread| thread.join().map_err(ended_early)?)
    }
}

/// The same chip with few neurons.
fn few(description: &Description) -> Description {
    let mut few = description.clone();
    for layer in &mut few.layers {
        layer.neurons = layer.neurons.min(FEW);
    }
    few.readout.outputs = few.readout.outputs.min(FEW);
    few
}

fn check_few(description: &Description) -> Result<(), SimError> {
    let chip = Chip::resolve("", description).map_err(|error| SimError::Mismatch {
        what: format!("`{}` with few neurons", description.name),
        found: error.to_string(),
        expected: "a chip, as the description is one".into(),
    })?;
    let mut delivered = Delivered::new(&chip)?;
    for case in check::cases(&chip) {
        if let Some(difference) = delivered.difference(&case)? {
            return Err(SimError::Delivered {
                chip: chip.name,
                case: case.name,
                difference: difference.to_string(),
            });
        }
    }
    Ok(())
}

fn mismatch(error: &HdlError) -> SimError {
    SimError::Mismatch {
        what: "the delivered Verilog".into(),
        found: error.to_string(),
        expected: "what the chip is simulated of".into(),
    }
}
