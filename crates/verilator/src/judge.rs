//! Which of several builds of a model is kept: the fastest that does what the integer model does.
//!
//! A build that is wrong may do anything: crash, or never end. So a program that said how it is started again
//! ([`judge_with`]) has its builds run in a process of their own; one that said nothing runs them in its own.

mod evidence;
mod waiting;

use crate::built::{Built, Discarded};
use crate::check::{self, Check};
use crate::compile::Build;
use crate::{contest, tool};
use bruno_chip::Description;
use bruno_device::Chip;
use bruno_host::{Ended, Outcome};
use bruno_sim::SimError;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Instant;
pub(crate) use waiting::Waiting;

/// What became of a process in the middle of its work.
const DIED: &str = "it ended the process in which it ran";

/// What is said while builds are judged, a line of JSON each. Builds are named by their places.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Word {
    /// A build is started, or runs for its speed.
    Running { build: usize },
    /// A build is run in a case.
    Checking { build: usize, case: String },
    /// It does not do there what the integer model does.
    Differs {
        build: usize,
        case: String,
        difference: String,
    },
    /// It does in all cases; time that it took once the builds were there, s.
    Sound {
        build: usize,
        cases: usize,
        ticks: u64,
        seconds: f64,
    },
    /// Judging failed for another reason than a build.
    Failed { error: String },
}

/// A program and its first arguments: [`judge`] in a process of its own.
static PROGRAM: OnceLock<(PathBuf, Vec<OsString>)> = OnceLock::new();

/// Says that this program, started with these arguments, those of a [`Variant`] and the file of a chip, calls [`judge`] on
/// the builds that it reads from its standard input, each with a NUL behind its path.
pub fn judge_with(program: PathBuf, arguments: Vec<OsString>) {
    // The first that says so is the program's own main function.
    PROGRAM.get_or_init(|| (program, arguments));
}

/// What is run of a described chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variant {
    /// With the synapses of virtual chips ([`Chip::with_fine_synapses`]).
    pub fine_synapses: bool,
    /// So many side by side ([`Chip::copies`]); 1: the chip by itself.
    pub copies: usize,
}

impl Variant {
    /// The chip; none where it has no such copies.
    fn of(self, described: &Chip) -> Option<Chip> {
        let chip = match self.fine_synapses {
            true => described.with_fine_synapses(),
            false => described.clone(),
        };
        match self.copies {
            1 => Some(chip),
            count => chip.copies(count),
        }
    }

    /// The arguments that say so to another process.
    fn arguments(self) -> Vec<String> {
        let mut all = Vec::new();
        if self.fine_synapses {
            all.push(FINE_SYNAPSES.into());
        }
        if self.copies > 1 {
            all.extend([COPIES.into(), self.copies.to_string()]);
        }
        all
    }
}

/// The argument of [`Variant::fine_synapses`].
const FINE_SYNAPSES: &str = "--fine-synapses";
/// The argument before the number of [`Variant::copies`].
const COPIES: &str = "--copies";

/// Runs builds of a variant of a described chip, the fastest first, until one does what the integer model does; `tell` is
/// told a line at each step, for the process that asked. `builds` is asked when all is done that needs none of them.
pub fn judge(
    chip: &Path,
    variant: Variant,
    builds: impl FnOnce() -> Vec<PathBuf>,
    tell: &mut dyn FnMut(&str),
) {
    let mut say = |word: Word| match serde_json::to_string(&word) {
        Ok(line) => tell(&line),
        Err(error) => tell(&error.to_string()),
    };
    let judged = read_chip(chip).and_then(|described| {
        let chip = variant.of(&described).ok_or("the chip has no copies")?;
        judge_all(&chip, builds, &mut say).map_err(|e| e.to_string())
    });
    if let Err(error) = judged {
        say(Word::Failed { error });
    }
}

fn read_chip(path: &Path) -> Result<Chip, String> {
    let name = path.display().to_string();
    let text = bruno_host::read_text(path).map_err(|e| format!("{name}: {e}"))?;
    let description = Description::parse(&name, &text).map_err(|e| e.to_string())?;
    Chip::resolve(&name, &description).map_err(|e| e.to_string())
}

/// How a chip comes from its description, for another process to make it too; `None` where it does in no way that one knows.
fn origin(chip: &Chip) -> Option<Variant> {
    let described = Chip::resolve("", &chip.description).ok()?;
    let copies = chip.inputs / described.inputs.max(1);
    let all = [(false, 1), (true, 1), (false, copies), (true, copies)];
    let mut variants = all.into_iter().map(|(fine_synapses, copies)| Variant {
        fine_synapses,
        copies,
    });
    variants.find(|variant| variant.of(&described).as_ref() == Some(chip))
}

