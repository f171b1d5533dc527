//! Two effects, one verdict.

use super::matrix::{self, Row};
use super::position::{Position, position};
use super::{Side, Verdict};
use crate::effect::{Action, Attribute, Certainty, Effect, Need, Object, Part};

/// What the table says of two effects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// The verdict.
    pub verdict: Verdict,
    /// Who should come first, if one order works better than the other.
    pub first: Option<Side>,
    /// Why: a sentence with `{one}`, `{other}` for the two sides.
    why: String,
    /// Who `{one}` is.
    one: Side,
}

impl Ruling {
    /// Why, in words, with what the two sides are called: `app1 renames users.name, and app2 uses it`.
    pub fn words(&self, a: &str, b: &str) -> String {
        let (one, other) = match self.one {
            Side::A => (a, b),
            Side::B => (b, a),
        };
        self.why.replace("{one}", one).replace("{other}", other)
    }
}

/// What the table says of two effects that do not commute; none if they do, or if their objects have nothing to do with
/// each other.
pub(super) fn disputed(a: &Effect, b: &Effect) -> Option<Ruling> {
    if is_idle(a, b) || is_idle(b, a) {
        return None;
    }
    let from_a = position(&a.object, &b.object).map(|place| (place, Side::A));
    let from_b = position(&b.object, &a.object).map(|place| (place, Side::B));
    let (place, outer) = from_a.or(from_b)?;
    // Both of one kind: either may be the `one` of a row.
    let orders: &[Side] = match place {
        Position::Same | Position::Beside => &[Side::A, Side::B],
        _ => match outer {
            Side::A => &[Side::A],
            Side::B => &[Side::B],
        },
    };
    let found = (matrix::ROWS.iter())
        .filter(|row| row.position == place)
        .find_map(|row| {
            let one = orders.iter().find(|side| match side {
                Side::A => row.is_about(a, b),
                Side::B => row.is_about(b, a),
            });
            Some((row, *one?))
        });
    let (row, one) = found.unwrap_or((&matrix::OTHERWISE, Side::A));
    (row.verdict != Verdict::Commutes).then(|| ruling(row, one, a, b))
}

/// Whether `late` stands in the body of a function and does not mind `other`: by the time that it runs, both are done. What it
/// finds under the names it knows is another matter.
fn is_idle(late: &Effect, other: &Effect) -> bool {
    if late.certainty != Certainty::Late {
        return false;
    }
    let is_name = match &other.object {
        Object::Part(_, Part::Column(_) | Part::Rows) => true,
        // A body names no index or trigger, but it may infer a key.
        Object::Part(..) => late.object == other.object || late.action == Action::Need(Need::Key),
        _ => true,
    };
    let changes = match &other.action {
        Action::Create { .. }
        | Action::Drop { .. }
        | Action::Rename { .. }
        | Action::Move { .. } => true,
        Action::Set { attribute, .. } => {
            matches!(attribute, Attribute::Type | Attribute::Labels)
        }
        _ => false,
    };
    !(is_name && changes)
}

fn is_made(effect: &Effect) -> bool {
    matches!(effect.action, Action::Create { .. })
}

fn ruling(row: &Row, one: Side, a: &Effect, b: &Effect) -> Ruling {
    let (first, second) = match one {
        Side::A => (a, b),
        Side::B => (b, a),
    };
    let mut why = row
        .why
        .replace("{object}", &first.object.quoted())
        .replace("{part}", &second.object.quoted());
    if let Action::Set { attribute, .. } = &first.action {
        why = why.replace("{attribute}", &attribute.to_string());
    }
    let certainty = a.certainty.max(b.certainty);
    let verdict = match (row.verdict, certainty) {
        (Verdict::Commutes, _) | (_, Certainty::Certain) => row.verdict,
        (verdict, Certainty::Conditional) => {
            why.push_str("; whether it comes to that depends on a condition");
            // What may not happen at all is neither an order that helps nor a contradiction for sure.
            verdict.clamp(Verdict::Order, Verdict::Unknown)
        }
        (Verdict::Order, Certainty::Late) if is_made(a) || is_made(b) => row.verdict,
        (_, Certainty::Late) => {
            why.push_str("; a function's body is looked up only when it runs");
            Verdict::Unknown
        }
    };
    Ruling {
        verdict,
        first: row.first.map(|ones| if ones { one } else { one.other() }),
        why,
        one,
    }
}
