//! Whether two effects were settled: by an order, by an agreement, or because they concern nobody else.

use migrations_common::app::Series;
use migrations_common::requirement::means;
use migrations_effects::verdict::{Side, Verdict};

use super::landscape::NewScripts;
use super::meeting::Pair;
use super::ownership::Standing;
use super::words::label;
use crate::new_migrations::Origin;

/// Whether nothing is left to talk about between an effect of `a` and one of `b`, on an object of that `standing`.
pub(super) fn is_settled(
    a: &NewScripts<'_>,
    b: &NewScripts<'_>,
    pair: &Pair,
    standing: &Standing<'_>,
) -> bool {
    let of_one_app = a.series.series.app == b.series.series.app;
    match pair.verdict {
        Verdict::Contradictory => return false,
        // What commutes concerns nobody but those who share a table.
        Verdict::Commutes if of_one_app || !matches!(standing, Standing::Shared(_)) => return true,
        // Of one app, what is on the base runs first: its version is lower, or `out-of-order` says so.
        Verdict::Order if of_one_app && b.series.origin == Origin::Base => {
            return pair.first != Some(Side::A);
        }
        _ => {}
    }
    let agreed = match standing {
        Standing::Shared(model) => model.agrees_to(&[label(a, pair.a), label(b, pair.b)]),
        _ => false,
    };
    let a_first = || is_ordered((b, pair.b), (a, pair.a));
    let b_first = || is_ordered((a, pair.a), (b, pair.b));
    let ordered = || match (pair.verdict, pair.first) {
        (Verdict::Unknown, _) => false,
        (_, Some(Side::A)) => a_first(),
        (_, Some(Side::B)) => b_first(),
        (_, None) => a_first() || b_first(),
    };
    agreed || ordered()
}

/// Whether the migration of one effect runs after that of the other.
fn is_ordered(
    (later, at): (&NewScripts<'_>, usize),
    (first, to): (&NewScripts<'_>, usize),
) -> bool {
    match (later.migration(at), first.migration(to)) {
        (Some(later_one), Some(first_one)) => runs_after(
            (&later.series.series, later_one.version),
            (&first.series.series, first_one.version),
        ),
        _ => false,
    }
}

/// Whether a migration of one series runs after one of another series, because it or one before it requires so.
pub(super) fn runs_after((later, version): (&Series, i64), (first, least): (&Series, i64)) -> bool {
    (later.migrations.iter())
        .filter(|migration| migration.version <= version)
        .flat_map(|migration| &migration.directives.requires)
        .any(|required| means(&required.series, first) && required.version >= least)
}
