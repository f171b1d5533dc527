//! Lists of which it is said what is in one and not in the other.

use serde_json::Value;

use super::{Phrase, text};
use crate::catalog::compare::Sides;

/// Privileges, one by one: `does not grant SELECT to app_ro`.
pub(super) fn privileges(kind: &str, sides: &Sides) -> Vec<Phrase> {
    let (does, grants) = match kind {
        "default privileges" => ("do", "grant"),
        _ => ("does", "grants"),
    };
    let (left, right) = (items(sides.left.as_ref()), items(sides.right.as_ref()));
    let only = |these: &[String], those: &[String]| {
        let only = these.iter().filter(|privilege| !those.contains(privilege));
        let only: Vec<String> = only
            .map(|privilege| privilege.replace("<owner>", "its owner"))
            .collect();
        (!only.is_empty()).then(|| only.join(", "))
    };
    let lacking = only(&left, &right).map(|words| format!("{does} not grant {words}"));
    let more = only(&right, &left).map(|words| format!("{grants} {words}, which is not expected"));
    lacking.into_iter().chain(more).map(Phrase::Verb).collect()
}

/// An enum's labels: those that only one side has, and whether the others are in another order.
pub(super) fn labels(sides: &Sides) -> Vec<Phrase> {
    let (left, right) = (items(sides.left.as_ref()), items(sides.right.as_ref()));
    let lacking: Vec<&String> = left.iter().filter(|label| !right.contains(label)).collect();
    let more: Vec<&String> = right.iter().filter(|label| !left.contains(label)).collect();
    let common_left = left.iter().filter(|label| right.contains(label));
    let common_right = right.iter().filter(|label| left.contains(label));
    let mut phrases = Vec::new();
    if !lacking.is_empty() {
        phrases.push(format!("lacks the label {}", quoted(&lacking)));
    }
    if !more.is_empty() {
        phrases.push(format!(
            "has the label {}, which is not expected",
            quoted(&more)
        ));
    }
    if !common_left.eq(common_right) {
        let all = |labels: &[String]| quoted(&labels.iter().collect::<Vec<_>>());
        phrases.push(format!(
            "has its labels in the order {}, expected {}",
            all(&right),
            all(&left)
        ));
    }
    phrases.into_iter().map(Phrase::Verb).collect()
}

fn quoted(labels: &[&String]) -> String {
    let labels: Vec<String> = labels.iter().map(|label| format!("'{label}'")).collect();
    labels.join(", ")
}

/// Of lists what is in one alone: `lack fillfactor=85`. None if they are no lists, or one of them is not there.
pub(super) fn noun(is_plural: bool, sides: &Sides) -> Option<String> {
    let (left, right) = (sides.left.as_ref()?, sides.right.as_ref()?);
    if ![left, right]
        .iter()
        .all(|value| value.is_array() || value.is_object())
    {
        return None;
    }
    let (left, right) = (items(Some(left)), items(Some(right)));
    let only = |these: &[String], those: &[String]| {
        let only = these.iter().filter(|item| !those.contains(item));
        only.cloned().collect::<Vec<_>>().join(", ")
    };
    let (lacking, more) = (only(&left, &right), only(&right, &left));
    let (is, lacks, has) = if is_plural {
        ("are", "lack", "have")
    } else {
        ("is", "lacks", "has")
    };
    Some(match (lacking.as_str(), more.as_str()) {
        ("", "") => format!("{is} {}, expected {}", right.join(", "), left.join(", ")),
        ("", more) => format!("{has} {more}, which is not expected"),
        (lacking, "") => format!("{lacks} {lacking}"),
        (lacking, more) => format!("{is} {more}, expected {lacking}"),
    })
}

/// A list's items as text; of an object, each name with its value.
fn items(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => items.iter().map(|item| text(Some(item), "none")).collect(),
        Some(Value::Object(entries)) => entries
            .iter()
            .map(|(name, value)| format!("{name} {}", text(Some(value), "none")))
            .collect(),
        _ => Vec::new(),
    }
}
