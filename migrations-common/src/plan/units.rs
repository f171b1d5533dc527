//! What is pending, cut into units: what each transaction holds.

use std::collections::HashSet;

use crate::config::Granularity;
use crate::prepare::Prepared;

/// Migrations that run and are recorded together.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Never empty.
    pub migrations: Vec<Prepared>,
    /// Whether it runs in a transaction; if not, it is one migration.
    pub transactional: bool,
}

/// Cuts `pending` into units.
///
/// A cut is made around a no-transaction file; around a file with `only-if`, whose answer is known only then; after
/// a file that adds an enum value, which is usable only after a commit (55P04); between NOT VALID and its VALIDATE,
/// or the lock of the first would be held through the scan of the second; before `commit-before`.
pub fn cut(pending: Vec<Prepared>, granularity: Granularity) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut closed = true;
    let mut not_valid: HashSet<String> = HashSet::new();
    for prepared in pending {
        let traits = &prepared.traits;
        let transactional = !prepared.directives.no_transaction;
        let alone =
            !transactional || prepared.only_if.is_some() || granularity == Granularity::Migration;
        let cut_before = closed
            || alone
            || prepared.directives.commit_before
            || traits.validates.iter().any(|c| not_valid.contains(c));
        if cut_before {
            not_valid.clear();
        }
        not_valid.extend(traits.not_valid.iter().cloned());
        closed = alone || traits.adds_enum_value;
        match units.last_mut().filter(|_| !cut_before) {
            Some(unit) => unit.migrations.push(prepared),
            None => units.push(Unit {
                transactional,
                migrations: vec![prepared],
            }),
        }
    }
    units
}
