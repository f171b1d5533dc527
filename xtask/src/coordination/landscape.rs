//! What is there: which migration makes which object, read from those files that name what the new ones touch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use migrations_common::app::{App, Series};
use migrations_common::config::Layout;
use migrations_common::migration::Migration;
use migrations_common::track::Track;
use migrations_effects::{Action, Effect, Known, Name, Object, Script, Surroundings, read_all};
use rayon::prelude::*;

use super::landed::Landed;
use crate::new_migrations::NewSeries;

/// How often files are looked through again for names that the last look brought up: an index leads to its table, that to
/// its partitions.
const LOOKS: usize = 8;

/// A schema's name and that of an object in it.
type Key = (String, String);

/// Databases, as apps meet in them.
#[derive(Debug, Default)]
pub(super) struct Landscape {
    places: BTreeMap<String, Place>,
}

/// One database.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// The apps that have migrations in it.
    pub(super) apps: BTreeSet<String>,
    /// Who makes what; the first is who made it first.
    makers: BTreeMap<Key, Vec<String>>,
    known: Known,
}

/// All that is new of one app on one database, at one place, with what it does.
#[derive(Debug)]
pub(super) struct NewScripts<'n> {
    /// Where it comes from.
    pub(super) series: &'n NewSeries,
    /// The database that it meets others in.
    pub(super) place: String,
    /// What it does, in order.
    pub(super) effects: Vec<Effect>,
    /// For each effect, which of [`NewSeries::new`] has it.
    pub(super) of: Vec<usize>,
}

/// The database that apps meet in: the shared one, else the app's own.
pub(super) fn place_of(series: &Series) -> String {
    match &series.config.shared {
        Some(shared) => shared.clone(),
        None => format!("{}/{}", series.app, series.config.name),
    }
}

impl Landscape {
    /// Reads what `new` does, and of the migrations of `apps` as much as it takes to understand that.
    pub(super) fn survey<'n>(
        apps: &[App],
        new: &'n [NewSeries],
    ) -> (Landscape, Vec<NewScripts<'n>>) {
        let mut scripts: Vec<Vec<Script>> = new
            .iter()
            .map(|one| read_series(&one.series, &one.new))
            .collect();
        let mut landed = Landed::of(apps, new);
        landed.read(names_in(
            scripts.iter().flatten().flat_map(|one| &one.effects),
        ));
        let mut looks = LOOKS;
        loop {
            looks = looks.saturating_sub(1);
            let mut landscape = Landscape::of(apps, &landed);
            let is_last = looks == 0 || landed.is_read();
            // What is new may be everything: two copies of that are not kept longer than it takes.
            let scripts = if is_last {
                std::mem::take(&mut scripts)
            } else {
                scripts.clone()
            };
            let settled = landscape.settle(new, scripts);
            let effects = settled.iter().flat_map(|one| &one.effects);
            if is_last || !landed.read(names_in(effects)) {
                return (landscape, settled);
            }
        }
    }

    /// What the migrations make that were read of what has landed.
    fn of(apps: &[App], landed: &Landed<'_>) -> Landscape {
        let mut landscape = Landscape::default();
        for series in apps.iter().flat_map(|app| &app.series) {
            let place = landscape.places.entry(place_of(series)).or_default();
            place.apps.insert(series.app.clone());
        }
        for (series, script) in landed.scripts() {
            let place = landscape.places.entry(place_of(series)).or_default();
            let mut script = script.clone();
            place.known.apply(&mut script);
            place.note_makers(&series.app, &script.effects);
        }
        landscape
    }

    /// What the new series do, each on what is known and on its own migrations before.
    fn settle<'n>(
        &mut self,
        new: &'n [NewSeries],
        scripts: Vec<Vec<Script>>,
    ) -> Vec<NewScripts<'n>> {
        let settled = new.par_iter().zip(scripts).map(|(series, scripts)| {
            let name = place_of(&series.series);
            let mut known = self
                .places
                .get(&name)
                .map(|place| place.known.clone())
                .unwrap_or_default();
            let mut one = NewScripts {
                series,
                place: name,
                effects: Vec::new(),
                of: Vec::new(),
            };
            for (index, mut script) in scripts.into_iter().enumerate() {
                known.apply(&mut script);
                one.of.extend(script.effects.iter().map(|_| index));
                one.effects.extend(script.effects);
            }
            // They stay until the end, and may be half a million.
            one.of.shrink_to_fit();
            one.effects.shrink_to_fit();
            one
        });
        let settled: Vec<NewScripts<'n>> = settled.collect();
        for one in &settled {
            let place = self.places.entry(one.place.clone()).or_default();
            place.note_makers(&one.series.series.app, &one.effects);
        }
        settled
    }

    /// The database that is called so.
    pub(super) fn place(&self, name: &str) -> Option<&Place> {
        self.places.get(name)
    }
}

