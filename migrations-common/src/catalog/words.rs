//! A difference in words: `column plan.price is numeric(10,2), expected numeric(12,2)`.

mod lists;

use std::fmt;

use serde_json::Value;

use super::compare::{Change, Difference, Sides};

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind.as_str(), self.key.as_str()) {
            (kind, "") => write!(f, "the {kind}")?,
            ("other", key) => f.write_str(key)?,
            (kind, key) => write!(f, "{kind} {key}")?,
        }
        let is = match self.kind.as_str() {
            "default privileges" => "are",
            _ => "is",
        };
        match &self.change {
            Change::Missing => write!(f, " {is} missing"),
            Change::Extra => write!(f, " {is} not expected"),
            Change::Changed(attributes) => {
                let mut separator = "";
                for (name, sides) in attributes {
                    for phrase in phrases(&self.kind, name, sides) {
                        match (phrase, separator) {
                            (Phrase::Verb(words), "") => write!(f, " {words}")?,
                            (Phrase::Clause(words), "") => write!(f, ": {words}")?,
                            (Phrase::Verb(words) | Phrase::Clause(words), _) => {
                                write!(f, "{separator}{words}")?;
                            }
                        }
                        separator = "; ";
                    }
                }
                if separator.is_empty() {
                    f.write_str(" differs")?;
                }
                Ok(())
            }
        }
    }
}

/// What is said of one attribute.
#[derive(Debug, PartialEq, Eq)]
enum Phrase {
    /// Goes on after the name of the thing: `is text, expected integer`.
    Verb(String),
    /// Stands on its own: `body differs`.
    Clause(String),
}

fn phrases(kind: &str, name: &str, sides: &Sides) -> Vec<Phrase> {
    let phrase = match (kind, name) {
        (_, "privileges") => return lists::privileges(kind, sides),
        ("enum", "labels") => return lists::labels(sides),
        // `owned_by` says it.
        ("sequence", "of") => return Vec::new(),
        _ if is_flag(sides) => flag(kind, name, sides),
        (_, "body") => Phrase::Clause("body differs".to_owned()),
        (_, "not_null") => verb(sides, "is", "nullable"),
        (_, "default") => has(sides, "default", ""),
        (_, "comment") => has(sides, "comment", "'"),
        ("column", "identity") => generated("as identity", sides),
        ("column", "generated") => generated("", sides),
        (_, "owner") => verb(sides, "belongs to", "the schema's owner"),
        (_, "owned_by") => verb(sides, "is owned by", "none"),
        (_, "position") => verb(sides, "is at position", "none"),
        (_, "of") => verb(sides, "is on", "none"),
        (_, "inherits") => verb(sides, "inherits from", "nothing"),
        (_, "attached_to") => verb(sides, "is attached to", "none"),
        (_, "depends_on_extension") => verb(sides, "depends on extension", "none"),
        (_, "persistence") => verb(sides, "is", "permanent"),
        (_, "enabled") => enabled(sides),
        (_, "type") => verb(sides, "is", "none"),
        ("constraint" | "domain constraint" | "index" | "trigger", "definition") => {
            verb(sides, "is", "none")
        }
        _ => noun(name, sides),
    };
    vec![phrase]
}

/// Flags that a thing *is*; of the others it is said that they are on or off.
const ADJECTIVES: [&str; 13] = [
    "clustered",
    "default",
    "disabled",
    "inherited",
    "invalid",
    "leakproof",
    "nondeterministic",
    "preferred",
    "restrictive",
    "security_definer",
    "strict",
    "trusted",
    "unique",
];

/// Attributes whose absence means a default, not that there is none.
const DEFAULTS: [&str; 8] = [
    "access_method",
    "collation",
    "compression",
    "replica_identity",
    "statistics_target",
    "storage",
    "tablespace",
    "target",
];

