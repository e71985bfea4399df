//! Sums of rows that do not depend on the number of ranks.

use super::Ranks;
use std::ops::Range;

/// The sum of `count` rows of `width` numbers, each times `scale`, added in the order of the rows: the same bits on any number
/// of ranks. `own` are the rows of this rank's share. Every rank sums a slice of the columns, for which it is sent that slice
/// of every row, and is then sent the other slices: it sends and receives about `count / size` rows.
pub fn sum_in_order(
    ranks: &dyn Ranks,
    own: &[Vec<f32>],
    count: usize,
    width: usize,
    scale: f32,
) -> Vec<f32> {
    if ranks.size() == 1 {
        let mut sum = vec![0.0; width];
        own.iter()
            .for_each(|row| add(&mut sum, scale, row.iter().copied()));
        return sum;
    }
    let size = ranks.size();
    let slice = |rank: usize| rank * width / size..(rank + 1) * width / size;
    let to = |rank: usize| bytes(own, slice(rank));
    let from = ranks.exchange((0..size).map(to).collect());
    let columns = slice(ranks.rank()).len();
    let mut sum = vec![0.0; columns];
    for item in 0..count {
        let row = item / size * columns * 4;
        let sent = from
            .get(item % size)
            .and_then(|rows| rows.get(row..row + columns * 4));
        add(&mut sum, scale, numbers(sent.unwrap_or_default()));
    }
    let slices = ranks.gather(bytes(&[sum], 0..columns));
    slices.iter().flat_map(|slice| numbers(slice)).collect()
}

fn add(sum: &mut [f32], scale: f32, row: impl Iterator<Item = f32>) {
    sum.iter_mut()
        .zip(row)
        .for_each(|(sum, x)| *sum += scale * x);
}

/// These columns of every row.
fn bytes(rows: &[Vec<f32>], columns: Range<usize>) -> Vec<u8> {
    let mut bytes = vec![0; rows.len() * columns.len() * 4];
    let (numbers, _) = bytes.as_chunks_mut::<4>();
    for (own, row) in numbers.chunks_mut(columns.len().max(1)).zip(rows) {
        let row = row.get(columns.clone()).unwrap_or_default();
        own.iter_mut()
            .zip(row)
            .for_each(|(own, x)| *own = x.to_le_bytes());
    }
    bytes
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = f32> {
    let (numbers, _) = bytes.as_chunks::<4>();
    numbers.iter().map(|b| f32::from_le_bytes(*b))
}
