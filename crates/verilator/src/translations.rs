//! Several builds of what is evaluated every tick: translated to LLVM's language once for all that agree on the options,
//! and from there to the processor's once for each.

use crate::choices::Choice;
use crate::compile::Job;
use crate::files::file_error;
use crate::names;
use crate::passes::{self, Hits};
use crate::seeded::Fault;
use bruno_sim::SimError;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Translations of the sources to LLVM's language.
pub(crate) fn to_llvm(sources: &[PathBuf], choices: &[Choice]) -> Vec<Job> {
    let mut jobs = Vec::new();
    for (n, choice) in choices.iter().enumerate() {
        if first(choices, choice) == n {
            jobs.extend(sources.iter().map(|source| Job {
                source: source.clone(),
                target: as_it_is(source, n),
                options: [choice.options, &names::TO_LLVM].concat(),
                optional: false,
            }));
        }
    }
    jobs
}

/// Writes the translations again after the passes over LLVM's text; returns what these found for each choice, on top of `hits`.
pub(crate) fn rewrite(
    sources: &[PathBuf],
    choices: &[Choice],
    hits: &Hits,
    fault: Option<&Fault>,
) -> Result<Vec<Hits>, SimError> {
    let form = |c: &Choice| (first(choices, c), c.uniform_shifts);
    let mut forms = BTreeMap::new();
    for (n, uniform_shifts) in choices.iter().map(form) {
        if forms.contains_key(&(n, uniform_shifts)) {
            continue;
        }
        let mut hits = hits.clone();
        let passes = passes::llvm(uniform_shifts);
        for source in sources {
            let path = as_it_is(source, n);
            let text = std::fs::read_to_string(&path).map_err(|e| file_error(&path, e))?;
            let path = rewritten(source, n, uniform_shifts);
            let text = passes::run(&passes, text, &mut hits, fault);
            std::fs::write(&path, text).map_err(|e| file_error(&path, e))?;
        }
        forms.insert((n, uniform_shifts), hits);
    }
    Ok(choices.iter().map(|c| forms[&form(c)].clone()).collect())
}

/// The objects of one choice.
pub(crate) fn to_code(sources: &[PathBuf], choices: &[Choice], choice: &Choice) -> Vec<Job> {
    let n = first(choices, choice);
    let name = choices.iter().position(|c| c == choice).unwrap_or(n);
    let job = |source: &PathBuf| Job {
        source: rewritten(source, n, choice.uniform_shifts),
        target: source.with_extension(format!("{name}.o")),
        options: [choice.code, &names::FROM_LLVM].concat(),
        optional: name > 0,
    };
    sources.iter().map(job).collect()
}

/// Number of the first choice with the same translation.
fn first(choices: &[Choice], choice: &Choice) -> usize {
    let same = |c: &Choice| c.options == choice.options;
    choices.iter().position(same).unwrap_or(0)
}

/// The text of a source in LLVM's language before the passes.
pub(crate) fn as_it_is(source: &Path, translation: usize) -> PathBuf {
    source.with_extension(format!("{translation}.ll"))
}

fn rewritten(source: &Path, translation: usize, uniform_shifts: bool) -> PathBuf {
    let shifts = if uniform_shifts { "uniform" } else { "each" };
    source.with_extension(format!("{translation}.{shifts}.ll"))
}
