//! A model that starts with the build that is there soonest and becomes faster once it has run long enough for that to be
//! worth a build: with the fastest of several builds, and where the chip is small with a model of copies of it ([`Copies`])
//! that runs several samples at a time.

mod background;

use crate::build::{self, Flavour};
use crate::built::Built;
use crate::contest::lap;
use crate::library::VerilatedModel;
use background::Background;
pub use background::{Builder, abandon_builds};
use bruno_device::Chip;
use bruno_hdl::Design;
use bruno_sim::{Copies, Counters, Forward, LayerTrace, Program, SimError, Stimulus};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time of samples one by one after which faster models are built: a shorter run is over before they are there.
const WORTH: Duration = Duration::from_secs(1);
/// Ticks of a lap in the comparison of both models: a fraction of a millisecond.
const TICKS: u32 = 2000;
/// Laps of each, in turn; the shortest counts.
const LAPS: usize = 5;

/// A chip by itself, and copies of it once they are there.
pub struct Several {
    chip: Chip,
    one: VerilatedModel,
    faster: Faster,
    /// What is loaded.
    program: Option<Program>,
    /// Time that samples took one by one.
    spent: Duration,
    wide: Wide,
    builder: Builder,
}

/// How far the comparison of builds of the chip itself is.
enum Faster {
    /// It took place, or there is nothing to compare.
    Done,
    /// It is worth its time once samples took some.
    Possible,
    /// It takes place.
    Coming(Arc<Background>),
}

/// How far the model of copies is.
enum Wide {
    /// There is none, or it is not the faster one.
    Never,
    /// It could be built.
    Possible(Box<Copies>),
    /// It is being built.
    Coming(Box<Copies>, Arc<Background>),
    /// It runs.
    Ready(Box<Ready>),
}

/// A model of copies that is worth its use.
struct Ready {
    copies: Copies,
    model: VerilatedModel,
    /// Least number of samples that it runs sooner than the other model.
    least: usize,
    held: Held,
}

/// What the model of copies holds.
#[derive(Clone, Copy, PartialEq)]
enum Held {
    /// An earlier program.
    Earlier,
    /// What the other model holds.
    Same,
    /// An earlier program, for it cannot hold that one.
    Cannot,
}

impl Several {
    /// The model of a chip that is there soonest. `builder` says who builds what is faster.
    ///
    /// # Errors
    /// Those of its build.
    pub fn soonest(chip: &Chip, design: &Design, builder: Builder) -> Result<Self, SimError> {
        let (cached, best) = build::first(chip, design)?;
        let one = VerilatedModel::load_cached(chip, &cached, Path::new(""))?;
        let faster = if best { Faster::Done } else { Faster::Possible };
        Ok(Self {
            faster,
            ..Self::new(chip, one, builder)
        })
    }

    /// Of a model that is there, and the fastest of its builds.
    pub fn new(chip: &Chip, one: VerilatedModel, builder: Builder) -> Self {
        let copies = Copies::of(chip).map(Box::new);
        Self {
            chip: chip.clone(),
            one,
            faster: Faster::Done,
            program: None,
            spent: Duration::ZERO,
            wide: copies.map_or(Wide::Never, Wide::Possible),
            builder,
        }
    }

    /// How the model of the chip itself came about.
    pub fn built(&self) -> Option<&Built> {
        self.one.built()
    }

    /// Waits for all builds; whether several samples run at once.
    ///
    /// # Errors
    /// Those of the builds.
    pub fn complete(&mut self) -> Result<bool, SimError> {
        let fastest = |chip: &Chip| {
            let design = background::design(chip)?;
            VerilatedModel::new(chip, &design, Flavour::Fast, Path::new(""))
        };
        if !matches!(self.faster, Faster::Done) {
            self.take(fastest(&self.chip)?)?;
        }
        if let Wide::Possible(copies) = &self.wide {
            let model = fastest(copies.chip())?;
            self.wide = self.compared(copies.as_ref().clone(), model)?;
        }
        Ok(matches!(self.wide, Wide::Ready(_)))
    }

    /// Goes on with another build of the chip.
    fn take(&mut self, mut model: VerilatedModel) -> Result<(), SimError> {
        if let Some(program) = &self.program {
            model.load(program)?;
        }
        (self.one, self.faster) = (model, Faster::Done);
        Ok(())
    }

    /// Goes on towards faster builds without waiting for them. What is wrong with one is told where it is built; samples go
    /// on in the model that is there.
    fn advance(&mut self) {
        match &self.faster {
            Faster::Possible if self.spent >= WORTH => {
                self.faster = Faster::Coming(Background::of(&self.chip, self.builder));
            }
            Faster::Coming(background) => {
                if let Some(model) = background.model() {
                    self.faster = Faster::Done;
                    // A build that cannot hold what this one holds is not taken.
                    let _ = model.map(|model| self.take(model));
                }
            }
            _ => (),
        }
    }