/// `is unique, expected not unique`; `row security is off, expected on`.
fn flag(kind: &str, name: &str, sides: &Sides) -> Phrase {
    let words = words(name);
    let is_set = |value: &Option<Value>| *value == Some(Value::Bool(true));
    let (left, right) = (is_set(&sides.left), is_set(&sides.right));
    let opposite = match (kind, name) {
        ("index", "invalid") => "valid".to_owned(),
        (_, "disabled") => "enabled".to_owned(),
        _ => format!("not {words}"),
    };
    if ADJECTIVES.contains(&name) {
        let say = |set| if set { &words } else { &opposite };
        return compared("is", say(left), say(right));
    }
    let say = |set| if set { "on" } else { "off" };
    Phrase::Clause(format!("{words} is {}, expected {}", say(right), say(left)))
}

fn verb(sides: &Sides, verb: &str, none: &str) -> Phrase {
    let say = |value: &Option<Value>| text(value.as_ref(), none);
    compared(verb, &say(&sides.left), &say(&sides.right))
}

fn compared(verb: &str, left: &str, right: &str) -> Phrase {
    if are_short(left, right) {
        Phrase::Verb(format!("{verb} {right}, expected {left}"))
    } else {
        Phrase::Clause("definition differs".to_owned())
    }
}

/// `has no default, expected 0`; `quote` goes around the values.
fn has(sides: &Sides, noun: &str, quote: &str) -> Phrase {
    let say = |value: &Value| format!("{quote}{}{quote}", text(Some(value), ""));
    let (left, right) = (sides.left.as_ref().map(say), sides.right.as_ref().map(say));
    let none = String::new();
    if !are_short(
        left.as_ref().unwrap_or(&none),
        right.as_ref().unwrap_or(&none),
    ) {
        return Phrase::Clause(format!("{noun} differs"));
    }
    let expected = left.unwrap_or_else(|| "none".to_owned());
    Phrase::Verb(match right {
        None => format!("has no {noun}, expected {expected}"),
        Some(right) => format!("has {noun} {right}, expected {expected}"),
    })
}

/// Of a column that the server fills.
fn generated(what: &str, sides: &Sides) -> Phrase {
    let say = |value: &Option<Value>| match value {
        None => "not generated".to_owned(),
        value if what.is_empty() => format!("generated as {}", text(value.as_ref(), "")),
        value => format!("generated {} {what}", text(value.as_ref(), "")),
    };
    compared("is", &say(&sides.left), &say(&sides.right))
}

fn enabled(sides: &Sides) -> Phrase {
    let say = |value: &Option<Value>| match value.as_ref().and_then(Value::as_str) {
        None => "enabled".to_owned(),
        Some("no") => "disabled".to_owned(),
        Some(when) => format!("enabled {when}"),
    };
    compared("is", &say(&sides.left), &say(&sides.right))
}

/// `storage is external, expected default`; of a value that is long only that it differs.
fn noun(name: &str, sides: &Sides) -> Phrase {
    let is_plural = name.ends_with('s') && !name.ends_with("ss");
    let (is, differs) = if is_plural {
        ("are", "differ")
    } else {
        ("is", "differs")
    };
    let noun = words(name);
    let words = lists::noun(is_plural, sides).unwrap_or_else(|| {
        let none = if DEFAULTS.contains(&name) {
            "default"
        } else {
            "none"
        };
        let say = |value: &Option<Value>| text(value.as_ref(), none);
        format!("{is} {}, expected {}", say(&sides.right), say(&sides.left))
    });
    Phrase::Clause(if are_short(&words, "") {
        format!("{noun} {words}")
    } else {
        format!("{noun} {differs}")
    })
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

fn is_flag(sides: &Sides) -> bool {
    [&sides.left, &sides.right]
        .into_iter()
        .flatten()
        .all(Value::is_boolean)
}

fn text(value: Option<&Value>, none: &str) -> String {
    match value {
        None | Some(Value::Null) => none.to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => {
            let items: Vec<String> = items.iter().map(|item| text(Some(item), "none")).collect();
            items.join(", ")
        }
        Some(value) => value.to_string(),
    }
}

/// Characters of a value that is still shown.
const SHORT: usize = 160;

fn are_short(left: &str, right: &str) -> bool {
    let is_short = |text: &str| text.chars().count() <= SHORT && !text.contains('\n');
    is_short(left) && is_short(right)
}
