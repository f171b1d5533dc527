//! Marks between statements: an INFO message tells how far the server is.
//!
//! A simple query answers once, at its end, and most errors carry no position. INFO always reaches the client,
//! whatever `client_min_messages` says, and never the server's log (manual, 43.9 and 20.8).
//!
//! A mark stands in its message alone: every option of RAISE is an expression that the server would have to plan.

use postgres::error::DbError;

/// How the message of a mark begins.
const PREFIX: &str = "migrations mark ";

/// How far a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The file within the unit.
    pub file: usize,
    /// Its statements that are done; all of them if absent.
    pub statements: Option<usize>,
}

impl Mark {
    /// The file is done.
    pub fn file(file: usize) -> Self {
        Mark {
            file,
            statements: None,
        }
    }

    /// `done` statements of the file are done, and another one follows.
    pub fn statement(file: usize, done: usize) -> Self {
        Mark {
            file,
            statements: Some(done),
        }
    }

    /// A statement that sends the mark.
    pub fn sql(&self) -> String {
        format!("do $mark$begin {} end$mark$;", self.raise())
    }

    /// The same within PL/pgSQL.
    pub fn raise(&self) -> String {
        let done = self
            .statements
            .map_or_else(|| "all".to_owned(), |n| n.to_string());
        format!("raise info '{PREFIX}{} {done}';", self.file)
    }

    /// The mark that `notice` is, if it is one.
    pub fn of(notice: &DbError) -> Option<Self> {
        let (file, done) = notice.message().strip_prefix(PREFIX)?.split_once(' ')?;
        let statements = if done == "all" {
            None
        } else {
            Some(done.parse().ok()?)
        };
        Some(Mark {
            file: file.parse().ok()?,
            statements,
        })
    }
}