impl NewScripts<'_> {
    /// The migration that has the effect `index`.
    pub(super) fn migration(&self, index: usize) -> Option<&Arc<Migration>> {
        self.of.get(index).and_then(|at| self.series.new.get(*at))
    }
}

impl Place {
    fn note_makers(&mut self, app: &str, effects: &[Effect]) {
        for effect in effects {
            let (
                Action::Create { definition, .. },
                Object::Relation(name) | Object::Type(name) | Object::Routine(name),
            ) = (&effect.action, &effect.object)
            else {
                continue;
            };
            for key in keys(name) {
                // Who renames a table does not come to own it.
                let former = definition.strip_prefix("renamed from ");
                let former =
                    former.and_then(|old| self.makers.get(&(key.0.clone(), old.to_owned())));
                let makers = former.cloned().unwrap_or_else(|| vec![app.to_owned()]);
                let known = self.makers.entry(key).or_default();
                known.extend(
                    makers
                        .into_iter()
                        .filter(|maker| !known.contains(maker))
                        .collect::<Vec<_>>(),
                );
            }
        }
    }

    /// The apps whose migrations make `name`, the first one first; none if no migration does.
    pub(super) fn makers(&self, name: &Name) -> &[String] {
        let found = keys(name).find_map(|key| self.makers.get(&key));
        found.map(Vec::as_slice).unwrap_or_default()
    }
}

/// A name in each schema that it may be in.
fn keys(name: &Name) -> impl Iterator<Item = Key> {
    (name.schemas.iter()).map(|schema| (schema.clone(), name.name.clone()))
}

fn names_in<'e>(effects: impl Iterator<Item = &'e Effect>) -> impl Iterator<Item = String> {
    (effects.filter_map(|effect| effect.object.name()))
        .map(|name| name.name.as_str())
        .filter(|name| !name.is_empty())
        .flat_map(|name| std::iter::once(name).chain(tables_of(name)))
        .map(str::to_owned)
}

/// The tables whose index or sequence PostgreSQL may have called so: `order_lines_id_seq` is of `order_lines`, and no text has
/// that name.
fn tables_of(name: &str) -> impl Iterator<Item = &str> {
    let numbered = name.trim_end_matches(|last: char| last.is_ascii_digit());
    let ends = ["_seq", "_idx", "_key", "_pkey", "_excl"];
    let stem = ends.iter().find_map(|end| numbered.strip_suffix(end));
    (stem.into_iter()).flat_map(|stem| {
        let cuts = stem.match_indices('_').filter_map(|(at, _)| stem.get(..at));
        cuts.chain([stem]).filter(|table| !table.is_empty())
    })
}

/// What `migrations` of `series` do, one by one.
pub(super) fn read_series<'m>(
    series: &Series,
    migrations: impl IntoIterator<Item = &'m Arc<Migration>>,
) -> Vec<Script> {
    let files: Vec<(&Series, &Migration)> = (migrations.into_iter())
        .map(|migration| (series, &**migration))
        .collect();
    read_files(&files)
}

/// What each of `files` does, a migration of a series.
pub(super) fn read_files(files: &[(&Series, &Migration)]) -> Vec<Script> {
    let surroundings: Vec<Surroundings> = (files.iter())
        .map(|(series, migration)| Surroundings {
            search_path: search_path(series),
            placeholders: migration.directives.placeholders,
        })
        .collect();
    let texts: Vec<(&str, &Surroundings)> = (files.iter().zip(&surroundings))
        .map(|((_, migration), surroundings)| (&*migration.source.text, surroundings))
        .collect();
    read_all(&texts)
}

/// The schemas that unqualified names are looked up in; `${schema}` is a tenant's own.
fn search_path(series: &Series) -> Vec<String> {
    let tenants =
        series.config.layout == Layout::SchemaPerTenant && series.track != Some(Track::Global);
    let own = if tenants {
        "${schema}".to_owned()
    } else {
        series.config.schema.clone()
    };
    std::iter::once(own)
        .chain(series.config.search_path.iter().cloned())
        .collect()
}
