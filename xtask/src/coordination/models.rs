//! `shared-models/<database>/<table>.sql`: which objects apps share, who owns them, and what was agreed.

use std::ops::Range;

use migrations_common::Problem;
use migrations_common::cli::report::Finding;
use migrations_common::directive::Requirement;
use migrations_common::problem::Source;
use migrations_common::sql::header_comments;
use migrations_effects::{Action, Name, Object, Surroundings, read};

use crate::new_migrations::SharedModel;

/// The schema of a name that a shared table's file does not qualify: whichever an app finds it in.
const ANY_SCHEMA: &str = "*";

/// A file of shared definitions.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    /// The shared database.
    pub(crate) database: String,
    /// The file.
    pub(crate) source: Source,
    /// The app that decides about it.
    pub(crate) owner: Option<String>,
    /// Apps that may change it as its owner may.
    pub(crate) co_owners: Vec<String>,
    /// What was agreed about changes by others.
    pub(crate) agreed: Vec<Agreement>,
    /// What was agreed on branches that are compared: it lands with them.
    agreed_elsewhere: Vec<Agreement>,
    /// What it defines.
    objects: Vec<Name>,
}

/// `-- agreed: app1/core/V16, app2/core/V9 because …`.
#[derive(Clone, Debug)]
pub(crate) struct Agreement {
    /// The migrations that it names.
    pub(crate) migrations: Vec<Requirement>,
    /// Where it stands in the file.
    pub(crate) span: Range<usize>,
}

impl Model {
    /// Reads a file's header and what it defines, and what is wrong with the header.
    pub(crate) fn read(file: SharedModel) -> (Model, Vec<Problem>) {
        let SharedModel { database, source } = file;
        let mut problems = Vec::new();
        let mut model = Model {
            database,
            objects: defined(&source.text),
            source: source.clone(),
            owner: None,
            co_owners: Vec::new(),
            agreed: Vec::new(),
            agreed_elsewhere: Vec::new(),
        };
        for Entry { key, value, span } in header(&source) {
            match key {
                "owner" => model.owner = Some(value.to_owned()).filter(|name| !name.is_empty()),
                "co-owners" => {
                    let names = value.split([',', ' ']).filter(|name| !name.is_empty());
                    model.co_owners.extend(names.map(str::to_owned));
                }
                "agreed" => match agreement(value, span.clone()) {
                    Ok(agreement) => model.agreed.push(agreement),
                    Err(what) => problems.push(
                        Problem::config("stale-agreement", what)
                            .at(source.place(span))
                            .help("write it as\n-- agreed: app1/core/V16, app2/core/V9 because …"),
                    ),
                },
                _ => {}
            }
        }
        (model, problems)
    }

    /// Whether it defines `name`.
    pub(crate) fn defines(&self, name: &Name) -> bool {
        self.objects.iter().any(|object| {
            object.name == name.name
                && (object.schemas.iter().any(|schema| schema == ANY_SCHEMA) || object.may_be(name))
        })
    }

    /// Whether `app` may change it without asking.
    pub(crate) fn is_owned_by(&self, app: &str) -> bool {
        self.owner.as_deref() == Some(app) || self.co_owners.iter().any(|name| name == app)
    }

    /// Who decides about what is `quoted`, in words.
    pub(crate) fn ownership(&self, quoted: &dyn std::fmt::Display) -> String {
        let owner = self.owner.as_deref().unwrap_or("nobody");
        format!("{quoted} is owned by {owner} ({})", self.path())
    }

    /// What fails the check about the file itself.
    pub(crate) fn finding(&self, problem: Problem) -> Finding {
        let table = self.path().rsplit('/').next().unwrap_or_default();
        let mut finding = Finding::error(problem).about(table.trim_end_matches(".sql"));
        finding.database = Some(self.database.clone());
        finding
    }

    /// The file's path.
    pub(crate) fn path(&self) -> &str {
        &self.source.path
    }

    /// Takes over what the same file on another branch says was agreed; what is wrong with it there is said there.
    pub(crate) fn heed(&mut self, elsewhere: &Source) {
        let agreed = header(elsewhere).filter(|entry| entry.key == "agreed");
        let agreed = agreed.filter_map(|entry| agreement(entry.value, entry.span).ok());
        self.agreed_elsewhere.extend(agreed);
    }

    /// Whether some agreement names all of `migrations`.
    pub(crate) fn agrees_to(&self, migrations: &[String]) -> bool {
        (self.agreed.iter().chain(&self.agreed_elsewhere)).any(|agreement| {
            let named: Vec<String> = (agreement.migrations.iter())
                .map(ToString::to_string)
                .collect();
            migrations.iter().all(|migration| named.contains(migration))
        })
    }
}

/// A line of a file's header: `-- owner: app1`.
struct Entry<'s> {
    key: &'s str,
    value: &'s str,
    span: Range<usize>,
}

fn header(source: &Source) -> impl Iterator<Item = Entry<'_>> {
    header_comments(&source.text).filter_map(|comment| {
        let (key, value) = comment.content.trim().split_once(':')?;
        Some(Entry {
            key: key.trim(),
            value: value.trim(),
            span: comment.span,
        })
    })
}

/// Everything that a text makes.
fn defined(text: &str) -> Vec<Name> {
    let surroundings = Surroundings {
        search_path: vec![ANY_SCHEMA.to_owned()],
        placeholders: false,
    };
    (read(text, &surroundings).effects.into_iter())
        .filter(|effect| matches!(effect.action, Action::Create { .. }))
        .filter_map(|effect| match effect.object {
            Object::Relation(name) | Object::Type(name) | Object::Routine(name) => Some(name),
            _ => None,
        })
        .collect()
}

fn agreement(text: &str, span: Range<usize>) -> Result<Agreement, String> {
    let (names, reason) = text
        .split_once(" because")
        .ok_or("an agreement says why: `because …` is missing")?;
    if reason.trim().is_empty() {
        return Err("an agreement says why: nothing stands after `because`".to_owned());
    }
    let migrations = (names.split(','))
        .map(|name| {
            Requirement::parse(name.trim(), span.clone())
                .ok_or_else(|| format!("`{}` names no migration", name.trim()))
        })
        .collect::<Result<_, String>>()?;
    Ok(Agreement { migrations, span })
}
