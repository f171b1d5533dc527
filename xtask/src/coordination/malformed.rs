//! Files that `migrate` would refuse: what cannot run cannot be compared either.

use migrations_common::app::App;
use migrations_common::cli::report::Finding;
use migrations_common::prepare;

use super::landscape::{NewScripts, place_of};
use super::proof::scope;
use crate::new_migrations::Origin;

/// A placeholder may get its value on the command line, which nobody knows here.
const MAY_BE_GIVEN: &str = "placeholder";

/// A finding for each misnamed or unreadable file, and for all that is wrong with a new one.
pub(super) fn findings(apps: &[App], scripts: &[NewScripts<'_>]) -> Vec<Finding> {
    let mut found = Vec::new();
    for series in apps.iter().flat_map(|app| &app.series) {
        let problems = series.problems.iter().map(|malformed| malformed.0.clone());
        found.extend(
            problems.map(|problem| Finding::error(problem).of(&series.app, &place_of(series))),
        );
    }
    for one in (scripts.iter()).filter(|one| one.series.origin == Origin::Here) {
        let series = &one.series.series;
        let app = apps.iter().find(|app| app.name == series.app);
        let scope = scope(series, app);
        let allowed = series.allowed_schemas();
        for migration in &one.series.new {
            let prepared = prepare::up(migration, &scope.values, allowed.as_ref());
            let problems = prepared.err().into_iter().flatten();
            let problems = problems.filter(|problem| problem.code != MAY_BE_GIVEN);
            found.extend(
                problems.map(|problem| Finding::error(problem).of(&series.app, &one.place)),
            );
        }
    }
    found
}
