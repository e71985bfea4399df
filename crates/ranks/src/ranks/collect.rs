//! Values of ranks, put together on each.

use super::Ranks;
use crate::whole_from_parts;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What the first rank makes, on every rank. Where it fails, the first rank is given the error, and the others wait for the
/// end that follows from it.
///
/// # Errors
/// Those of `make`.
pub fn from_first<T: Serialize + DeserializeOwned, E>(
    ranks: &dyn Ranks,
    make: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    if ranks.size() == 1 {
        return make();
    }
    let own = match ranks.is_first() {
        true => Some(make()?),
        false => None,
    };
    let bytes = own.as_ref().map_or(Vec::new(), encoded);
    let bytes = ranks.broadcast(bytes);
    Ok(own.unwrap_or_else(|| decoded(&bytes)))
}

/// Makes something on one rank of each machine first, and on the others when that has it: what it left on the disk of the
/// machine, they need not make.
///
/// # Errors
/// Those of `make`; the ranks of the machine then wait for the end that follows from it.
pub fn first_of_node<T, E>(ranks: &dyn Ranks, make: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let wait = || drop(ranks.gather(Vec::new()));
    if ranks.on_node().0 > 0 {
        wait();
        return make();
    }
    let made = make()?;
    wait();
    Ok(made)
}

/// The values of all items in their order, on every rank, from those of every rank's share. Where items failed, the rank of
/// the lowest of them is given its error, whatever the number of ranks, and the others wait for the end that follows from it.
///
/// # Errors
/// That of the lowest item.
pub fn collect_in_order<T: Serialize + DeserializeOwned, E>(
    ranks: &dyn Ranks,
    own: Vec<Result<T, E>>,
    count: usize,
) -> Result<Vec<T>, E> {
    if ranks.size() == 1 {
        return own.into_iter().collect();
    }
    let share = ranks.share();
    let failed = own.iter().position(Result::is_err).map(|k| share.item(k));
    let (own, error) = match own.into_iter().collect::<Result<Vec<T>, E>>() {
        Ok(own) => (own, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    // One round of messages tells who failed, and of those who did not what they have.
    let all = ranks.gather(encoded(&(failed, own))).into_iter();
    let all = all.map(|bytes| decoded::<(Option<usize>, Vec<T>)>(&bytes));
    let (all_failed, parts): (Vec<Option<usize>>, Vec<Vec<T>>) = all.unzip();
    let lowest = all_failed.into_iter().flatten().min();
    match error {
        Some(error) if lowest == failed => return Err(error),
        _ if lowest.is_some() => ranks.wait_for_end(),
        _ => (),
    }
    let whole = whole_from_parts(parts, count);
    Ok(whole.unwrap_or_else(|| unreachable!("ranks that share other work")))
}

/// Numbers keep all their bits, also those that are not finite.
fn encoded<T: Serialize>(value: &T) -> Vec<u8> {
    let bytes = rmp_serde::to_vec_named(value);
    bytes.unwrap_or_else(|e| unreachable!("a value that cannot be sent: {e}"))
}

fn decoded<T: DeserializeOwned>(bytes: &[u8]) -> T {
    let value = rmp_serde::from_slice(bytes);
    value.unwrap_or_else(|e| unreachable!("another rank sent something else: {e}"))
}
