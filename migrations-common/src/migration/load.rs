//! Files to migrations: names read, down files paired, nothing skipped in silence.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Down, Malformed, Migration, Version};
use crate::directive::Directives;
use crate::prepare::Memory;
use crate::problem::{Place, Problem, Source};

/// A file as found on disk or embedded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Path for messages, with `/` between its parts.
    pub path: String,
    /// Content, not yet known to be text.
    pub bytes: Vec<u8>,
}

/// The history table's `name` column holds no more (`VARCHAR(255)`).
const MAX_NAME_CHARACTERS: usize = 255;

/// Reads one directory's files: the migrations that are sound, sorted by version, and every problem.
///
/// Files that look like no migration (a README, an editor's settings) are left alone.
pub fn load(files: &[File]) -> (Vec<Arc<Migration>>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut ups: BTreeMap<Version, Vec<Migration>> = BTreeMap::new();
    let mut downs: Vec<(Stem, Source)> = Vec::new();
    for file in files {
        let name = file.path.rsplit('/').next().unwrap_or(&file.path);
        let parsed = match parse_name(name) {
            Ok(Some(parsed)) => parsed,
            Ok(None) => continue,
            Err((message, help)) => {
                problems.push(
                    Problem::verification("misnamed-migration", message)
                        .at(Place::file(&file.path))
                        .help(help),
                );
                continue;
            }
        };
        let text = match std::str::from_utf8(&file.bytes) {
            Ok(text) => text,
            Err(error) => {
                problems.push(not_utf8(file, error.valid_up_to()));
                continue;
            }
        };
        let source = Source::new(file.path.as_str(), text);
        match parsed {
            Name::Up(stem) => ups
                .entry(stem.version)
                .or_default()
                .push(migration(stem, source)),
            Name::Down(stem) => downs.push((stem, source)),
        }
    }
    for (stem, source) in downs {
        let up = ups
            .get_mut(&stem.version)
            .and_then(|same| same.iter_mut().find(|up| up.name == stem.name));
        match up {
            Some(up) => {
                let (directives, found) = Directives::parse(&source);
                up.down = Some(Down {
                    source,
                    directives,
                    problems: found.into_iter().map(Malformed).collect(),
                });
            }
            None => problems.push(
                Problem::verification(
                    "down-without-migration",
                    "a down file whose migration is not there",
                )
                .at(Place::file(&*source.path))
                .help(format!(
                    "its migration would be V{}__{}.sql",
                    stem.version, stem.name
                )),
            ),
        }
    }
    let mut migrations = Vec::new();
    for (version, mut same) in ups {
        if same.len() > 1 {
            let mut problem = Problem::verification(
                "duplicate-version",
                format!("{} migrations have the version {version}", same.len()),
            )
            .help("give one of them the next free version");
            for migration in &same {
                problem = problem.at(Place::file(&*migration.source.path));
            }
            problems.push(problem);
        } else if let Some(only) = same.pop() {
            migrations.push(Arc::new(only));
        }
    }
    (migrations, problems)
}

enum Name {
    Up(Stem),
    Down(Stem),
}

struct Stem {
    may_be_late: bool,
    version: Version,
    name: String,
}

/// Reads a file name as refinery does; `Ok(None)` for a file that is none of ours.
fn parse_name(file_name: &str) -> Result<Option<Name>, (String, String)> {
    let form =
        "name it V<version>__<name>.sql, with letters, digits and `_` in the name".to_owned();
    let Some((stem, kind)) = file_name
        .strip_suffix(".down.sql")
        .map(|stem| (stem, "down"))
        .or_else(|| file_name.rsplit_once('.'))
    else {
        let looks_meant = file_name.starts_with(['V', 'U', 'v', 'u']) && file_name.contains("__");
        return if looks_meant {
            Err((format!("`{file_name}` has no extension"), form))
        } else {
            Ok(None)
        };
    };
    let looks_meant = looks_like_a_migration(stem);
    match kind {
        "rs" if looks_meant => {
            return Err((
                format!("`{file_name}` is a Rust migration"),
                "only SQL is run here: a Rust migration is compiled, and data that is compiled cannot be checked; write its SQL into a .sql file".to_owned(),
            ));
        }
        "sql" | "down" => {}
        _ if looks_meant => return Err((format!("`{file_name}` does not end in .sql"), form)),
        _ => return Ok(None),
    }
    let misnamed = |why: &str| {
        Err((
            format!("`{file_name}` is no migration's name: {why}"),
            form.clone(),
        ))
    };
    // refinery would take `|` for a prefix and stop at the first character that fits no name.
    if !stem.starts_with(['V', 'U']) {
        return misnamed("it does not start with V (or U)");
    }
    let Some((number, name)) = stem.split_once("__") else {
        return misnamed("`__` is missing");
    };
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return misnamed("the part after `__` must be letters, digits and `_`");
    }
    if name.chars().count() > MAX_NAME_CHARACTERS {
        return misnamed("the part after `__` is over 255 characters");
    }
    let digits = number.get(1..).unwrap_or("");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return misnamed("the version must be a whole number");
    }
    match refinery::Migration::unapplied(stem, "") {
        Ok(parsed) => {
            let stem = Stem {
                may_be_late: stem.starts_with('U'),
                version: parsed.version(),
                name: parsed.name().to_owned(),
            };
            Ok(Some(if kind == "down" {
                Name::Down(stem)
            } else {
                Name::Up(stem)
            }))
        }
        Err(_) => misnamed("the version is too large for 64 bits"),
    }
}

