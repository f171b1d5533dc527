//! Facts: what there is, one by one.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;
use sha2::{Digest, Sha256};

/// One thing of a schema: `("column", "users.email", {type: text, …})`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is: `table`, `column`, `index`, …, and `other` for what has no kind of its own.
    pub kind: String,
    /// Its name, unique among its kind and quoted as SQL wants it. Of what hangs on a table, the table's name and its own.
    pub key: String,
    /// Only what is set: an attribute that has its default is not here. `of` names the table, type or domain that it hangs on.
    pub attributes: BTreeMap<String, Value>,
}

/// The facts of one schema, or of a database as a whole, ordered by kind and key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(Vec<Fact>);

impl Facts {
    /// All of them, in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, Fact> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none: the schema does not exist.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fact of this kind and key.
    pub fn get(&self, kind: &str, key: &str) -> Option<&Fact> {
        let name = (kind, key);
        let index = self.0.binary_search_by(|fact| fact.name().cmp(&name));
        self.0.get(index.ok()?)
    }

    /// The same without the positions of columns, and of a type's attributes: two series that each add a column always differ in them.
    ///
    /// Only positions differ where this is equal on both sides and the facts are not.
    #[must_use]
    pub fn without_column_positions(&self) -> Facts {
        self.without("position")
    }

    /// The same without one attribute of all facts; without `owner`, say, where the two sides have other roles.
    #[must_use]
    pub fn without(&self, attribute: &str) -> Facts {
        let mut facts = self.clone();
        for fact in &mut facts.0 {
            fact.attributes.remove(attribute);
        }
        facts
    }
}

impl Fact {
    /// The attribute, if it is a text.
    pub fn text(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute)?.as_str()
    }

    pub(super) fn name(&self) -> (&str, &str) {
        (&self.kind, &self.key)
    }
}

impl FromIterator<Fact> for Facts {
    fn from_iter<T: IntoIterator<Item = Fact>>(facts: T) -> Self {
        let mut facts: Vec<Fact> = facts.into_iter().collect();
        facts.sort_by(|a, b| a.name().cmp(&b.name()));
        Facts(facts)
    }
}

impl<'a> IntoIterator for &'a Facts {
    type Item = &'a Fact;
    type IntoIter = std::slice::Iter<'a, Fact>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A digest of facts: equal for equal facts, whenever and wherever they are read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

/// The digest of `facts`: SHA-256 over each part with its length before it, so that no two facts run into each other.
pub fn fingerprint(facts: &Facts) -> Fingerprint {
    let mut digest = Sha256::new();
    let mut part = |text: &str| {
        digest.update(format!("{} {text}", text.len()));
    };
    for fact in facts {
        part(&fact.kind);
        part(&fact.key);
        part(&fact.attributes.len().to_string());
        for (attribute, value) in &fact.attributes {
            part(attribute);
            part(&value.to_string());
        }
    }
    Fingerprint(digest.finalize().into())
}

/// 64 hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fact(kind: &str, key: &str, attributes: Value) -> Fact {
        let attributes = match attributes {
            Value::Object(attributes) => attributes.into_iter().collect(),
            _ => BTreeMap::new(),
        };
        Fact {
            kind: kind.to_owned(),
            key: key.to_owned(),
            attributes,
        }
    }

    #[test]
    fn facts_are_found_in_whatever_order_they_came() {
        let facts: Facts = [
            ("table", "b"),
            ("column", "a.x"),
            ("table", "a"),
            ("column", "b.x"),
        ]
        .into_iter()
        .map(|(kind, key)| fact(kind, key, json!({"is": format!("{kind} {key}")})))
        .collect();
        let names: Vec<_> = facts.iter().map(Fact::name).collect();
        assert_eq!(
            names,
            [
                ("column", "a.x"),
                ("column", "b.x"),
                ("table", "a"),
                ("table", "b")
            ]
        );
        assert_eq!(
            facts.get("table", "a").and_then(|fact| fact.text("is")),
            Some("table a")
        );
        assert_eq!(facts.get("table", "c"), None);
        assert_eq!(facts.get("view", "a"), None);
    }

    #[test]
    fn other_facts_have_another_fingerprint() {
        let sets = [
            vec![],
            vec![fact("table", "a", json!({}))],
            vec![fact("tablea", "", json!({}))],
            vec![fact("table", "b", json!({}))],
            vec![fact("table", "a", json!({"owner": "a"}))],
            vec![fact("table", "a", json!({"owner": "b"}))],
            vec![fact("table", "a", json!({"owner": ["b"]}))],
            vec![fact("table", "a", json!({"owner": true}))],
            vec![fact("table", "a", json!({"owner": "true"}))],
            vec![fact("table", "a", json!({})), fact("table", "b", json!({}))],
            vec![fact("table", "a", json!({"table": "b"}))],
        ];
        let mut seen: Vec<Fingerprint> = sets
            .into_iter()
            .map(|facts| fingerprint(&facts.into_iter().collect()))
            .collect();
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), all);
    }

    /// It may be kept, so it has to stay the same from one version of this program to the next.
    #[test]
    fn a_fingerprint_is_stable() {
        let facts: Facts = [
            fact(
                "table",
                "a",
                json!({"options": ["fillfactor=70"], "row_security": true}),
            ),
            fact(
                "column",
                "a.id",
                json!({"of": "a", "position": 1, "type": "bigint"}),
            ),
        ]
        .into_iter()
        .collect();
        assert_eq!(
            fingerprint(&facts).to_string(),
            "546776bc0526189bd9f2c0f3d34c162fdb7ba367f8d5e8d28c9416e2e7c33827"
        );
    }
}
