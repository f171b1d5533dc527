//! Tenants from a query.

use std::ops::Range;

use super::ask::{self, Answer, Unanswered};
use super::trust::Row;
use super::{Asking, Counter, Unit};
use crate::config::Text;
use crate::connect::{Parameters, ServerError};
use crate::placeholder::{self, Rendered};
use crate::problem::{Kind, Place, Problem, Problems, Source};
use crate::secret::Secret;
use crate::sql::lexer::tokens;
use crate::sql::span::byte_of_character;
use crate::sql::split;

/// A query whose rows are the tenants: a name, and a URL where they may have one.
#[derive(Clone, Debug)]
pub struct Query {
    /// One statement; its `${…}` are replaced as in a migration.
    pub sql: Text,
    /// Where it runs.
    pub parameters: Parameters,
    /// What messages call the database that it runs on: `app1/core`.
    pub on: String,
}

const HELP: &str = "write one query, such as `select schema_name from public.tenants order by 1`";

impl Query {
    pub(super) fn rows(&self, asking: &Asking<'_>) -> Result<Vec<Row>, Problems> {
        let place = &self.sql.place;
        let source = Source::new(place.path.as_str(), self.sql.value.as_str());
        let rendered = placeholder::render(&source, asking.values).map_err(|problems| {
            Problems(problems.into_iter().map(|p| self.of_config(p)).collect())
        })?;
        let statement = self.only_statement(&rendered)?;
        let sql = rendered.text.get(statement.clone()).unwrap_or_default();
        let answer = ask::ask(&self.parameters, asking, "", sql)
            .map_err(|unanswered| self.unanswered(unanswered, &rendered, &statement))?;
        self.check_columns(&answer, asking.urls)?;
        Ok(self.read(&answer))
    }

    /// Where the one statement of `rendered` is.
    fn only_statement(&self, rendered: &Rendered) -> Result<Range<usize>, Problem> {
        let wrong = |message: String, at: Range<usize>| {
            Problem::config("tenants-query", message)
                .at(self.place(rendered, at))
                .help(HELP)
        };
        let statements = split(&rendered.text).map_err(|unterminated| {
            let start = unterminated.start;
            wrong(unterminated.to_string(), start..start + 1)
        })?;
        match statements.as_slice() {
            [statement] => Ok(statement.span.clone()),
            [] => Err(wrong("the tenants' query is empty".to_owned(), 0..0)),
            [_, second, ..] => Err(wrong(
                format!("the tenants' query is {} statements", statements.len()),
                second.span.clone(),
            )),
        }
    }

    fn check_columns(&self, answer: &Answer, urls: bool) -> Result<(), Problem> {
        let wanted = if urls {
            "a name, and a URL if there is one"
        } else {
            "the name of a schema"
        };
        match (answer.columns, urls) {
            (1, _) | (2, true) => Ok(()),
            (0, _) => Err("no column".to_owned()),
            (columns, _) => Err(format!("{columns} columns")),
        }
        .map_err(|columns| {
            let message = format!("the tenants' query gives {columns}, not {wanted}");
            Problem::config("tenants-query", message)
                .at(self.sql.place.clone())
                .help(HELP)
        })
    }

    fn read(&self, answer: &Answer) -> Vec<Row> {
        let counter = Counter::new(Unit::Row, "the query");
        let row = |(index, row)| {
            let url = if answer.columns > 1 {
                ask::text(row, 1)
            } else {
                Ok(None)
            };
            // A row whose URL cannot be read has nothing that could be trusted.
            let (name, url) = match url {
                Ok(url) => (ask::text(row, 0), url),
                Err(_) => (Err("the URL is not UTF-8"), None),
            };
            Row {
                name: name.and_then(|name| name.ok_or(ask::NULL)),
                url: url.map(Secret::new),
                origin: counter.origin(index + 1),
                place: Some(self.sql.place.clone()),
            }
        };
        answer.rows.iter().enumerate().map(row).collect()
    }

    fn unanswered(
        &self,
        unanswered: Unanswered,
        rendered: &Rendered,
        statement: &Range<usize>,
    ) -> Problem {
        let at = match &unanswered {
            Unanswered::Before(_) => None,
            Unanswered::Refused(error) => position(error, rendered, statement),
        };
        let place = at.map_or_else(|| self.sql.place.clone(), |at| self.place(rendered, at));
        let what = format!("the tenants' query failed on {}", self.on);
        unanswered.into_problem("tenants-query", &what, place)
    }

    /// What is wrong with the SQL is wrong in the config, which it is part of.
    fn of_config(&self, mut problem: Problem) -> Problem {
        let within = |place: &Place| self.within(&place.span);
        problem.kind = Kind::Config;
        problem.places = problem.places.iter().map(within).collect();
        problem
    }

    /// The place of bytes of what is sent.
    fn place(&self, rendered: &Rendered, sent: Range<usize>) -> Place {
        let start = rendered.origin(sent.start);
        self.within(&(start..rendered.origin(sent.end).max(start)))
    }

    /// The place of bytes of the query; the whole of it where the file writes it in another way, as with escapes.
    fn within(&self, span: &Range<usize>) -> Place {
        let place = &self.sql.place;
        let written = place.text.get(place.span.clone()).unwrap_or_default();
        match written.find(&self.sql.value) {
            Some(quotes) if span.end <= self.sql.value.len() => {
                let start = place.span.start + quotes;
                Place {
                    span: start + span.start..start + span.end,
                    ..place.clone()
                }
            }
            _ => place.clone(),
        }
    }
}

/// The token of what was sent that `error` points at.
fn position(
    error: &ServerError,
    rendered: &Rendered,
    statement: &Range<usize>,
) -> Option<Range<usize>> {
    let sent = rendered.text.get(statement.clone())?;
    let character = usize::try_from(error.position?).ok()?;
    let offset = statement.start + byte_of_character(sent, character);
    tokens(&rendered.text)
        .map(|token| token.span)
        .find(|span| span.contains(&offset))
}
