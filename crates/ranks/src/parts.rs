//! All shards of a whole put together.

use crate::Shard;

/// Most missing shards that are named.
const MOST_NAMED: usize = 10;

/// Puts shards that were read, each with its file's name, into their order.
///
/// # Errors
/// Shards of different divisions, a shard twice and missing shards: which they are, and what to do.
pub fn order_parts<T>(mut parts: Vec<(String, Shard, T)>) -> Result<Vec<(String, T)>, String> {
    parts.sort_by_key(|(_, shard, _)| (shard.of(), shard.index()));
    for ((first, a, _), (second, b, _)) in parts.iter().zip(parts.iter().skip(1)) {
        if a.of() != b.of() {
            return Err(format!(
                "{second}: is shard {b}, but {first} is shard {a}; all shards must be of one division: remove those of the other"
            ));
        }
        if a == b {
            return Err(format!(
                "{second}: is shard {b}, and so is {first}; remove one of them"
            ));
        }
    }
    let of = parts.first().map_or(0, |(_, shard, _)| shard.of());
    let is_there = |k: &usize| parts.iter().any(|(_, shard, _)| shard.index() == *k);
    let missing: Vec<String> = (1..=of)
        .filter(|k| !is_there(k))
        .take(MOST_NAMED + 1)
        .map(|k| format!("{k}/{of}"))
        .collect();
    if missing.is_empty() {
        let named = parts.into_iter().map(|(name, _, part)| (name, part));
        return Ok(named.collect());
    }
    let more = if missing.len() > MOST_NAMED {
        ", ..."
    } else {
        ""
    };
    let named: Vec<&str> = missing
        .iter()
        .take(MOST_NAMED)
        .map(String::as_str)
        .collect();
    Err(format!(
        "no finished shard {}{more} of {of}; run these with the same --out, or put their folders beside the others",
        named.join(", ")
    ))
}

/// The items of a whole of `count` from those of its shards, which are in their order; none where a shard has another number
/// of items than it should.
pub fn whole_from_parts<T>(parts: Vec<Vec<T>>, count: usize) -> Option<Vec<T>> {
    let of = parts.len();
    let given: usize = parts.iter().map(Vec::len).sum();
    let mut parts: Vec<_> = parts.into_iter().map(Vec::into_iter).collect();
    let next = |item: usize| parts.get_mut(item.checked_rem(of)?)?.next();
    let whole: Option<Vec<T>> = (0..count).map(next).collect();
    whole.filter(|_| given == count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What comes of shards that are called a, b, c, ...
    fn check(shards: &[&str], expected: &str) {
        let name = |k: usize| char::from(b'a' + k as u8).to_string();
        let named = shards.iter().enumerate();
        let parts = named.map(|(k, s)| (name(k), s.parse().unwrap(), ()));
        let text = match order_parts(parts.collect()) {
            Ok(parts) => parts.into_iter().map(|(name, ())| name).collect(),
            Err(text) => text,
        };
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn in_any_order() {
        check(&["3/3", "1/3", "2/3"], "bca");
    }
    #[test]
    fn a_gap() {
        check(
            &["3/4", "1/4"],
            "no finished shard 2/4, 4/4 of 4; run these",
        );
    }
    #[test]
    fn many_gaps() {
        check(&["1/1000"], "10/1000, 11/1000, ... of 1000");
    }
    #[test]
    fn a_shard_twice() {
        check(
            &["1/2", "2/2", "1/2"],
            "c: is shard 1/2, and so is a; remove",
        );
    }
    #[test]
    fn two_divisions() {
        check(
            &["1/2", "2/2", "1/3"],
            "c: is shard 1/3, but b is shard 2/2; all",
        );
    }
    #[test]
    fn a_shard_that_is_too_short_or_too_long() {
        let check = |parts: Vec<Vec<u32>>, expected| {
            assert_eq!(whole_from_parts(parts, 3).is_some(), expected);
        };
        check(vec![vec![0, 2], vec![1]], true);
        check(vec![vec![0], vec![1]], false);
        check(vec![vec![0, 2, 4], vec![1]], false);
        check(vec![vec![0], vec![1, 3]], false);
        check(vec![], false);
    }

    proptest! {
        #[test]
        fn shards_give_the_whole(of in 1usize..12, count in 0usize..40, seed in any::<u64>()) {
            let mut parts: Vec<_> = (1..=of)
                .map(|k| {
                    let shard: Shard = format!("{k}/{of}").parse().unwrap();
                    (shard.to_string(), shard, shard.items(count).collect::<Vec<_>>())
                })
                .collect();
            // Some order.
            parts.sort_by_key(|(_, shard, _)| (shard.index() as u64).wrapping_mul(seed | 1));
            let parts = order_parts(parts).unwrap().into_iter().map(|(_, items)| items);
            let whole = whole_from_parts(parts.collect(), count).unwrap();
            prop_assert_eq!(whole, (0..count).collect::<Vec<_>>());
        }
    }
}
