//! A migration made ready to run: placeholders replaced, split into statements, looked at for what must not run.

pub mod tenant;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::directive::Directives;
use crate::migration::{Malformed, Migration};
use crate::placeholder::{self, Rendered, Values};
use crate::problem::{Problem, Source};
use crate::sql::recognise::{
    Step, adds_enum_value, adds_not_valid, first_words, refuses_transaction, step,
    transaction_control, validates,
};
use crate::sql::{Statement, split};
use tenant::Allowed;

/// A file that may be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// The migration, also where this is its down file.
    pub migration: Arc<Migration>,
    /// The file.
    pub source: Source,
    /// Its header.
    pub directives: Directives,
    /// What is sent.
    pub rendered: Rendered,
    /// Its statements, as bytes of what is sent.
    pub statements: Vec<Range<usize>>,
    /// What its statements mean to the transaction that it is in.
    pub traits: Traits,
    /// Its `only-if` query, with placeholders replaced.
    pub only_if: Option<String>,
}

/// What a file's statements mean to the transaction that it is in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traits {
    /// Whether it adds a value to an enum.
    pub adds_enum_value: bool,
    /// Constraints that it adds NOT VALID.
    pub not_valid: Vec<String>,
    /// Constraints that it validates.
    pub validates: Vec<String>,
}

/// What was read of a migration's file, for the next target: only placeholders make a difference between targets.
#[derive(Debug, Default)]
pub(crate) struct Memory(OnceLock<Script>);

/// A copy of a migration may get another text.
impl Clone for Memory {
    fn clone(&self) -> Self {
        Memory::default()
    }
}

/// It follows from the file, so it makes no two migrations differ.
impl PartialEq for Memory {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// SQL that was read, and what is wrong with it.
#[derive(Clone, Debug)]
struct Script {
    rendered: Rendered,
    statements: Vec<Range<usize>>,
    traits: Traits,
    problems: Vec<Problem>,
}

/// Prepares `migration`; with `tenant` as one that runs in each tenant's schema.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn up(
    migration: &Arc<Migration>,
    values: &Values,
    tenant: Option<&Allowed>,
) -> Result<Prepared, Vec<Problem>> {
    prepare(
        migration,
        &migration.source,
        &migration.directives,
        &migration.problems,
        values,
        &migration.memory,
        tenant,
    )
}

/// Prepares the down file of `migration`.
///
/// # Errors
/// `missing-down-file`, or everything that is wrong with it.
pub fn down(
    migration: &Arc<Migration>,
    values: &Values,
    tenant: Option<&Allowed>,
) -> Result<Prepared, Vec<Problem>> {
    let Some(down) = &migration.down else {
        return Err(vec![
            Problem::verification(
                "missing-down-file",
                format!("{} has no down file", migration.label()),
            )
            .at(migration.source.place(0..0))
            .help(format!(
                "write {}",
                migration.source.path.replace(".sql", ".down.sql")
            )),
        ]);
    };
    prepare(
        migration,
        &down.source,
        &down.directives,
        &down.problems,
        values,
        &Memory::default(),
        tenant,
    )
}

fn prepare(
    migration: &Arc<Migration>,
    source: &Source,
    directives: &Directives,
    malformed: &[Malformed],
    values: &Values,
    memory: &Memory,
    tenant: Option<&Allowed>,
) -> Result<Prepared, Vec<Problem>> {
    let mut problems: Vec<Problem> = malformed
        .iter()
        .map(|Malformed(problem)| problem.clone())
        .collect();
    let verbatim = || Rendered::verbatim(&source.text);
    let script = if directives.placeholders {
        let rendered = placeholder::render(source, values).unwrap_or_else(|found| {
            problems.extend(found);
            verbatim()
        });
        Script::read(source, directives, rendered, tenant)
    } else {
        let read = || Script::read(source, directives, verbatim(), tenant);
        memory.0.get_or_init(read).clone()
    };
    let only_if = directives.only_if.as_ref().and_then(|only_if| {
        let query = placeholder::render_part(source, &only_if.span, &only_if.query, values)
            .map_err(|found| problems.extend(found))
            .ok()?;
        if split(&query).is_ok_and(|statements| statements.len() == 1) {
            return Some(query);
        }
        problems.push(
            Problem::verification("directive", "`only-if` takes one query")
                .at(source.place(only_if.span.clone()))
                .help("write `only-if select …`, one row with one boolean"),
        );
        None
    });
    problems.extend(script.problems);
    if script.statements.is_empty() && problems.is_empty() {
        problems.extend(empty(source));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Prepared {
        migration: Arc::clone(migration),
        source: source.clone(),
        directives: directives.clone(),
        rendered: script.rendered,
        statements: script.statements,
        traits: script.traits,
        only_if,
    })
}

