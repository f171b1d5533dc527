//! What those that were asked for may need of others, and what others need of them.

use super::{Asked, Resolved, of_series};
use crate::app::{App, Series};
use crate::requirement;
use crate::tenants::Selection;

/// All other targets in the environment that something of `apps` may require, or that may require something of
/// `resolved`, as far as they can be resolved: where requirements are looked up.
///
/// Of a series with tenants it is those of the selection, unless something requires it that has no tenants itself: that
/// requires it of all of them.
pub(in crate::cli) fn others(asked: Asked<'_>, apps: &[&App], resolved: &Resolved) -> Resolved {
    let known = asked.runtime.series();
    let place = asked.place;
    let is_own =
        |series: &Series| apps.iter().any(|app| app.name == series.app) && place.means(series);
    let own = || known.iter().filter(|series| is_own(series));
    let alone = own().filter(|series| !series.is_fleet());
    let required = requirement::closure(own().flat_map(|series| &series.migrations), &known);
    let required_of_all = requirement::closure(alone.flat_map(|series| &series.migrations), &known);
    let depends = |series: &Series| {
        let migrations = series.migrations.iter();
        let mut wanted = migrations.flat_map(|m| &m.directives.requires);
        wanted.any(|wanted| {
            let mut targets = resolved.targets.iter();
            targets.any(|target| requirement::means(&wanted.series, &target.series))
        })
    };
    let selection = place.selection();
    let mut others = Resolved::default();
    for app in &asked.runtime.apps {
        for series in &app.series {
            let of_all = series.is_fleet() && required_of_all.contains_key(&series.name());
            let is_own = is_own(series);
            let needed = if is_own {
                of_all && selection != Selection::default()
            } else {
                required.contains_key(&series.name())
                    || depends(series)
                    || resolved.series().any(|asked| series.comes_before(asked))
            };
            // With a URL from the command line, the databases that apps share are there too, and no others.
            let shares = resolved.targets.iter().any(|t| {
                t.series.config.shared == series.config.shared && series.config.shared.is_some()
            });
            if !needed || (place.database_url.is_some() && !shares) {
                continue;
            }
            let everybody = Selection::default();
            let chosen = if of_all { &everybody } else { &selection };
            let Ok((mut found, _)) = of_series(asked, app, series, chosen) else {
                continue;
            };
            if is_own {
                found
                    .targets
                    .retain(|target| !selection.includes(target.name()));
            }
            others.add(found);
        }
    }
    others
}