    /// Goes on towards the model of copies, once the model of the chip itself is the fastest.
    fn widen(&mut self) {
        match std::mem::replace(&mut self.wide, Wide::Never) {
            Wide::Possible(copies) if self.spent >= WORTH => {
                let background = Background::of(copies.chip(), self.builder);
                self.wide = Wide::Coming(copies, background);
            }
            Wide::Coming(copies, background) => {
                self.wide = match background.model() {
                    None => Wide::Coming(copies, background),
                    // What is wrong with it was told where it was built; samples go on one by one.
                    Some(model) => model
                        .and_then(|model| self.compared(*copies, model).ok())
                        .unwrap_or(Wide::Never),
                }
            }
            other => self.wide = other,
        }
    }

    /// Which model runs how many samples sooner, on this machine, now.
    fn compared(&mut self, copies: Copies, mut model: VerilatedModel) -> Result<Wide, SimError> {
        let mut best = [Duration::MAX; 2];
        for _ in 0..LAPS {
            for (best, model) in best.iter_mut().zip([&mut self.one, &mut model]) {
                *best = lap(model, TICKS)?.min(*best);
            }
        }
        let [one, wide] = best;
        let sooner = |samples: &usize| wide < one * *samples as u32;
        Ok(match (2..=copies.count()).find(sooner) {
            None => Wide::Never,
            Some(least) => Wide::Ready(Box::new(Ready {
                copies,
                model,
                least,
                held: Held::Earlier,
            })),
        })
    }
}

impl Ready {
    /// Loads what the other model holds, where that is not done; whether it can.
    fn load(&mut self, program: &Program) -> Result<bool, SimError> {
        if self.held == Held::Earlier {
            let chip = self.copies.chip();
            // No code to spare, levels of many channels, or a window that the recorders of all copies cannot keep up with.
            let fits = |own: &Program| own.check(chip).is_ok() && own.check_window(chip).is_ok();
            self.held = match self.copies.program(program).filter(fits) {
                None => Held::Cannot,
                Some(own) => {
                    self.model.load(&own)?;
                    Held::Same
                }
            };
        }
        Ok(self.held == Held::Same)
    }

    /// Runs samples in a copy each. The chip counts saturations over all its neurons: those of a sample are in its records.
    fn run(
        &mut self,
        stimuli: &[Stimulus],
        (window, chunk): (u32, u32),
        take: &mut dyn FnMut(usize, &[LayerTrace]),
    ) -> Result<Vec<Counters>, SimError> {
        let all = self.copies.stimulus(stimuli);
        let copies = &mut self.copies;
        let mut saturations = vec![0u32; stimuli.len()];
        let mut done = 0;
        let Counters { overrun, .. } = self.model.stream(&all, chunk, &mut |part| {
            for (copy, stimulus) in stimuli.iter().enumerate() {
                // A sample of no windows is heard of once, too.
                if done < stimulus.windows || done == 0 {
                    let left = stimulus.windows - done;
                    let own = copies.of_copy(part, copy, left, stimulus.windows * window);
                    take(copy, own);
                    let count = copies.saturations_of_copy();
                    saturations[copy] = saturations[copy].saturating_add(count);
                }
            }
            done += copies.windows(part);
        })?;
        let counters = |saturations| Counters {
            saturations,
            overrun,
        };
        Ok(saturations.into_iter().map(counters).collect())
    }
}

impl Forward for Several {
    fn load(&mut self, program: &Program) -> Result<(), SimError> {
        self.one.load(program)?;
        if self.program.as_ref() == Some(program) {
            // Copies hold it already, and to write all their synapses takes as long as some samples.
            return Ok(());
        }
        self.program = Some(program.clone());
        if let Wide::Ready(wide) = &mut self.wide {
            wide.held = Held::Earlier;
        }
        Ok(())
    }

    fn stream(
        &mut self,
        stimulus: &Stimulus,
        chunk: u32,
        take: &mut dyn FnMut(&[LayerTrace]),
    ) -> Result<Counters, SimError> {
        let start = Instant::now();
        let counters = self.one.stream(stimulus, chunk, take)?;
        self.spent += start.elapsed();
        Ok(counters)
    }

    fn at_once(&mut self, waiting: usize) -> usize {
        self.advance();
        if waiting < 2 || !matches!(self.faster, Faster::Done) {
            return 1;
        }
        self.widen();
        match &self.wide {
            Wide::Ready(wide) if wide.least <= waiting && wide.held != Held::Cannot => {
                waiting.min(wide.copies.count())
            }
            _ => 1,
        }
    }

    fn stream_all(
        &mut self,
        stimuli: &[Stimulus],
        chunk: u32,
        take: &mut dyn FnMut(usize, &[LayerTrace]),
    ) -> Result<Vec<Counters>, SimError> {
        if let Wide::Ready(wide) = &mut self.wide
            && (wide.least..=wide.copies.count()).contains(&stimuli.len())
            && let Some(program) = &self.program
            && wide.load(program)?
        {
            return wide.run(stimuli, (program.window, chunk), take);
        }
        let one_by_one = stimuli.iter().enumerate();
        one_by_one
            .map(|(k, stimulus)| self.stream(stimulus, chunk, &mut |part| take(k, part)))
            .collect()
    }
}
