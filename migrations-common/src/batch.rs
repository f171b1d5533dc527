//! A unit as one text: everything from BEGIN to COMMIT goes to the server in one simple query.
//!
//! Whatever happens, all of it commits or nothing does, the history rows included; and it costs one round trip.
//! The guard at its start raises one of [`Refused`]; marks between the statements tell how far the server is.

mod guard;
mod mark;

use std::ops::Range;

use crate::config::Limits;
use crate::history::History;
use crate::placeholder::Rendered;
use crate::prepare::Prepared;
use crate::sql::quote;
use crate::target::Scope;

pub use guard::{Refused, Required, same_history};
pub use mark::Mark;

/// The text of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// What is sent.
    pub sql: String,
    /// Where the pieces of the files stand in it.
    pieces: Vec<Piece>,
    /// Whether marks tell how far the server is; a script for psql has none.
    marked: bool,
}

/// Bytes `at` of a batch are those of file `file` from `from` on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    at: Range<usize>,
    file: usize,
    from: usize,
}

impl Batch {
    /// From BEGIN to COMMIT: `files`, if any, and then `record`, which is SQL that writes the history.
    pub fn whole(
        scope: &Scope,
        history: &History,
        requires: &[Required],
        files: &[&Prepared],
        record: &str,
    ) -> Batch {
        let mut batch = Batch::opening(scope, history, requires);
        batch.end(scope, files, record);
        batch.line("commit");
        batch
    }

    /// One of several parts of a transaction that is open, and stays open.
    pub fn part(
        scope: &Scope,
        history: &History,
        requires: &[Required],
        files: &[&Prepared],
        record: &str,
    ) -> Batch {
        let mut batch = Batch::empty(true);
        batch.guard(scope, Some(history), requires);
        batch.end(scope, files, record);
        batch
    }

    /// BEGIN and the guard, without an end: for a question that is asked under the lock.
    pub fn opening(scope: &Scope, history: &History, requires: &[Required]) -> Batch {
        let mut batch = Batch::empty(true);
        batch.sql.push_str(BEGIN);
        batch.guard(scope, Some(history), requires);
        batch
    }

    /// The same for a script, which looks at the history itself, file by file.
    pub fn opening_of_script(scope: &Scope, requires: &[Required]) -> String {
        let mut batch = Batch::empty(false);
        batch.sql.push_str(BEGIN);
        batch.guard(scope, None, requires);
        batch.sql
    }

    /// What stands for `file` in a script, between BEGIN and what records it; `is_last` of its unit.
    pub fn file_of_script(scope: &Scope, file: &Prepared, is_last: bool) -> String {
        let mut batch = Batch::empty(false);
        batch.run(scope, 0, file, is_last);
        batch.sql
    }

    /// The file and the byte in what was rendered of it, that byte `offset` of the batch belongs to.
    pub fn locate(&self, offset: usize) -> Option<(usize, usize)> {
        let piece = self
            .pieces
            .iter()
            .find(|piece| piece.at.contains(&offset))?;
        Some((piece.file, piece.from + (offset - piece.at.start)))
    }

    fn empty(marked: bool) -> Self {
        Batch {
            sql: String::new(),
            pieces: Vec::new(),
            marked,
        }
    }

    /// The settings and the guard.
    fn guard(&mut self, scope: &Scope, history: Option<&History>, requires: &[Required]) {
        self.line(&settings(scope, scope.limits));
        self.line(&guard::sql(scope, history, requires));
    }

    fn end(&mut self, scope: &Scope, files: &[&Prepared], record: &str) {
        for (index, file) in files.iter().enumerate() {
            self.run(scope, index, file, index + 1 == files.len());
        }
        self.line(record);
    }

    /// The file between its own settings and ours.
    fn run(&mut self, scope: &Scope, index: usize, file: &Prepared, is_last: bool) {
        let limits = limits(scope, file);
        if limits != scope.limits {
            self.line(&settings(scope, limits));
        }
        self.file(index, file);
        if !is_last {
            // What one file deferred must not stand in the way of the next one's ALTER TABLE (55006).
            self.line("set constraints all immediate;");
        }
        // A file's SET ROLE, SET search_path or set_config() lasts longer than the file.
        self.line("reset session authorization; reset role;");
        let mark = self.marked.then(|| Mark::file(index));
        if is_last {
            self.line(&guard::still_there(scope, mark));
        } else if let Some(mark) = mark {
            self.line(&mark.sql());
        }
        self.line("reset all; close all; unlisten *; deallocate all; discard temp;");
        if !self.marked {
            // The driver says so when it connects, psql does not.
            self.line("set client_encoding = 'UTF8';");
        }
        self.line(&settings(scope, scope.limits));
    }

    /// The file's text, with a mark between each two of its statements.
    fn file(&mut self, index: usize, file: &Prepared) {
        let Rendered { text, .. } = &file.rendered;
        let mut from = 0;
        let marked = if self.marked {
            file.statements.as_slice()
        } else {
            &[]
        };
        for (done, statement) in marked.iter().enumerate().skip(1) {
            self.piece(index, text, from..statement.start);
            self.sql.push_str(&Mark::statement(index, done).sql());
            self.sql.push(' ');
            from = statement.start;
        }
        self.piece(index, text, from..text.len());
        // On a line of its own: the file may end in a comment, and without a `;`.
        self.line("\n;");
        if let Some(last) = self.pieces.last_mut() {
            // Where the server misses something at the end of the file, it points here.
            last.at.end = self.sql.len();
        }
    }

    fn piece(&mut self, file: usize, text: &str, range: Range<usize>) {
        let start = self.sql.len();
        self.sql.push_str(text.get(range.clone()).unwrap_or(""));
        self.pieces.push(Piece {
            at: start..self.sql.len(),
            file,
            from: range.start,
        });
    }

    fn line(&mut self, text: &str) {
        self.sql.push_str(text);
        self.sql.push('\n');
    }
}

/// How every transaction of ours begins.
pub const BEGIN: &str = "begin isolation level read committed read write;\n";

/// The settings in force while a file runs, or while we look and record; until the transaction ends.
///
/// Strings are standard until the session ends: the server reads a text before it runs any of it.
fn settings(scope: &Scope, limits: Limits) -> String {
    format!(
        "set local search_path = {}; set local lock_timeout = {}; set local statement_timeout = {}; \
         set standard_conforming_strings = on;",
        search_path(scope),
        limits.lock_timeout.as_millis(),
        limits.statement_timeout.as_millis(),
    )
}

/// The target's `search_path`, quoted.
pub fn search_path(scope: &Scope) -> String {
    let quoted: Vec<String> = scope
        .search_path()
        .into_iter()
        .map(quote::identifier)
        .collect();
    quoted.join(", ")
}

/// The timeouts that `file` runs with: its own, else the target's.
fn limits(scope: &Scope, file: &Prepared) -> Limits {
    Limits {
        lock_timeout: file
            .directives
            .lock_timeout
            .unwrap_or(scope.limits.lock_timeout),
        statement_timeout: file
            .directives
            .statement_timeout
            .unwrap_or(scope.limits.statement_timeout),
    }
}
