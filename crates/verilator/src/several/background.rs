//! Models that are built while others run.

use crate::build::{self, Cached, Flavour};
use crate::cache;
use crate::library::VerilatedModel;
use bruno_device::Chip;
use bruno_hdl::Design;
use bruno_sim::SimError;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// Who builds a model in the background.
#[derive(Debug, Clone, Copy)]
pub enum Builder {
    /// This process; the function is told what went wrong, which changes no result.
    This(fn(&str)),
    /// Another process of this machine: the cache is asked for it.
    Another,
}

/// Models that were asked for, and are kept for other threads that ask; the last ones.
static ASKED: Mutex<Vec<Arc<Background>>> = Mutex::new(Vec::new());
const KEPT: usize = 16;
/// Whether this process ends: what then goes wrong with a build is nobody's concern.
static ENDS: AtomicBool = AtomicBool::new(false);

/// Gives up the builds that go on in the background, for this process ends now: nothing of them stays in the cache.
pub fn abandon_builds() {
    ENDS.store(true, Ordering::Relaxed);
    cache::abandon();
}

/// Time between two questions to the cache, and how many there are: the other process may have failed.
const PATIENCE: Duration = Duration::from_secs(1);
const QUESTIONS: usize = 900;

/// A model on its way.
pub(super) struct Background {
    chip: Chip,
    /// The model, or none where it could not be built.
    built: OnceLock<Option<Cached>>,
}

impl Background {
    /// The model of a chip, on its way or there; one for all threads that ask.
    pub fn of(chip: &Chip, builder: Builder) -> Arc<Self> {
        // A thread that ended in the middle left nothing half done.
        let mut asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = asked.iter().find(|known| known.chip == *chip) {
            return known.clone();
        }
        if asked.len() >= KEPT {
            asked.remove(0);
        }
        let new = Arc::new(Self {
            chip: chip.clone(),
            built: OnceLock::new(),
        });
        asked.push(new.clone());
        let own = new.clone();
        // Nobody waits for it: a process that ends takes its tools along.
        std::thread::spawn(move || own.built.set(own.make(builder)));
        new
    }

    /// The model where it is there: none where it could not be built.
    pub fn model(&self) -> Option<Option<VerilatedModel>> {
        let start = |c: &Cached| VerilatedModel::load_cached(&self.chip, c, Path::new("")).ok();
        self.built.get().map(|built| built.as_ref().and_then(start))
    }

    fn make(&self, builder: Builder) -> Option<Cached> {
        match builder {
            Builder::This(tell) => match self.build(tell) {
                Ok(cached) => Some(cached),
                Err(_) if ENDS.load(Ordering::Relaxed) => None,
                Err(error) => {
                    tell(&format!(
                        "note: samples go on in the model that is there, for a faster one was not built: {error}"
                    ));
                    None
                }
            },
            Builder::Another => {
                let design = design(&self.chip).ok()?;
                for _ in 0..QUESTIONS {
                    match build::find(&self.chip, &design, Flavour::Fast) {
                        Ok(None) => std::thread::sleep(PATIENCE),
                        Ok(found) => return found,
                        Err(_) => return None,
                    }
                }
                None
            }
        }
    }

    fn build(&self, tell: fn(&str)) -> Result<Cached, SimError> {
        let cached = build::build(&self.chip, &design(&self.chip)?, Flavour::Fast)?;
        let built = crate::Built::read(&cached.path);
        for build in built.iter().flat_map(|built| &built.discarded) {
            tell(&format!(
                "warning: a build of the model was thrown away: {build}"
            ));
        }
        Ok(cached)
    }
}

/// The RTL of copies of a chip.
pub(super) fn design(chip: &Chip) -> Result<Design, SimError> {
    bruno_hdl::generate(chip).map_err(|error| SimError::Mismatch {
        what: "the chip of copies".into(),
        found: error.to_string(),
        expected: "what the chip itself is generated of".into(),
    })
}
