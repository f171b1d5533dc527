//! What is not new here: many files, each read once, when a name in it comes to matter.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use migrations_common::app::{App, Series};
use migrations_common::migration::{Migration, Version};
use migrations_common::track::SeriesName;
use migrations_effects::Script;
use rayon::prelude::*;

use super::landscape::read_files;
use crate::new_migrations::{NewSeries, Origin};

/// All migrations of the working tree that are not new, in the order of the apps and their versions.
pub(super) struct Landed<'a> {
    files: Vec<File<'a>>,
    /// The names that were looked for.
    sought: BTreeSet<String>,
}

struct File<'a> {
    series: &'a Arc<Series>,
    migration: &'a Arc<Migration>,
    /// What it does, as soon as it was read.
    script: Option<Script>,
}

impl<'a> Landed<'a> {
    /// What `apps` have besides `new`.
    pub(super) fn of(apps: &'a [App], new: &[NewSeries]) -> Self {
        let mut is_new: HashMap<SeriesName, HashSet<Version>> = HashMap::new();
        for one in new.iter().filter(|one| one.origin == Origin::Here) {
            let versions = one.new.iter().map(|migration| migration.version);
            is_new
                .entry(one.series.name())
                .or_default()
                .extend(versions);
        }
        let files = apps.iter().flat_map(|app| &app.series).flat_map(|series| {
            let new = is_new.get(&series.name());
            let is_old = move |one: &&Arc<Migration>| {
                new.is_none_or(|versions| !versions.contains(&one.version))
            };
            (series.migrations.iter().filter(is_old)).map(move |migration| File {
                series,
                migration,
                script: None,
            })
        });
        Landed {
            files: files.collect(),
            sought: BTreeSet::new(),
        }
    }

    /// Reads the files that name any of `names`; whether that brought up anything.
    pub(super) fn read(&mut self, names: impl Iterator<Item = String>) -> bool {
        let names: BTreeSet<String> = names
            .filter(|name| !name.is_empty() && !self.sought.contains(name))
            .collect();
        let Some(search) = search(&names) else {
            return false;
        };
        self.sought.extend(names);
        let mut found: Vec<&mut File<'_>> = (self.files.par_iter_mut())
            .filter(|file| file.script.is_none() && search.is_match(&*file.migration.source.text))
            .collect();
        let files: Vec<(&Series, &Migration)> = (found.iter())
            .map(|file| (&**file.series, &**file.migration))
            .collect();
        let scripts = read_files(&files);
        for (file, script) in found.iter_mut().zip(scripts) {
            file.script = Some(script);
        }
        !found.is_empty()
    }

    /// Whether nothing is left to be read.
    pub(super) fn is_read(&self) -> bool {
        self.files.iter().all(|file| file.script.is_some())
    }

    /// What was read, in the order of the apps and their versions.
    pub(super) fn scripts(&self) -> impl Iterator<Item = (&'a Arc<Series>, &Script)> {
        (self.files.iter()).filter_map(|file| Some((file.series, file.script.as_ref()?)))
    }
}

/// Finds any of `names` in a text, in whatever case; too much is found, never too little.
fn search(names: &BTreeSet<String>) -> Option<AhoCorasick> {
    if names.is_empty() {
        return None;
    }
    // A name with a quote in it stands in the text with two.
    let patterns = names.iter().map(|name| name.replace('"', "\"\""));
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(patterns)
        .ok()
}
