//! One of several equal parts of a list of work.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Most shards of a whole.
const MOST: usize = 1_000_000;

/// Shard `k/n`: of the items 0, 1, 2, ... those with number `k - 1` and every `n`-th after it. So a shard that is given more
/// items later keeps those that it has.
///
/// ```
/// let shard: bruno_ranks::Shard = "2/3".parse().unwrap();
/// assert_eq!(shard.items(8).collect::<Vec<_>>(), [1, 4, 7]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shard {
    /// Its number, from 1.
    index: usize,
    /// How many there are.
    of: usize,
}

impl Shard {
    /// The only shard of a whole.
    pub const WHOLE: Self = Self { index: 1, of: 1 };

    /// The items of a rank, from 0, of so many.
    pub(crate) fn of_rank(rank: usize, size: usize) -> Self {
        Self {
            index: rank + 1,
            of: size,
        }
    }

    /// Its number, from 1.
    pub fn index(self) -> usize {
        self.index
    }

    /// How many shards the whole has.
    pub fn of(self) -> usize {
        self.of
    }

    /// The number of its item at this place.
    pub fn item(self, place: usize) -> usize {
        (self.index - 1).saturating_add(place.saturating_mul(self.of))
    }

    /// Its items of `0..count`.
    pub fn items(self, count: usize) -> impl Iterator<Item = usize> {
        (self.index - 1..count).step_by(self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    /// Reads `k/n`.
    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').map(|(k, n)| (k.parse(), n.parse()));
        match numbers {
            Some((Ok(index), Ok(of))) if (1..=of).contains(&index) && of <= MOST => {
                Ok(Self { index, of })
            }
            _ => Err(format!(
                "allowed: K/N with K from 1 to N and N up to {MOST}, e.g. 3/8"
            )),
        }
    }
}

impl TryFrom<String> for Shard {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(usize, usize)>) {
        let read: Option<Shard> = text.parse().ok();
        assert_eq!(read.map(|s| (s.index, s.of)), expected);
        let json: Option<Shard> = serde_json::from_value(text.into()).ok();
        assert_eq!(json, read);
    }

    #[test]
    fn the_last_of_four() {
        check("4/4", Some((4, 4)));
    }
    #[test]
    fn none_before_the_first() {
        check("0/4", None);
    }
    #[test]
    fn none_after_the_last() {
        check("5/4", None);
    }
    #[test]
    fn no_fraction() {
        check("4", None);
    }
    #[test]
    fn more_than_anyone_has() {
        check("1/18446744073709551615", None);
    }
}
