//! What a partition, or a child, has from its parent differs with it.

use std::collections::HashMap;

use serde_json::Value;

use super::{Change, Difference};
use crate::catalog::facts::{Fact, Facts};

/// `differences` without those that a parent's say: the same change of the same column, constraint or index.
pub(super) fn without(
    differences: Vec<Difference>,
    left: &Facts,
    right: &Facts,
) -> Vec<Difference> {
    let changes: HashMap<(&str, &str), &Change> = differences
        .iter()
        .map(|difference| {
            (
                (difference.kind.as_str(), difference.key.as_str()),
                &difference.change,
            )
        })
        .collect();
    let follows: Vec<bool> = differences
        .iter()
        .map(|difference| {
            let (kind, key) = (difference.kind.as_str(), difference.key.as_str());
            let fact = right.get(kind, key).or_else(|| left.get(kind, key));
            let parents = fact.map_or_else(Vec::new, |fact| parents(fact, left, right));
            let says = |parent: &String| changes.get(&(kind, parent)) == Some(&&difference.change);
            parents.iter().any(says)
        })
        .collect();
    let kept = differences
        .into_iter()
        .zip(follows)
        .filter(|(_, follows)| !follows);
    kept.map(|(difference, _)| difference).collect()
}

/// The keys of what `fact` is a part or a copy of.
fn parents(fact: &Fact, left: &Facts, right: &Facts) -> Vec<String> {
    if let Some(index) = fact.text("attached_to") {
        return vec![index.to_owned()];
    }
    let table = fact
        .text("of")
        .filter(|_| fact.attributes.contains_key("inherited"));
    let Some((table, name)) = table.and_then(|of| Some((of, fact.key.strip_prefix(of)?))) else {
        return Vec::new();
    };
    let table = right
        .get("table", table)
        .or_else(|| left.get("table", table));
    let inherits = table.and_then(|table| table.attributes.get("inherits")?.as_array());
    let parents = inherits.into_iter().flatten().filter_map(Value::as_str);
    parents.map(|parent| format!("{parent}{name}")).collect()
}
