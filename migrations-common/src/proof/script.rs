//! The statements of a side, once it is sure that they can be sent.

use std::ops::Range;

use super::{Failure, Side, Step};
use crate::connect::ServerError;
use crate::problem::Place;
use crate::sql::lexer::tokens;
use crate::sql::recognise::{adds_enum_value, transaction_control};
use crate::sql::span::byte_of_character;
use crate::sql::{Cursor, Name, Statement, split};

/// A side that may be run.
pub(super) struct Script<'a> {
    pub(super) side: &'a Side,
    pub(super) steps: Vec<ScriptStep<'a>>,
}

/// One of its migrations.
pub(super) struct ScriptStep<'a> {
    pub(super) step: &'a Step,
    pub(super) statements: Vec<Statement<'a>>,
}

/// A statement that must not be sent.
pub(super) struct Unsendable {
    pub(super) why: String,
    pub(super) place: Place,
}

impl<'a> Script<'a> {
    /// Splits the files of `side`.
    pub(super) fn of(side: &'a Side) -> Result<Self, Unsendable> {
        let steps: Result<_, Unsendable> = side.steps.iter().map(ScriptStep::of).collect();
        Ok(Script {
            side,
            steps: steps?,
        })
    }

    /// Whether a transaction that is rolled back shows nothing that could be believed.
    pub(super) fn needs_commits(&self) -> bool {
        self.steps.iter().any(|script| {
            let step = script.step;
            !step.transactional
                || step.changes_data
                || step.needs_commit
                || script.statements.iter().any(|statement| {
                    adds_enum_value(statement).is_some() || !changed_tables(statement).is_empty()
                })
        })
    }

    /// The failure of a statement of step `step`, or of its commit.
    pub(super) fn failure(
        &self,
        step: usize,
        statement: Option<usize>,
        error: &ServerError,
    ) -> Failure {
        let script = self.steps.get(step);
        let place = script.map_or_else(
            || Place::file(self.side.name.clone()),
            |script| script.place(statement, error.position),
        );
        Failure {
            side: self.side.name.clone(),
            step,
            place,
            message: error.message.clone(),
            detail: error.detail.clone(),
            sqlstate: error.sqlstate.clone(),
        }
    }
}

impl<'a> ScriptStep<'a> {
    fn of(step: &'a Step) -> Result<Self, Unsendable> {
        let source = &step.source;
        let statements = split(&source.text).map_err(|unterminated| Unsendable {
            why: unterminated.to_string(),
            place: source.place(unterminated.start..unterminated.start + 1),
        })?;
        for statement in &statements {
            if let Some(why) = unsendable(statement) {
                return Err(Unsendable {
                    why,
                    place: source.place(statement.span.clone()),
                });
            }
        }
        Ok(ScriptStep { step, statements })
    }

    /// The token that the server points at, else the first line of the statement, else the file.
    fn place(&self, statement: Option<usize>, position: Option<u32>) -> Place {
        let source = &self.step.source;
        let Some(statement) = statement.and_then(|number| self.statements.get(number)) else {
            return source.place(0..0).labelled("at its commit");
        };
        let text = statement.text();
        let start = statement.span.start;
        let position = position.and_then(|position| usize::try_from(position).ok());
        let span: Range<usize> = match position {
            Some(position) => {
                let byte = byte_of_character(text, position);
                let token = tokens(text)
                    .map(|token| token.span)
                    .find(|span| span.contains(&byte))
                    .unwrap_or(byte..byte);
                start + token.start..start + token.end
            }
            None => start..start + text.lines().next().unwrap_or("").trim_end().len(),
        };
        source.place(span)
    }
}

/// The tables that `statement` changes rows of, as they are named, if it plainly says so.
pub(super) fn changed_tables(statement: &Statement<'_>) -> Vec<Name> {
    let mut cursor = statement.cursor();
    let plain = ["insert into", "update", "delete from", "merge into"];
    if cursor.keyword_of(&plain).is_some() {
        return table(cursor).into_iter().collect();
    }
    if cursor.keyword("truncate") {
        cursor.keyword("table");
        return cursor.list().into_iter().filter_map(table).collect();
    }
    if cursor.keyword("alter table") {
        cursor.keyword("if exists");
        let mut actions = cursor.clone();
        let computes = actions.find("type") && actions.find("using");
        return table(cursor).filter(|_| computes).into_iter().collect();
    }
    Vec::new()
}

/// Whether it changes rows and sends them back.
pub(super) fn returns_rows(statement: &Statement<'_>) -> bool {
    statement.cursor().find("returning")
}

fn table(mut cursor: Cursor<'_>) -> Option<Name> {
    cursor.keyword("only");
    cursor.qualified_name()
}

fn unsendable(statement: &Statement<'_>) -> Option<String> {
    if let Some(command) = transaction_control(statement) {
        return Some(format!(
            "{command} in a migration; the transaction is the engine's"
        ));
    }
    let mut cursor = statement.cursor();
    let with_client = cursor.keyword("copy")
        && ["from stdin", "from stdout", "to stdin", "to stdout"]
            .iter()
            .any(|words| cursor.clone().find(words));
    with_client.then(|| "COPY with the client in a migration".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_tables_are_named() {
        for (text, expected) in [
            ("insert into a.b values (1)", "a.b"),
            ("update only t set a = 1", ".t"),
            ("delete from \"T\" where true", ".T"),
            (
                "merge into t using u on true when matched then delete",
                ".t",
            ),
            ("truncate table only a, b.c cascade", ".a b.c"),
            (
                "alter table if exists only t alter a type int using a * 2",
                ".t",
            ),
            ("alter table t alter a type int", ""),
            ("create table t as select 1", ""),
            ("with x as (delete from t returning a) select * from x", ""),
        ] {
            let statements = split(text).unwrap();
            let names: Vec<String> = changed_tables(&statements[0])
                .into_iter()
                .map(|name| format!("{}.{}", name.schema.unwrap_or_default(), name.name))
                .collect();
            assert_eq!(names.join(" "), expected, "{text}");
        }
    }
}
