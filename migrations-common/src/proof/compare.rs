//! What two orders left that both worked.

use std::collections::BTreeSet;

use postgres::Client;

use super::judge::Applied;
use super::order::refused;
use super::picture::Compared;
use super::script::Script;
use super::{DataVerdict, Outcome};
use crate::connect::ServerError;
use crate::problem::Problem;
use crate::shadow::{ContentDifference, Shadow};

/// The verdict on `a` then `b`, which left `forth`, and the reverse, which left `back`.
pub(super) fn compare(
    shadow: &mut Shadow,
    a: &Script<'_>,
    b: &Script<'_>,
    mut forth: Applied,
    mut back: Applied,
) -> Result<(Outcome, DataVerdict), Problem> {
    let Compared {
        mut differences,
        positions,
    } = forth.picture.compare(&back.picture);
    let differing = forth.content.differing(&back.content);
    if differences.is_empty() && differing.is_empty() {
        let outcome = Outcome::Equal { ignored: positions };
        return Ok((outcome, rows_verdict(&forth, &back)));
    }
    let mut content = Vec::new();
    let mut unstable = Unstable::default();
    match Applied::of(shadow, a, b)? {
        Ok(mut again) => {
            unstable.facts = !forth.picture.compare(&again.picture).differences.is_empty();
            unstable.names = forth.content.differing(&again.content);
            for name in &differing {
                let found = difference(name, &unstable, &mut forth, &mut back, &mut again);
                content.extend(found.map_err(refused)?);
            }
        }
        // It worked before.
        Err(_) => unstable.facts = true,
    }
    if unstable.facts {
        differences.clear();
    }
    let data = if unstable.names.is_empty() {
        rows_verdict(&forth, &back)
    } else {
        DataVerdict::Unproven {
            tables: unstable.names.clone(),
            why: "running the same order twice leaves different rows".to_owned(),
        }
    };
    let outcome = if differences.is_empty() && content.is_empty() {
        let why = unstable.words();
        Outcome::Unproven { why, place: None }
    } else {
        Outcome::Different {
            differences,
            content,
        }
    };
    Ok((outcome, data))
}

/// What differs whenever one of the orders runs: a time of the clock, something random.
#[derive(Default)]
struct Unstable {
    facts: bool,
    /// Tables and sequences.
    names: Vec<String>,
}

impl Unstable {
    fn words(&self) -> String {
        if self.names.is_empty() {
            "running the same order twice leaves different schemas".to_owned()
        } else {
            format!(
                "running the same order twice leaves different rows: {}",
                self.names.join(", ")
            )
        }
    }
}

/// How the table or sequence `name` differs between the orders, apart from what differs whenever one of them runs.
fn difference(
    name: &str,
    unstable: &Unstable,
    forth: &mut Applied,
    back: &mut Applied,
    again: &mut Applied,
) -> Result<Option<ContentDifference>, ServerError> {
    if !unstable.names.iter().any(|one| one == name) {
        let clients: [&mut Client; 2] = [&mut forth.reader, &mut back.reader];
        return forth
            .content
            .explain(&back.content, name, clients)
            .map(Some);
    }
    let columns = forth
        .content
        .stable_columns(name, [&mut forth.reader, &mut again.reader])?;
    if columns.is_empty() {
        return Ok(None);
    }
    ContentDifference::in_columns(name, &columns, [&mut forth.reader, &mut back.reader])
}

/// Whether equal content proves something: a statement that found no row to change would leave equal content in any
/// order.
fn rows_verdict(forth: &Applied, back: &Applied) -> DataVerdict {
    let (mut a, mut b) = (forth.first.clone(), forth.second.clone());
    a.merge(back.second.clone());
    b.merge(back.first.clone());
    if !(a.is_about_rows() || b.is_about_rows() || a.uses_sequence || b.uses_sequence) {
        return DataVerdict::NotTouched;
    }
    let mut tables = BTreeSet::new();
    let mut unknown = false;
    for (one, other) in [(&a, &b), (&b, &a)] {
        let found_none = one
            .idle
            .iter()
            .filter(|table| !one.written.contains_key(*table) && other.meets(table));
        tables.extend(found_none.cloned());
        if !one.idle_files.is_empty() {
            let both: Vec<&String> = one.locked.intersection(&other.locked).collect();
            unknown |= !both.is_empty() || one.locks_unknown || other.locks_unknown;
            tables.extend(both.into_iter().cloned());
        }
    }
    if tables.is_empty() && !unknown {
        return DataVerdict::Compared {
            tables: forth.content.tables(),
            rows: forth.content.rows(),
        };
    }
    DataVerdict::Unproven {
        tables: tables.into_iter().collect(),
        why: "the base has no rows there that the changes touch".to_owned(),
    }
}