impl Script {
    fn read(
        source: &Source,
        directives: &Directives,
        rendered: Rendered,
        tenant: Option<&Allowed>,
    ) -> Self {
        let mut problems = Vec::new();
        let (found, unterminated) = match split(&rendered.text) {
            Ok(found) => (found, None),
            Err(unterminated) => {
                let before = rendered.text.get(..unterminated.start).unwrap_or("");
                (split(before).unwrap_or_default(), Some(unterminated))
            }
        };
        let from_client = found
            .iter()
            .position(|s| matches!(copy(s), Some(Copy::FromClient)));
        // What follows is data, as a dump has it, until a `\.`.
        let read = from_client.map_or(found.len(), |position| position + 1);
        let statements = found.get(..read).unwrap_or_default();
        for statement in statements {
            problems.extend(refuse(source, directives, &rendered, statement));
        }
        if let Some(allowed) = tenant {
            problems.extend(tenant::problems(
                source, directives, &rendered, statements, allowed,
            ));
        }
        if let Some(unterminated) = unterminated.filter(|_| from_client.is_none()) {
            let start = rendered.origin(unterminated.start);
            problems.push(
                Problem::verification("syntax", format!("{unterminated}")).at(source
                    .place(start..start + 1)
                    .labelled("begins here and has no end")),
            );
        }
        let traits = Traits {
            adds_enum_value: found.iter().any(|s| adds_enum_value(s).is_some()),
            not_valid: found.iter().flat_map(adds_not_valid).collect(),
            validates: found.iter().flat_map(validates).collect(),
        };
        Script {
            statements: found.into_iter().map(|statement| statement.span).collect(),
            rendered,
            traits,
            problems,
        }
    }
}

/// A file of comments is a decision to do nothing; a file of nothing is a mistake.
fn empty(source: &Source) -> Option<Problem> {
    source
        .text
        .trim_start_matches('\u{feff}')
        .trim()
        .is_empty()
        .then(|| {
            Problem::verification("empty-migration", "the file is empty")
                .at(source.place(0..0))
                .help("write its SQL; a comment alone says that nothing is to be done")
        })
}

fn refuse(
    source: &Source,
    directives: &Directives,
    rendered: &Rendered,
    statement: &Statement<'_>,
) -> Option<Problem> {
    let place = |label: &str| {
        let start = rendered.origin(statement.span.start);
        let end = rendered.origin(statement.span.end).max(start);
        source.place(start..end).labelled(label)
    };
    if let Some(command) = transaction_control(statement) {
        return Some(
            Problem::verification("transaction-control", format!("{command} in a migration"))
                .at(place("the transaction is the engine's"))
                .note("a migration and its history row commit together; a file that commits by itself could run twice")
                .help(format!("remove it; for statements outside a transaction: {NO_TRANSACTION}")),
        );
    }
    if let Some(copy) = copy(statement) {
        let (message, help) = match copy {
            Copy::FromClient => (
                "COPY FROM STDIN in a migration",
                "write the rows as INSERT … VALUES; `pg_dump --rows-per-insert=1000` does",
            ),
            Copy::ToClient => ("COPY TO STDOUT in a migration", "remove it"),
        };
        return Some(
            Problem::verification("copy-with-client", message)
                .at(place("no client is at the other end"))
                .help(help),
        );
    }
    if directives.no_transaction {
        return refuse_step(directives, statement).map(|(message, help)| {
            Problem::verification("not-repeatable", message)
                .at(place(""))
                .help(help)
        });
    }
    refuses_transaction(statement).map(|command| {
        Problem::verification(
            "needs-no-transaction",
            format!("PostgreSQL refuses {command} in a transaction"),
        )
        .at(place(""))
        .help(format!(
            "put it into a file of its own that begins with: {NO_TRANSACTION}"
        ))
    })
}

/// Which way a COPY moves its data.
enum Copy {
    FromClient,
    ToClient,
}

/// The COPY that `statement` is, if the client has the other end. The grammar takes STDIN for STDOUT and the reverse.
fn copy(statement: &Statement<'_>) -> Option<Copy> {
    let mut cursor = statement.cursor();
    cursor.keyword("copy").then_some(())?;
    let says = |words: [&str; 2]| words.iter().any(|words| cursor.clone().find(words));
    if says(["from stdin", "from stdout"]) {
        Some(Copy::FromClient)
    } else if says(["to stdout", "to stdin"]) {
        Some(Copy::ToClient)
    } else {
        None
    }
}

const NO_TRANSACTION: &str = "-- migration: no-transaction";

/// After a crash, a statement outside a transaction may be done and not recorded: the next run must be able to tell.
fn refuse_step(directives: &Directives, statement: &Statement<'_>) -> Option<(String, String)> {
    match step(statement) {
        Step::CreateIndex(index) if index.name.is_none() => Some((
            "a concurrent index without a name".to_owned(),
            "name it: after a crash, a leftover is found by its name".to_owned(),
        )),
        Step::Unrecognised if !directives.idempotent => Some((
            format!("{} outside a transaction cannot be told from done after a crash", first_words(statement)),
            "move it to a file with a transaction; if running it twice does no harm, say so: -- migration: idempotent"
                .to_owned(),
        )),
        _ => None,
    }
}
