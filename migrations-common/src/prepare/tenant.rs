//! What a migration of the tenant track must not say, since it runs once in each tenant's schema.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::config::DatabaseConfig;
use crate::directive::Directives;
use crate::placeholder::Rendered;
use crate::problem::{Problem, Source};
use crate::sql::Statement;
use crate::sql::recognise::{Role, schema_names, sets_search_path};

/// The rule, and the code, of a schema's name that is written out.
pub const QUALIFIED_NAME: &str = "tenant-qualified-name";

/// The rule, and the code, of a `search_path` that begins with another schema than the tenant's.
pub const SEARCH_PATH: &str = "tenant-search-path";

/// The schemas that all tenants of a database share: their migrations may use them, and change nothing in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    declared: BTreeSet<String>,
    /// Directory of the migrations that may change them.
    global: String,
}

/// A mistake of a tenant's migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where it stands in the file, as bytes.
    pub span: Range<usize>,
    /// What it is.
    pub mistake: Mistake,
}

/// What a tenant's migration does wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mistake {
    /// It names a schema that the database does not declare: that of one tenant, as a rule.
    Foreign(String),
    /// It makes, alters or drops something in a schema that all tenants share; it would do so once for each tenant.
    Shared(String),
    /// It puts this schema before the tenant's in `search_path`; `None` if it names none.
    SearchPath(Option<String>),
}

impl Allowed {
    /// The schemas that `config` declares: its own, and those that it searches.
    pub fn of(config: &DatabaseConfig) -> Self {
        let declared = [&config.schema]
            .into_iter()
            .chain(&config.schemas)
            .chain(&config.search_path);
        Allowed {
            declared: declared.cloned().collect(),
            global: format!("{}/global/", config.path),
        }
    }
}

/// The problems of a tenant's migration that its file is not excused from. One problem tells of all places of one mistake.
///
/// `statements` are those of `rendered`, which is `source` with its placeholders replaced.
pub fn problems(
    source: &Source,
    directives: &Directives,
    rendered: &Rendered,
    statements: &[Statement<'_>],
    allowed: &Allowed,
) -> Vec<Problem> {
    let mut groups: Vec<(Mistake, Vec<Range<usize>>)> = Vec::new();
    for Finding { span, mistake } in findings(source, rendered, statements, allowed) {
        let is_excused = directives
            .allow
            .iter()
            .any(|allow| allow.rule == mistake.code());
        match groups.iter_mut().find(|(other, _)| *other == mistake) {
            _ if is_excused => {}
            Some((_, spans)) => spans.push(span),
            None => groups.push((mistake, vec![span])),
        }
    }
    let problem = |(mistake, spans): (Mistake, Vec<Range<usize>>)| {
        let mut problem = mistake.problem(directives, allowed);
        for span in spans.iter().take(SHOWN_PLACES) {
            problem = problem.at(source.place(span.clone()));
        }
        match spans.len().saturating_sub(SHOWN_PLACES) {
            0 => problem,
            1 => problem.note("one more place in this file"),
            more => problem.note(format!("{more} more places in this file")),
        }
    };
    groups.into_iter().map(problem).collect()
}

/// A dump that was taken for a migration has thousands.
const SHOWN_PLACES: usize = 3;

/// The mistakes of a tenant's migration, in the order of the file.
pub fn findings(
    source: &Source,
    rendered: &Rendered,
    statements: &[Statement<'_>],
    allowed: &Allowed,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for statement in statements {
        for name in schema_names(statement) {
            let written = Written::at(source, rendered, name.span.start);
            let is_declared = allowed.declared.contains(&name.schema);
            let mistake = match (written, name.role) {
                _ if is_of_postgresql(&name.schema) => continue,
                (Written::Literally | Written::Placeholder, Role::Changed) if is_declared => {
                    Mistake::Shared(name.schema)
                }
                (Written::Literally, _) if !is_declared => Mistake::Foreign(name.schema),
                _ => continue,
            };
            findings.push(Finding {
                span: name.span,
                mistake,
            });
        }
        for path in sets_search_path(statement) {
            if Written::at(source, rendered, path.span.start) != Written::TenantsOwn {
                let (span, mistake) = (path.span, Mistake::SearchPath(path.first));
                findings.push(Finding { span, mistake });
            }
        }
    }
    for finding in &mut findings {
        let start = rendered.origin(finding.span.start);
        finding.span = start..rendered.origin(finding.span.end).max(start);
    }
    findings.sort_by(|a, b| (a.span.start, &a.mistake).cmp(&(b.span.start, &b.mistake)));
    // Code in quotes is shown as a whole.
    findings.dedup();
    findings
}

/// `pg_catalog`, `pg_temp` and the like: PostgreSQL keeps the prefix for itself.
fn is_of_postgresql(schema: &str) -> bool {
    schema.starts_with("pg_") || schema == "information_schema"
}

/// How a schema came into the text that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    /// As `${schema}` or `${tenant}`.
    TenantsOwn,
    /// As another placeholder, whose value is no part of the file.
    Placeholder,
    /// As it is.
    Literally,
}

impl Written {
    /// How what begins at byte `offset` of `rendered` is written in `source`.
    fn at(source: &Source, rendered: &Rendered, offset: usize) -> Self {
        let origin = source.text.get(rendered.origin(offset)..);
        // No name and no string begins with a `$`: where the file has one, something else was put in its place.
        let placeholder = origin
            .and_then(|text| text.strip_prefix("${"))
            .and_then(|text| text.split(['}', ':']).next());
        match placeholder {
            Some("schema" | "tenant") => Written::TenantsOwn,
            Some(_) => Written::Placeholder,
            None => Written::Literally,
        }
    }
}

impl Mistake {
    fn code(&self) -> &'static str {
        match self {
            Mistake::Foreign(_) | Mistake::Shared(_) => QUALIFIED_NAME,
            Mistake::SearchPath(_) => SEARCH_PATH,
        }
    }

    /// What it is and what to do about it, without its places.
    fn problem(&self, directives: &Directives, allowed: &Allowed) -> Problem {
        let code = self.code();
        let by_placeholder = if directives.placeholders {
            "`${schema}`"
        } else {
            "`${schema}` with `-- migration: placeholders`"
        };
        match self {
            Mistake::Foreign(schema) => Problem::verification(
                code,
                format!("the schema `{schema}` is hard-coded in a migration that runs for every tenant"),
            )
            .note(format!("every tenant's run would go to `{schema}`"))
            .help(format!("write the name without its schema, or {by_placeholder}"))
            .help(format!(
                "if all tenants share `{schema}`, add it to `schemas` in migrations.toml"
            )),
            Mistake::Shared(schema) => Problem::verification(
                code,
                format!("a migration that runs for every tenant changes `{schema}`, which they share"),
            )
            .note("from the second tenant on, the change is there already")
            .help(format!("put it into the global track: {}", allowed.global)),
            Mistake::SearchPath(first) => {
                let message = match first {
                    Some(first) => format!("`{first}` comes before the tenant's schema in search_path"),
                    None => "search_path is set to one without the tenant's schema".to_owned(),
                };
                let meant = match first {
                    Some(first) => format!("unqualified names would land in `{first}`, for every tenant"),
                    None => "unqualified names would not land in the tenant's schema, for any tenant".to_owned(),
                };
                Problem::verification(code, message)
                    .note(meant)
                    .help("remove it: search_path is the tenant's schema already, then the configured ones")
                    .help(format!("or begin the list with {by_placeholder}"))
            }
        }
        .help(format!("if it is meant: -- migration: allow {code} because …"))
    }
}

#[cfg(test)]
mod tests;
