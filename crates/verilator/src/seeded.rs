//! Faults seeded into rewrites, and whether the check of a model finds them: what would become of a pass that is wrong.

use crate::build::{Flavour, Source};
use crate::cache::Cache;
use crate::check::Check;
use crate::choices::{Choice, Ways};
use crate::compile::copy_unchanged;
use crate::files::file_error;
use crate::passes::{self, Hits, PassHits, Passes};
use crate::rewrites::Rewrites;
use crate::toolchain::Tools;
use bruno_device::Chip;
use bruno_hdl::Design;
use bruno_sim::SimError;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tempfile::TempDir;

/// A fault in what a pass writes.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// Name of the pass.
    pub pass: &'static str,
    /// What is wrong.
    pub name: &'static str,
    /// The pass's text with the fault; `None` where the text has no place for it.
    pub damage: fn(&str) -> Option<String>,
}

/// What became of a model with a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The text of this chip has no place for the fault: it was not built.
    NoPlace,
    /// The check found a difference: the case, and where.
    Caught(String),
    /// The model does what the integer model does in all cases: it would have been kept.
    Kept,
}

/// A chip whose model is built with one fault after the other, outside the cache.
pub struct Seeded<'a> {
    chip: &'a Chip,
    design: &'a Design,
    tools: Tools,
    choice: Choice,
    check: Check<'a>,
    /// The sound model's directory; what is not evaluated every tick is taken from there.
    sound: TempDir,
    model: PathBuf,
    hits: Hits,
}

impl<'a> Seeded<'a> {
    /// Builds the sound model for a processor (`-march`), by the first choice with all rewrites, and checks it.
    ///
    /// # Errors
    /// A tool that failed, or a sound model that does not pass the check.
    pub fn new(chip: &'a Chip, design: &'a Design, processor: &str) -> Result<Self, SimError> {
        let tools = Tools::for_processor(chip, processor)?;
        let choices = tools.machine.choices(chip);
        let all = choices.iter().find(|choice| choice.uniform_shifts);
        let choice = *all.unwrap_or(&choices[0]);
        let mut seeded = Self {
            chip,
            design,
            tools,
            choice,
            check: Check::new(chip)?,
            sound: temporary()?,
            model: PathBuf::new(),
            hits: Hits::default(),
        };
        (seeded.model, seeded.hits) = seeded.build(seeded.sound.path(), seeded.ways(), None)?;
        match seeded.check_of(&seeded.model)? {
            Outcome::Caught(difference) => Err(SimError::Differs {
                chip: chip.name.clone(),
                builds: vec![difference],
            }),
            _ => Ok(seeded),
        }
    }

    /// What the passes found in the sound model.
    pub fn passes(&self) -> &[PassHits] {
        &self.hits.all
    }

    /// Ticks that the check runs.
    pub fn ticks(&self) -> u64 {
        self.check.ticks()
    }