/// A file that somebody meant as a migration, whatever is wrong with its name.
fn looks_like_a_migration(stem: &str) -> bool {
    stem.starts_with(['V', 'U', 'v', 'u'])
        && stem
            .chars()
            .nth(1)
            .is_some_and(|c| c.is_ascii_digit() || c == '_')
}

fn migration(stem: Stem, source: Source) -> Migration {
    let (directives, problems) = Directives::parse(&source);
    Migration {
        version: stem.version,
        name: stem.name,
        may_be_late: stem.may_be_late,
        directives,
        problems: problems.into_iter().map(Malformed).collect(),
        source,
        down: None,
        memory: Memory::default(),
    }
}

fn not_utf8(file: &File, valid: usize) -> Problem {
    let text: String = file
        .bytes
        .get(..valid)
        .and_then(|b| std::str::from_utf8(b).ok())
        .unwrap_or("")
        .to_owned();
    let (line, _) = crate::sql::span::line_column(&text, text.len());
    Problem::verification(
        "not-utf8",
        format!("not UTF-8: byte {valid} (line {line}) begins no character"),
    )
    .at(Place::new(file.path.as_str(), text, valid..valid))
    .help("save the file as UTF-8; `file` and `iconv` tell and convert the encoding")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> Vec<File> {
        names
            .iter()
            .map(|name| File {
                path: format!("m/{name}"),
                bytes: b"select 1;".to_vec(),
            })
            .collect()
    }

    fn check(names: &[&str], labels: &[&str], codes: &[&str]) {
        let (migrations, problems) = load(&files(names));
        let found: Vec<String> = migrations.iter().map(|m| m.label()).collect();
        assert_eq!(found, labels, "{names:?}");
        let found: Vec<&str> = problems.iter().map(|p| p.code).collect();
        assert_eq!(found, codes, "{names:?}: {problems:?}");
    }

    #[test]
    fn sorts_by_number_and_keeps_what_is_sound() {
        check(
            &["V10__b.sql", "V9__a.sql", "U11__c.sql"],
            &["V9__a", "V10__b", "U11__c"],
            &[],
        );
        check(
            &["V001__a.sql", "nested/V2__b.sql"],
            &["V1__a", "V2__b"],
            &[],
        );
        check(
            &["README.md", ".gitkeep", "notes.txt", "Makefile"],
            &[],
            &[],
        );
    }

    #[test]
    fn a_name_that_refinery_would_skip_is_a_problem() {
        for name in [
            "V1_a.sql",
            "V1__a-b.sql",
            "1__a.sql",
            "V1.2__a.sql",
            "V__a.sql",
            "V1__.sql",
            "v1__a.sql",
            "|1__a.sql",
            "V1__a.sql.bak",
            "V1__a.SQL",
            "V1__a",
            "V99999999999999999999__a.sql",
            "V1__a b.sql",
            "users.sql",
            "V1__a.rs",
            "V1__a.up.sql",
        ] {
            check(&[name], &[], &["misnamed-migration"]);
        }
        check(
            &[&format!("V1__{}.sql", "x".repeat(256))],
            &[],
            &["misnamed-migration"],
        );
    }

    #[test]
    fn one_version_belongs_to_one_file() {
        check(
            &["V1__a.sql", "V1__b.sql", "V2__c.sql"],
            &["V2__c"],
            &["duplicate-version"],
        );
        check(&["V1__a.sql", "V01__b.sql"], &[], &["duplicate-version"]);
        check(&["V1__a.sql", "U1__a.sql"], &[], &["duplicate-version"]);
    }

    #[test]
    fn a_down_file_belongs_to_its_migration() {
        let (migrations, problems) = load(&files(&["V1__a.sql", "V1__a.down.sql"]));
        assert!(problems.is_empty() && migrations[0].down.is_some());
        check(
            &["V1__a.sql", "V1__b.down.sql"],
            &["V1__a"],
            &["down-without-migration"],
        );
        check(&["V2__a.down.sql"], &[], &["down-without-migration"]);
    }

    #[test]
    fn what_is_not_text_is_shown_with_its_line() {
        let (_, problems) = load(&[File {
            path: "m/V1__a.sql".to_owned(),
            bytes: b"select 1;\n\xff".to_vec(),
        }]);
        assert_eq!(
            problems[0].message,
            "not UTF-8: byte 10 (line 2) begins no character"
        );
        assert_eq!(problems[0].places[0].line_column(), (2, 1));
    }
}
