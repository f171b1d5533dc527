//! Header comments that say how a migration runs: `-- migration: no-transaction`.

use std::ops::Range;
use std::time::Duration;

use crate::config::parse_duration;
use crate::problem::{self, Problem, Source};
use crate::sql::{comments, header_comments};
use crate::track::{SeriesName, Track};

/// The directives of one file.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a line that stands in the file or does not"
)]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directives {
    /// Runs outside a transaction, statement by statement.
    pub no_transaction: bool,
    /// Starts a transaction of its own where several migrations would share one.
    pub commit_before: bool,
    /// `${…}` is replaced in this file.
    pub placeholders: bool,
    /// A no-transaction file that may simply run again.
    pub idempotent: bool,
    /// Migrations of other apps that must be applied first.
    pub requires: Vec<Requirement>,
    /// A query that decides, for each target, whether the file runs there.
    pub only_if: Option<OnlyIf>,
    /// Safety rules that this file is excused from.
    pub allow: Vec<Allow>,
    /// `lock_timeout` while this file runs.
    pub lock_timeout: Option<Duration>,
    /// `statement_timeout` while this file runs.
    pub statement_timeout: Option<Duration>,
}

/// `requires app1/core/V12`, `requires app3/workspaces/global/V4`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The other app's series. Without a track, it is the only one of that database.
    pub series: SeriesName,
    /// The version that must be applied.
    pub version: i64,
    /// Where it stands in the file, as bytes.
    pub span: Range<usize>,
}

/// `only-if select …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnlyIf {
    /// The query; one row with one boolean.
    pub query: String,
    /// Where the query stands in the file.
    pub span: Range<usize>,
}

/// `allow <rule> because …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// The rule's name.
    pub rule: String,
    /// Why it does not matter here.
    pub reason: String,
}

const NAMES: [&str; 9] = [
    "no-transaction",
    "requires",
    "only-if",
    "commit-before",
    "placeholders",
    "idempotent",
    "allow",
    "lock-timeout",
    "statement-timeout",
];

impl Directives {
    /// Reads the directives of a file, and what is wrong with them.
    pub fn parse(source: &Source) -> (Directives, Vec<Problem>) {
        let mut directives = Directives::default();
        let mut problems = Vec::new();
        let mut header_end = 0;
        for comment in header_comments(&source.text) {
            header_end = comment.span.end;
            if let Some((text, start)) = directive_text(comment.content, comment.span.end)
                && let Err(problem) = directives.add(text, start, source)
            {
                problems.push(problem);
            }
        }
        // Most files have no such word below their header, and need not be read to their end.
        let rest = source.text.get(header_end..).unwrap_or_default();
        let late = rest.contains("migration:").then(|| comments(&source.text));
        for comment in (late.into_iter().flatten()).filter(|c| c.span.start >= header_end) {
            if directive_text(comment.content, 0).is_some() {
                problems.push(
                    Problem::verification(
                        "late-directive",
                        "a directive after the first statement has no effect",
                    )
                    .at(source.place(comment.span))
                    .help("move it to the top of the file, one a line"),
                );
            }
        }
        if directives.idempotent && !directives.no_transaction {
            problems.push(
                Problem::verification(
                    "unknown-directive",
                    "`idempotent` says something only of a no-transaction file",
                )
                .at(source.place(0..0))
                .help("remove it, or add `-- migration: no-transaction`"),
            );
        }
        (directives, problems)
    }

    fn add(&mut self, text: &str, start: usize, source: &Source) -> Result<(), Problem> {
        let (name, argument) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let argument = argument.trim();
        let argument_end = start + text.len();
        let span = argument_end - argument.len()..argument_end;
        let wrong = |message: String, help: &str| {
            Problem::verification("directive", message)
                .at(source.place(span.clone()))
                .help(help)
        };
        let flag = match name {
            "no-transaction" => &mut self.no_transaction,
            "commit-before" => &mut self.commit_before,
            "placeholders" => &mut self.placeholders,
            "idempotent" => &mut self.idempotent,
            "requires" => {
                let requirement = requirement(argument, span.clone()).ok_or_else(|| {
                    wrong(
                        format!("`{argument}` names no migration"),
                        "write app/database/V7 or app/database/global/V7, such as `requires app1/core/V12`",
                    )
                })?;
                self.requires.push(requirement);
                return Ok(());
            }
            "only-if" => {
                if argument.is_empty() || self.only_if.is_some() {
                    return Err(wrong(
                        "a file has one `only-if`, with a query".to_owned(),
                        "write `only-if select …`, one row with one boolean",
                    ));
                }
                let query = argument.trim_end_matches(';').to_owned();
                self.only_if = Some(OnlyIf { query, span });
                return Ok(());
            }
            "allow" => {
                let (rule, reason) = argument.split_once(" because ").ok_or_else(|| {
                    wrong(
                        "`allow` needs a rule and a reason".to_owned(),
                        "write `allow <rule> because …`",
                    )
                })?;
                self.allow.push(Allow {
                    rule: rule.trim().to_owned(),
                    reason: reason.trim().to_owned(),
                });
                return Ok(());
            }
            "lock-timeout" | "statement-timeout" => {
                let duration = parse_duration(argument)
                    .map_err(|message| wrong(message, "such as `lock-timeout 10s`"))?;
                let slot = if name == "lock-timeout" {
                    &mut self.lock_timeout
                } else {
                    &mut self.statement_timeout
                };
                *slot = Some(duration);
                return Ok(());
            }
            _ => {
                let meant = problem::nearest(name, NAMES);
                return Err(Problem::verification(
                    "unknown-directive",
                    format!("unknown directive `{name}`"),
                )
                .at(source.place(start..start + name.len()))
                .help(match meant {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("known: {}", NAMES.join(", ")),
                }));
            }
        };
        if !argument.is_empty() {
            return Err(wrong(
                format!("`{name}` takes nothing after it"),
                "one directive a line",
            ));
        }
        *flag = true;
        Ok(())
    }
}