fn judge_all(
    chip: &Chip,
    builds: impl FnOnce() -> Vec<PathBuf>,
    say: &mut dyn FnMut(Word),
) -> Result<(), SimError> {
    let check = Check::new(chip)?;
    let builds = builds();
    let order = contest::by_speed(chip, &builds, &mut |build| say(Word::Running { build }))?;
    let start = Instant::now();
    for build in order {
        say(Word::Running { build });
        let mut begins = |case: &str| {
            say(Word::Checking {
                build,
                case: case.into(),
            });
        };
        match check.first_difference(&builds[build], &mut begins)? {
            Some((case, difference)) => say(Word::Differs {
                build,
                case: case.name.clone(),
                difference: difference.to_string(),
            }),
            None => {
                say(Word::Sound {
                    build,
                    cases: check.cases(),
                    ticks: check.ticks(),
                    seconds: start.elapsed().as_secs_f64(),
                });
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The first of the builds, by speed, that does what the integer model does, and what is known of it; an error where none
/// does. `waiting` was started for them. The evidence is kept in folders in `place`.
pub(crate) fn best(
    chip: &Chip,
    waiting: Option<Waiting>,
    mut builds: Vec<Build>,
    place: &Path,
) -> Result<(Build, Built), SimError> {
    let count = builds.len();
    let mut waiting = waiting;
    let mut discarded = Vec::new();
    while !builds.is_empty() {
        let heard = Heard::of(chip, waiting.take(), &builds)?;
        for (at, case, found) in heard.wrong() {
            let case = case.and_then(|name| check::case(chip, name));
            let build = &builds[at];
            discarded.push(Discarded {
                build: build.choice.to_string(),
                evidence: evidence::keep(place, chip, build, case.as_ref(), &found),
                difference: match case {
                    Some(case) => format!("case `{}`: {found}", case.name),
                    None => found,
                },
            });
        }
        if let Some((at, mut built)) = heard.sound() {
            let build = builds.swap_remove(at);
            built.build = build.choice.to_string();
            built.builds = count;
            built.discarded = discarded;
            built.passes = build.hits.all.clone();
            return Ok((build, built));
        }
        let wrong: Vec<usize> = heard.wrong().into_iter().map(|(at, ..)| at).collect();
        let mut at = 0..;
        builds.retain(|_| at.next().is_some_and(|at| !wrong.contains(&at)));
    }
    Err(SimError::Differs {
        chip: chip.name.clone(),
        builds: discarded.iter().map(Discarded::to_string).collect(),
    })
}

/// What was said of builds.
struct Heard {
    words: Vec<Word>,
    /// How the process ended, where that was no good end.
    ended: Option<String>,
}

impl Heard {
    fn of(chip: &Chip, waiting: Option<Waiting>, builds: &[Build]) -> Result<Self, SimError> {
        let paths: Vec<PathBuf> = builds.iter().map(|build| build.path.clone()).collect();
        let dir = paths.first().and_then(|path| path.parent());
        let waiting = match waiting {
            None => Waiting::start(chip, dir.unwrap_or(Path::new(".")))?,
            started => started,
        };
        match waiting {
            Some(waiting) => Self::from_process(waiting, &paths),
            None => {
                let mut words = Vec::new();
                judge_all(chip, || paths, &mut |word| words.push(word))?;
                Ok(Self { words, ended: None })
            }
        }
    }

    fn from_process(waiting: Waiting, builds: &[PathBuf]) -> Result<Self, SimError> {
        let limit = tool::limit()?;
        let mut words: Vec<Word> = Vec::new();
        let mut listen = |line: &str| words.extend(serde_json::from_str::<Word>(line));
        let Ended {
            command,
            output,
            outcome,
        } = waiting.give(builds, limit, &mut listen)?;
        if let Some(Word::Failed { error }) = words.last() {
            return Err(waiting::failure(command, error.clone()));
        }
        if words.is_empty() {
            return Err(waiting::failure(command, output));
        }
        let ended = match outcome {
            Outcome::Success => None,
            Outcome::Failure => Some(DIED.into()),
            Outcome::TimedOut => Some(format!("it did not end within {} s", limit.as_secs())),
        };
        Ok(Self { words, ended })
    }

    /// Builds that are wrong: place, the case where it is one's, what was found. The build of the last word is the end of a
    /// process that came to no good end, or to one in the middle of its work.
    fn wrong(&self) -> Vec<(usize, Option<&str>, String)> {
        let differing = self.words.iter().filter_map(|word| match word {
            Word::Differs {
                build,
                case,
                difference,
            } => Some((*build, Some(case.as_str()), difference.clone())),
            _ => None,
        });
        let how = || self.ended.clone().unwrap_or(DIED.into());
        let last = self.words.last().and_then(|word| match word {
            Word::Running { build } => Some((*build, None, how())),
            Word::Checking { build, case } => Some((*build, Some(case.as_str()), how())),
            Word::Sound { build, .. } if self.ended.is_some() => Some((*build, None, how())),
            _ => None,
        });
        differing.chain(last).collect()
    }

    /// The build to keep, and how it was checked.
    fn sound(&self) -> Option<(usize, Built)> {
        match self.words.last()? {
            Word::Sound {
                build,
                cases,
                ticks,
                seconds,
            } if self.ended.is_none() => Some((
                *build,
                Built {
                    checked_cases: *cases,
                    checked_ticks: *ticks,
                    check_s: *seconds,
                    ..Built::default()
                },
            )),
            _ => None,
        }
    }
}

impl std::fmt::Display for Discarded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "build `{}`: {}\nevidence: {}",
            self.build, self.difference, self.evidence
        )
    }
}
