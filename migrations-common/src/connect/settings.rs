//! What is known about a connection before it is complete: keywords, values, and where each value came from.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use super::keywords::{KEYWORDS, Treatment, keyword};
use crate::problem::{Problem, nearest};

/// The code of every problem with a connection's parameters.
pub(super) const CODE: &str = "connection-url";

/// Keywords with their values. It has no `Debug`: one of them is the password.
#[derive(Default)]
pub(super) struct Settings(BTreeMap<&'static str, Setting>);

struct Setting {
    value: String,
    origin: Origin,
}

/// Where a value came from; an error names it.
#[derive(Clone)]
pub(super) enum Origin {
    Given,
    Service(String),
    Variable(&'static str),
}

impl Settings {
    /// What a URL or a `key=value` string says, a later word overriding an earlier one.
    pub(super) fn given(pairs: Vec<(String, String)>) -> Result<Self, Problem> {
        let mut settings = Settings::default();
        let mut after_password = false;
        for (name, value) in pairs {
            // A password that was not quoted ends early, and its rest looks like a keyword.
            if after_password && keyword(&name).is_none() {
                let message = "an unknown keyword follows the password in the connection URL";
                return Err(Problem::config(CODE, message).help(
                    "quote the password ('…') in a key=value string, percent-encode it in a URL",
                ));
            }
            after_password = name == "password";
            settings.0.remove(name.as_str());
            settings.fill(&name, value, Origin::Given)?;
        }
        Ok(settings)
    }

    /// Gives `name` a value if it has none.
    pub(super) fn fill(
        &mut self,
        name: &str,
        value: String,
        origin: Origin,
    ) -> Result<(), Problem> {
        let Some(keyword) = keyword(name) else {
            return Err(unknown(name, &origin));
        };
        let subject = || format!("`{name}` of {origin}");
        if value.contains('\0') {
            let message = format!("{} holds a NUL character", subject());
            return Err(Problem::config(CODE, message));
        }
        if let Treatment::Refused(instead) = keyword.treatment {
            let message = format!("{} is not supported", subject());
            return Err(Problem::config(CODE, message).help(instead));
        }
        self.0
            .entry(keyword.name)
            .or_insert(Setting { value, origin });
        Ok(())
    }

    /// The value of `name`, unless it is empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name)?.value.as_str();
        (!value.is_empty()).then_some(value)
    }

    /// The comma-separated parts of `name`; none if it has no value.
    pub(super) fn list(&self, name: &str) -> Vec<&str> {
        self.get(name)
            .map(|value| value.split(',').collect())
            .unwrap_or_default()
    }

    /// The problem that the value of `name` is none of what is `expected`.
    pub(super) fn invalid(&self, name: &'static str, expected: impl Display) -> Problem {
        let (value, origin) = match self.0.get(name) {
            Some(setting) => (setting.value.as_str(), &setting.origin),
            None => ("", &Origin::Given),
        };
        let message = format!("`{name}` of {origin} is `{value}`; it must be {expected}");
        Problem::config(CODE, message)
    }

    /// The value of `name` as one of `choices`, each a word with what it means.
    pub(super) fn choice<T: Copy>(
        &self,
        name: &'static str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let chosen = choices
            .iter()
            .find(|(word, _)| *word == value)
            .map(|(_, meaning)| *meaning);
        chosen.map(Some).ok_or_else(|| {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            self.invalid(name, format!("one of {}", words.join(", ")))
        })
    }

    /// The value of `name` as a whole number.
    pub(super) fn number(&self, name: &'static str) -> Result<Option<i32>, Problem> {
        self.get(name)
            .map(|value| {
                value
                    .trim()
                    .parse()
                    .map_err(|_| self.invalid(name, "a whole number"))
            })
            .transpose()
    }
}

impl Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Given => f.write_str("the connection URL"),
            Origin::Service(service) => write!(f, "the connection service `{service}`"),
            Origin::Variable(variable) => write!(f, "the variable {variable}"),
        }
    }
}

fn unknown(name: &str, origin: &Origin) -> Problem {
    let problem = Problem::config(CODE, format!("unknown keyword `{name}` in {origin}"));
    let names = KEYWORDS.iter().map(|keyword| keyword.name);
    match nearest(name, names) {
        Some(meant) => problem.help(format!("did you mean `{meant}`?")),
        None => problem.help("the keywords are those of libpq, such as sslmode"),
    }
}