impl std::fmt::Display for Requirement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/V{}", self.series, self.version)
    }
}

/// What follows `migration:` in a comment that ends at byte `end`, and the byte where it starts.
fn directive_text(comment: &str, end: usize) -> Option<(&str, usize)> {
    let after = comment.trim_start().strip_prefix("migration:")?;
    let trailing = after.len() - after.trim_end().len();
    let text = after.trim();
    Some((text, end.saturating_sub(trailing + text.len())))
}

impl Requirement {
    /// Reads `app1/core/V12`, which stands at `span`.
    pub fn parse(text: &str, span: Range<usize>) -> Option<Requirement> {
        requirement(text, span)
    }
}

fn requirement(text: &str, span: Range<usize>) -> Option<Requirement> {
    let parts: Vec<&str> = text.split('/').collect();
    let (app, database, track, version) = match parts.as_slice() {
        [app, database, version] => (app, database, None, version),
        [app, database, track, version] => (app, database, Some(Track::of(track)?), version),
        _ => return None,
    };
    let version = version.strip_prefix('V')?.parse().ok()?;
    let named = !app.is_empty() && !database.is_empty();
    named.then(|| Requirement {
        series: SeriesName {
            app: (*app).to_owned(),
            database: (*database).to_owned(),
            track,
        },
        version,
        span,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Directives, Vec<String>) {
        let source = Source::new("V1__x.sql", text);
        let (directives, problems) = Directives::parse(&source);
        let problems = problems
            .iter()
            .map(|p| {
                let (line, column) = p.places[0].line_column();
                format!("{line}:{column} {}", p.message)
            })
            .collect();
        (directives, problems)
    }

    #[test]
    fn every_directive_arrives() {
        let (found, problems) = parse(
            "-- Why this exists.\n\
             -- migration: no-transaction\n\
             --migration:idempotent\n\
             -- migration: commit-before\n\
             -- migration: placeholders\n\
             -- migration: requires app1/core/V12\n\
             -- migration: requires app2/core/V3\n\
             -- migration: only-if select exists (select from flags where name = 'beta');\n\
             -- migration: allow long-lock because the table is empty\n\
             -- migration: lock-timeout 10s\n\
             -- migration: statement-timeout 0\n\
             select 1;\n",
        );
        assert_eq!(problems, [""; 0]);
        assert!(
            found.no_transaction && found.idempotent && found.commit_before && found.placeholders
        );
        let required: Vec<String> = found.requires.iter().map(ToString::to_string).collect();
        assert_eq!(required, ["app1/core/V12", "app2/core/V3"]);
        assert_eq!(
            found.only_if.expect("given").query,
            "select exists (select from flags where name = 'beta')"
        );
        assert_eq!(found.allow[0].rule, "long-lock");
        assert_eq!(found.allow[0].reason, "the table is empty");
        assert_eq!(found.lock_timeout, Some(Duration::from_secs(10)));
        assert_eq!(found.statement_timeout, Some(Duration::ZERO));
    }

    #[test]
    fn every_mistake_is_shown_where_it_is() {
        let (_, problems) = parse(
            "-- migration: no-transation\n\
             -- migration: requires app1/V12\n\
             -- migration: commit-before now\n\
             -- migration: lock-timeout soon  \r\n\
             -- migration: allow long-lock\n\
             select 1;\n\
             -- migration: idempotent\n",
        );
        assert_eq!(
            problems,
            [
                "1:15 unknown directive `no-transation`",
                "2:24 `app1/V12` names no migration",
                "3:29 `commit-before` takes nothing after it",
                "4:28 `soon` is not a duration: write a number and a unit (ms, s, min, h, d), such as `3s`",
                "5:21 `allow` needs a rule and a reason",
                "7:1 a directive after the first statement has no effect",
            ]
        );
    }

    #[test]
    fn prose_and_strings_are_no_directives() {
        let (found, problems) = parse(
            "-- migrations: a word on them\n/* migration: no-transaction */ select '\n-- migration: idempotent\n';",
        );
        assert_eq!((found, problems), (Directives::default(), vec![]));
    }
}