    /// Time of a whole check of the sound model, both simulators, s.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn seconds(&self) -> Result<f64, SimError> {
        let start = Instant::now();
        let check = Check::new(self.chip)?;
        check.first_difference(&self.model, &mut |_| ())?;
        Ok(start.elapsed().as_secs_f64())
    }

    /// Builds the model with a fault and checks it.
    ///
    /// # Errors
    /// A tool that failed; a fault that the compiler refuses is one.
    pub fn outcome(&self, fault: &Fault) -> Result<Outcome, SimError> {
        let dir = temporary()?;
        let of = |passes: Passes| passes.iter().any(|pass| pass.name() == fault.pass);
        let in_llvm = of(passes::llvm(true));
        // A fault in a header is seen by everything.
        if in_llvm || of(passes::cpp(self.chip)) {
            copy_unchanged(self.sound.path(), dir.path(), in_llvm)?;
        }
        // What a fault in C++ does needs no optimised code to be seen.
        let ways = match in_llvm {
            true => self.ways(),
            false => Ways::plain(1),
        };
        let (model, hits) = self.build(dir.path(), ways, Some(fault))?;
        match hits.damaged {
            true => self.check_of(&model),
            false => Ok(Outcome::NoPlace),
        }
    }

    fn check_of(&self, model: &Path) -> Result<Outcome, SimError> {
        let found = self.check.first_difference(model, &mut |_| ())?;
        Ok(match found {
            Some((case, difference)) => {
                Outcome::Caught(format!("case `{}`: {difference}", case.name))
            }
            None => Outcome::Kept,
        })
    }

    /// As the sound model is built.
    fn ways(&self) -> Ways<'_> {
        Ways {
            choices: std::slice::from_ref(&self.choice),
            translated: self.tools.machine.choices(self.chip).len() > 1,
            level: Flavour::Fast.optimisation(),
        }
    }

    /// The model in a directory, and what its passes found.
    fn build(
        &self,
        dir: &Path,
        ways: Ways,
        fault: Option<&Fault>,
    ) -> Result<(PathBuf, Hits), SimError> {
        let source = Source {
            chip: self.chip,
            design: self.design,
            flavour: Flavour::Fast,
            rewrites: Rewrites { on: true, fault },
        };
        let mut builds = self.tools.builds(&source, ways, &Cache::of_user()?, dir)?;
        let build = builds.pop().ok_or_else(|| self.tools.ended_early())?;
        Ok((build.path, build.hits))
    }
}

fn temporary() -> Result<TempDir, SimError> {
    tempfile::tempdir().map_err(|e| file_error(&std::env::temp_dir(), e))
}

#[cfg(test)]
mod tests {
    use super::{Fault, Seeded};
    use crate::choices::{AS_IS, Ways};
    use crate::compile::Build;
    use crate::judge::best;
    use crate::passes::Hits;
    use bruno_chip::Description;
    use bruno_device::Chip;
    use bruno_sim::SimError;

    const CHIP: &str = r#"{"name":"kept","inputs":2,
        "layers":[{"name":"one","kind":"lif","neurons":2,"synapse":{"range_pA":900}}],
        "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;
    const FAULT: Fault = Fault {
        pass: "seldom branches",
        name: "a branch taken where it is not",
        damage: |text| {
            let at = text.rfind("(__builtin_expect(!!((0U != ")?;
            let (before, after) = text.split_at(at);
            Some(before.to_string() + &after.replacen("!!", "!", 1))
        },
    };

    /// What is kept of a sound build and one with a fault, and what is said where only the second is there.
    #[test]
    fn a_build_that_differs_is_thrown_away_with_its_evidence() {
        let chip = Chip::resolve("kept", &Description::parse("kept", CHIP).unwrap()).unwrap();
        let design = bruno_hdl::generate(&chip).unwrap();
        let seeded = Seeded::new(&chip, &design, "x86-64-v3").unwrap();
        let dir = tempfile::tempdir().unwrap();
        let (faulty, hits) = seeded
            .build(dir.path(), Ways::plain(1), Some(&FAULT))
            .unwrap();
        assert!(hits.damaged);
        let [sound, faulty] = [&seeded.model, &faulty].map(|path| Build {
            path: path.clone(),
            choice: AS_IS,
            hits: Hits::default(),
        });
        let place = tempfile::tempdir().unwrap();
        let both = vec![faulty.clone(), sound.clone()];
        let (kept, built) = best(&chip, None, both, place.path()).unwrap();
        assert_eq!((kept.path, built.builds), (sound.path, 2));
        let error = best(&chip, None, vec![faulty], place.path()).unwrap_err();
        let SimError::Differs { builds, .. } = &error else {
            panic!("{error}");
        };
        let (_, evidence) = builds[0].split_once("evidence: ").unwrap();
        for name in ["case.json", "build.json", "model.so"] {
            let file = std::path::Path::new(evidence).join(name);
            assert!(file.metadata().unwrap().len() > 0, "{name}");
        }
    }
}
