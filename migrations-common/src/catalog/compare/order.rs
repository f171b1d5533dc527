//! Which columns stand in another order.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::catalog::facts::{Fact, Facts};

/// The columns that both sides have and that can stay where they are: as many as can be, while the others are moved.
pub(super) fn staying<'a>(left: &'a Facts, right: &Facts) -> HashSet<(&'a str, &'a str)> {
    let mut tables: HashMap<(&str, &str), Vec<(Positions, &Fact)>> = HashMap::new();
    for fact in left {
        let both = || {
            let positions = Positions {
                left: position(fact)?,
                right: position(right.get(&fact.kind, &fact.key)?)?,
            };
            Some(((fact.kind.as_str(), fact.text("of")?), positions))
        };
        if let Some((table, positions)) = both() {
            tables.entry(table).or_default().push((positions, fact));
        }
    }
    let mut staying = HashSet::new();
    for mut columns in tables.into_values() {
        columns.sort_by_key(|(positions, _)| positions.left);
        let order: Vec<u64> = columns
            .iter()
            .map(|(positions, _)| positions.right)
            .collect();
        let stay = columns
            .iter()
            .zip(longest_rise(&order))
            .filter(|(_, stays)| *stays);
        staying.extend(stay.map(|((_, fact), _)| fact.name()));
    }
    staying
}

struct Positions {
    left: u64,
    right: u64,
}

fn position(fact: &Fact) -> Option<u64> {
    fact.attributes.get("position").and_then(Value::as_u64)
}

/// Which of `numbers` belong to a longest subsequence that rises.
fn longest_rise(numbers: &[u64]) -> Vec<bool> {
    // Of each number, the length of the longest rise that ends with it, and the index before it there.
    let mut ends: Vec<(usize, Option<usize>)> = Vec::with_capacity(numbers.len());
    for (index, number) in numbers.iter().enumerate() {
        let before = numbers.iter().zip(&ends).take(index).enumerate();
        let best = before
            .filter(|(_, (earlier, _))| *earlier < number)
            .map(|(at, (_, (length, _)))| (*length, at))
            .max_by_key(|(length, at)| (*length, std::cmp::Reverse(*at)));
        ends.push(best.map_or((1, None), |(length, at)| (length + 1, Some(at))));
    }
    let longest = ends.iter().enumerate();
    let mut next = longest
        .max_by_key(|(index, (length, _))| (*length, std::cmp::Reverse(*index)))
        .map(|(index, _)| index);
    let mut stays = vec![false; numbers.len()];
    while let Some(index) = next {
        if let Some(stays) = stays.get_mut(index) {
            *stays = true;
        }
        next = ends.get(index).and_then(|(_, before)| *before);
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_are_moved() {
        for (numbers, expected) in [
            (&[][..], &[][..]),
            (&[1, 2, 3], &[true, true, true]),
            (&[1, 4, 9], &[true, true, true]),
            (&[2, 1], &[true, false]),
            (&[5, 1, 2, 3, 4], &[false, true, true, true, true]),
            (&[2, 3, 4, 1], &[true, true, true, false]),
            (&[1, 3, 2, 4], &[true, true, false, true]),
        ] {
            assert_eq!(longest_rise(numbers), expected, "{numbers:?}");
        }
    }
}
