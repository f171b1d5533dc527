//! Things grouped by what is the same about them.

use std::collections::HashMap;
use std::hash::Hash;

/// `items` grouped by what `key` says of them; groups, and items in a group, in the order in which they come.
pub(super) fn by<T: Copy, K: Clone + Eq + Hash>(
    items: impl IntoIterator<Item = T>,
    key: impl Fn(T) -> K,
) -> Vec<(K, Vec<T>)> {
    let mut groups: Vec<(K, Vec<T>)> = Vec::new();
    let mut places: HashMap<K, usize> = HashMap::new();
    for item in items {
        let of = key(item);
        let place = *places.entry(of.clone()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, members)) => members.push(item),
            None => groups.push((of, vec![item])),
        }
    }
    groups
}

/// The same, the largest group first.
pub(super) fn by_size<T: Copy, K: Clone + Eq + Hash>(
    items: impl IntoIterator<Item = T>,
    key: impl Fn(T) -> K,
) -> Vec<(K, Vec<T>)> {
    let mut groups = by(items, key);
    groups.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_keep_the_order_in_which_they_come() {
        let parity = |number: i32| number % 3;
        let groups = by([4, 2, 5, 1, 8], parity);
        assert_eq!(groups, [(1, vec![4, 1]), (2, vec![2, 5, 8])]);
        let groups = by_size([4, 2, 5, 1, 8, 3], parity);
        assert_eq!(groups, [(2, vec![2, 5, 8]), (1, vec![4, 1]), (0, vec![3])]);
    }
}
