//! What is wrong, where, and what to do; its code and its exit status.

use std::fmt;
use std::ops::{Deref, DerefMut, Range};
use std::sync::Arc;

/// One thing that is wrong: a sentence, the places that show it, and the ways out.
///
/// Boxed, so that `Result<T, Problem>` stays as small as a pointer.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", .0.message)]
pub struct Problem(Box<Details>);

/// What a [`Problem`] holds.
#[derive(Clone, Debug)]
pub struct Details {
    /// Decides the exit status.
    pub kind: Kind,
    /// The stable name that `--format json` shows and that documentation is found under, such as `unknown-app`.
    pub code: &'static str,
    /// One sentence without a full stop. Never holds a secret.
    pub message: String,
    /// Where it is seen; the first place is the main one.
    pub places: Vec<Place>,
    /// Facts that help to understand it.
    pub notes: Vec<String>,
    /// What to do about it, each one way out.
    pub helps: Vec<String>,
    /// The server's own code, when the server refused: `42703`.
    pub sqlstate: Option<String>,
    /// The migration that it concerns: `V16__backfill_email`.
    pub migration: Option<String>,
}

/// What sort of failure a [`Problem`] is. Every kind has one exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The command line asks for something that does not exist or makes no sense.
    Usage,
    /// A `migrations.toml`, a manifest or the environment is wrong.
    Config,
    /// The migration files and what is recorded as applied do not fit together.
    Verification,
    /// A migration of another app has to be applied first.
    Requirement,
    /// A migration or one of our own statements failed on the server.
    Failed,
    /// Somebody else holds the lock of the target.
    Busy,
    /// No connection to the server.
    Connect,
    /// A signal asked us to stop.
    Interrupted,
}

impl Kind {
    /// The exit status of a run that ends with this problem and did nothing else.
    pub fn exit_code(self) -> u8 {
        match self {
            Kind::Verification | Kind::Requirement | Kind::Failed => 1,
            Kind::Usage | Kind::Config => 2,
            Kind::Busy => 4,
            Kind::Connect => 5,
            Kind::Interrupted => 130,
        }
    }
}

/// A piece of a file that shows a problem. It carries the file's text, because an app binary has no file to read again.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, relative to the workspace where there is one.
    pub path: String,
    /// The whole text of the file.
    pub text: Arc<str>,
    /// Byte range in `text`; may be empty.
    pub span: Range<usize>,
    /// What to write beside the caret; may be empty.
    pub label: String,
}

/// A file's name and text, from which places are made.
#[derive(Clone, PartialEq, Eq)]
pub struct Source {
    /// The file, relative to the workspace where there is one.
    pub path: Arc<str>,
    /// The whole text of the file.
    pub text: Arc<str>,
}

impl Source {
    /// A file `path` that holds `text`.
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Source {
            path: path.into(),
            text: text.into(),
        }
    }

    /// The bytes `span` of this file.
    pub fn place(&self, span: Range<usize>) -> Place {
        Place {
            path: self.path.to_string(),
            text: Arc::clone(&self.text),
            span,
            label: String::new(),
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.path, self.text.len())
    }
}

impl Place {
    /// A place without a label.
    pub fn new(path: impl Into<String>, text: impl Into<Arc<str>>, span: Range<usize>) -> Self {
        Place {
            path: path.into(),
            text: text.into(),
            span,
            label: String::new(),
        }
    }

    /// A file as a whole, for problems that no line of it shows.
    pub fn file(path: impl Into<String>) -> Self {
        Place::new(path, "", 0..0)
    }

    /// The same place, with words beside its caret.
    #[must_use]
    pub fn labelled(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Line and column of the start, both from 1; columns count characters.
    pub fn line_column(&self) -> (usize, usize) {
        crate::sql::span::line_column(&self.text, self.span.start)
    }
}

/// Shows where, not the whole text.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.line_column();
        write!(f, "{}:{line}:{column} {:?}", self.path, self.label)
    }
}

impl Problem {
    /// A problem of `kind` that says `message`.
    pub fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Problem(Box::new(Details {
            kind,
            code,
            message: message.into(),
            places: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
            sqlstate: None,
            migration: None,
        }))
    }

    /// Wrong use of the command line.
    pub fn usage(code: &'static str, message: impl Into<String>) -> Self {
        Problem::new(Kind::Usage, code, message)
    }

    /// Wrong configuration.
    pub fn config(code: &'static str, message: impl Into<String>) -> Self {
        Problem::new(Kind::Config, code, message)
    }

    /// Files and history that do not fit together.
    pub fn verification(code: &'static str, message: impl Into<String>) -> Self {
        Problem::new(Kind::Verification, code, message)
    }

    /// Something that was tried and did not work.
    pub fn failed(code: &'static str, message: impl Into<String>) -> Self {
        Problem::new(Kind::Failed, code, message)
    }

    /// Adds a place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.places.push(place);
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.helps.push(help.into());
        self
    }
}

impl Deref for Problem {
    type Target = Details;
    fn deref(&self) -> &Details {
        &self.0
    }
}

impl DerefMut for Problem {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

/// All that is wrong at once; never empty when returned as an error.
#[derive(Clone, Debug, Default)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// `Ok(value)` if nothing was found, else the problems.
    pub fn or_ok<T>(self, value: T) -> Result<T, Problems> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }

    /// The exit status of a command that ends with these problems: their common one, else that of a failure.
    pub fn exit_code(&self) -> u8 {
        let kinds = || self.0.iter().map(|problem| problem.kind);
        let first = kinds().next().unwrap_or(Kind::Failed);
        if kinds().all(|kind| kind == first) {
            first.exit_code()
        } else {
            Kind::Failed.exit_code()
        }
    }

    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Keeps the value of `result`, or notes what was wrong.
    pub fn take<T, E: Into<Problems>>(&mut self, result: Result<T, E>) -> Option<T> {
        result.map_err(|e| self.0.extend(e.into().0)).ok()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Problems(vec![problem])
    }
}

/// The nearest of `names` to what was typed, if it is near enough to be what was meant.
pub fn nearest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(typed, name), name))
        .filter(|(distance, name)| *distance <= 1 + name.chars().count() / 4)
        .min()
        .map(|(_, name)| name)
}

/// Words for an error about a name that does not exist: `no app `ap1`; did you mean `app1`?  (apps: app1, app2)`.
pub fn unknown_name<'a>(
    what: &str,
    typed: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let meant = nearest(typed, names.iter().copied())
        .map(|name| format!("; did you mean `{name}`?"))
        .unwrap_or_default();
    let known = match names.len() {
        0 => format!("(there are no {what}s)"),
        1..=20 => format!("({what}s: {})", names.join(", ")),
        n => format!("({n} {what}s)"),
    };
    format!("no {what} `{typed}`{meant}  {known}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_name_is_suggested_only_when_it_is_near() {
        assert_eq!(nearest("ap1", ["app1", "app2"]), Some("app1"));
        assert_eq!(
            nearest("analitycs", ["core", "analytics"]),
            Some("analytics")
        );
        assert_eq!(nearest("warehouse", ["core", "analytics"]), None);
    }

    #[test]
    fn unknown_name_lists_what_there_is() {
        assert_eq!(
            unknown_name("app", "ap1", ["app1", "app2"]),
            "no app `ap1`; did you mean `app1`?  (apps: app1, app2)"
        );
        assert_eq!(
            unknown_name("app", "x", []),
            "no app `x`  (there are no apps)"
        );
    }
}
