//! Reading TOML by hand, so that every mistake of a file is found in one pass and shown with its line.
//!
//! serde would stop at the first one.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{MAX_IDENTIFIER_BYTES, Text, duration};
use crate::problem::{self, Place, Problem, Problems, Source};

/// Collects what is wrong while tables are read.
pub(super) struct Reader {
    source: Source,
    problems: Problems,
}

/// A table whose keys are taken one by one; what is left at the end is unknown.
pub(super) struct Table<'d> {
    what: String,
    keys: Vec<(&'d str, Range<usize>, &'d Spanned<DeValue<'d>>)>,
    known: Vec<&'static str>,
}

/// A named table within a table.
pub(super) struct Entry<'d> {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) table: Table<'d>,
}

impl Reader {
    /// Parses the text of `source`.
    pub(super) fn open(source: &Source) -> Result<(Spanned<DeTable<'_>>, Reader), Problems> {
        let (document, errors) = DeTable::parse_recoverable(&source.text);
        let problems = errors
            .iter()
            .map(|error| {
                Problem::config(
                    "toml",
                    format!("not valid TOML: {}", error.message().trim_end()),
                )
                .at(source.place(error.span().unwrap_or(0..0)))
            })
            .collect();
        Problems(problems).or_ok(())?;
        Ok((
            document,
            Reader {
                source: source.clone(),
                problems: Problems::default(),
            },
        ))
    }

    pub(super) fn found_problems(&self) -> bool {
        !self.problems.0.is_empty()
    }

    /// Notes a problem at `span` and lends it, to add a help.
    pub(super) fn problem(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        span: Range<usize>,
    ) -> Noted<'_> {
        let place = self.source.place(span);
        self.problem_at(code, message, place)
    }

    /// Notes a problem at `place` and lends it, to add a help.
    pub(super) fn problem_at(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        place: Place,
    ) -> Noted<'_> {
        self.problems.push(Problem::config(code, message).at(place));
        Noted(self.problems.0.last_mut())
    }

    /// A name that becomes part of file names, SQL identifiers and messages.
    pub(super) fn check_name(&mut self, what: &str, name: &str, place: &Place) {
        let ok = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        if !ok || name.len() > MAX_IDENTIFIER_BYTES {
            self.problem_at("config-name", format!("`{name}` cannot name a {what}"), place.clone()).help(
                format!(
                    "start with a letter; letters, digits, `_` and `-`; at most {MAX_IDENTIFIER_BYTES} bytes"
                ),
            );
        }
    }

    /// A string that stands at `span`.
    pub(super) fn as_text(&self, value: &str, span: Range<usize>) -> Text {
        Text {
            value: value.to_owned(),
            place: self.source.place(span),
        }
    }

    /// Everything found, in the order of the file.
    pub(super) fn finish(mut self) -> Problems {
        self.problems
            .0
            .sort_by_key(|p| p.places.first().map(|place| place.span.start));
        self.problems
    }

    pub(super) fn wrong_type(
        &mut self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        wanted: &str,
        example: &str,
    ) {
        let found = value.get_ref().type_str();
        self.problem(
            "config-value",
            format!("`{key}` is {} {found}, not {wanted}", article(found)),
            value.span(),
        )
        .help(format!("write {example}"));
    }
}

/// The problem just noted.
pub(super) struct Noted<'r>(Option<&'r mut Problem>);

impl Noted<'_> {
    pub(super) fn help(self, help: impl Into<String>) {
        if let Some(problem) = self.0 {
            problem.helps.push(help.into());
        }
    }
}

impl<'d> Table<'d> {
    pub(super) fn of(table: &'d DeTable<'d>, what: &str) -> Self {
        let mut keys: Vec<_> = table
            .iter()
            .map(|(key, value)| (key.get_ref().as_ref(), key.span(), value))
            .collect();
        keys.sort_by_key(|(_, span, _)| span.start);
        Table {
            what: what.to_owned(),
            keys,
            known: Vec::new(),
        }
    }

    pub(super) fn take(&mut self, key: &'static str) -> Option<&'d Spanned<DeValue<'d>>> {
        self.known.push(key);
        let at = self.keys.iter().position(|(name, ..)| *name == key)?;
        Some(self.keys.remove(at).2)
    }

    /// Where the value under `key` stands; leaves it for whoever takes it.
    pub(super) fn place_of(&self, reader: &Reader, key: &str) -> Option<Place> {
        let (_, _, value) = self.keys.iter().find(|(name, ..)| *name == key)?;
        Some(reader.source.place(value.span()))
    }

    /// The named tables under `key`, in the order of the file.
    pub(super) fn tables(&mut self, reader: &mut Reader, key: &'static str) -> Vec<Entry<'d>> {
        let Some(value) = self.take(key) else {
            return Vec::new();
        };
        match value.get_ref() {
            DeValue::Table(table) => Table::of(table, key).rest(reader),
            _ => {
                reader.wrong_type(key, value, "a table", &format!("[{key}.NAME]"));
                Vec::new()
            }
        }
    }

    /// All remaining keys as named tables.
    pub(super) fn rest(&mut self, reader: &mut Reader) -> Vec<Entry<'d>> {
        let what = self.what.clone();
        std::mem::take(&mut self.keys)
            .into_iter()
            .filter_map(|(name, span, value)| match value.get_ref() {
                DeValue::Table(table) => Some(Entry {
                    name: name.to_owned(),
                    place: reader.source.place(span),
                    table: Table::of(table, &format!("{what}.{name}")),
                }),
                _ => {
                    reader.wrong_type(name, value, "a table", &format!("{name} = {{ … }}"));
                    None
                }
            })
            .collect()
    }

    /// A table of strings under `key`; `check` says what is wrong with a name.
    pub(super) fn strings(
        &mut self,
        reader: &mut Reader,
        key: &'static str,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> BTreeMap<String, String> {
        let Some(value) = self.take(key) else {
            return BTreeMap::new();
        };
        let DeValue::Table(table) = value.get_ref() else {
            reader.wrong_type(key, value, "a table", &format!("[{key}]"));
            return BTreeMap::new();
        };
        let mut out = BTreeMap::new();
        for (name, value) in table {
            if let Err(message) = check(name.get_ref()) {
                reader.problem("config-name", message, name.span());
            }
            match value.get_ref() {
                DeValue::String(text) => {
                    out.insert(name.get_ref().to_string(), text.to_string());
                }
                _ => reader.wrong_type(
                    name.get_ref(),
                    value,
                    "a string",
                    &format!("{} = \"…\"", name.get_ref()),
                ),
            }
        }
        out
    }

    /// A string under `key`.
    pub(super) fn text(&mut self, reader: &mut Reader, key: &'static str) -> Option<Text> {
        let value = self.take(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(reader.as_text(text, value.span())),
            _ => {
                reader.wrong_type(key, value, "a string", &format!("{key} = \"…\""));
                None
            }
        }
    }

    /// A name in PostgreSQL under `key`, as it stands: quoting is ours.
    pub(super) fn identifier(&mut self, reader: &mut Reader, key: &'static str) -> Option<String> {
        let text = self.text(reader, key)?;
        check_identifier(reader, key, &text);
        Some(text.value)
    }

    /// A list of names in PostgreSQL.
    pub(super) fn identifiers(
        &mut self,
        reader: &mut Reader,
        key: &'static str,
    ) -> Option<Vec<String>> {
        let texts = self.texts(reader, key)?;
        for text in &texts {
            check_identifier(reader, key, text);
        }
        Some(texts.into_iter().map(|text| text.value).collect())
    }

    /// A list of strings under `key`.
    pub(super) fn texts(&mut self, reader: &mut Reader, key: &'static str) -> Option<Vec<Text>> {
        let value = self.take(key)?;
        let DeValue::Array(items) = value.get_ref() else {
            reader.wrong_type(key, value, "a list of strings", &format!("{key} = [\"…\"]"));
            return None;
        };
        let mut out = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::String(text) => out.push(reader.as_text(text, item.span())),
                _ => reader.wrong_type(key, item, "a string", "\"…\""),
            }
        }
        Some(out)
    }

    /// A whole number from 1 on.
    pub(super) fn count(&mut self, reader: &mut Reader, key: &'static str) -> Option<u32> {
        let value = self.take(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(integer) if integer.radix() == 10 => {
                integer.as_str().parse().ok().filter(|number| *number > 0)
            }
            _ => None,
        };
        if number.is_none() {
            reader
                .problem(
                    "config-value",
                    format!("`{key}` is no whole number above 0"),
                    value.span(),
                )
                .help(format!("write {key} = 8"));
        }
        number
    }

    /// A path below the app's directory.
    pub(super) fn relative_path(
        &mut self,
        reader: &mut Reader,
        key: &'static str,
    ) -> Option<String> {
        let text = self.text(reader, key)?;
        let path = std::path::Path::new(&text.value);
        let inside = path.components().all(|c| {
            matches!(
                c,
                std::path::Component::Normal(_) | std::path::Component::CurDir
            )
        });
        if text.value.is_empty() || !inside {
            reader
                .problem_at(
                    "config-value",
                    format!("`{key}` leaves the app's directory: `{}`", text.value),
                    text.place,
                )
                .help("an app owns its migrations: write a path below its own directory");
            return None;
        }
        Some(text.value.trim_end_matches('/').to_owned())
    }

    /// A duration such as `3s`.
    pub(super) fn duration(&mut self, reader: &mut Reader, key: &'static str) -> Option<Duration> {
        let text = self.text(reader, key)?;
        match duration::parse(&text.value) {
            Ok(duration) => Some(duration),
            Err(message) => {
                reader.problem_at("config-value", format!("`{key}`: {message}"), text.place);
                None
            }
        }
    }

    /// One of a few words. A misspelt one is a problem, and is read as what was meant: else all that goes with it would
    /// seem wrong too.
    pub(super) fn one_of<T: Copy>(
        &mut self,
        reader: &mut Reader,
        key: &'static str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text(reader, key)?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text.value) {
            return Some(*value);
        }
        let known: Vec<String> = words
            .iter()
            .map(|(word, _)| format!("\"{word}\""))
            .collect();
        reader
            .problem_at(
                "config-value",
                format!("`{key}` cannot be `{}`", text.value),
                text.place,
            )
            .help(format!("write {}", known.join(" or ")));
        let meant = problem::nearest(&text.value, words.iter().map(|(word, _)| *word))?;
        let (_, value) = words.iter().find(|(word, _)| *word == meant)?;
        Some(*value)
    }

    /// Reports every key that nobody took.
    pub(super) fn finish(self, reader: &mut Reader) {
        for (name, span, _) in self.keys {
            let meant = problem::nearest(name, self.known.iter().copied());
            let help = match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known here: {}", self.known.join(", ")),
            };
            reader
                .problem(
                    "unknown-key",
                    format!("unknown key `{name}` in {}", self.what),
                    span,
                )
                .help(help);
        }
    }
}

fn check_identifier(reader: &mut Reader, key: &str, text: &Text) {
    let message = match text.value.as_str() {
        "" => "is empty".to_owned(),
        name if name.contains('\0') => "holds a NUL byte".to_owned(),
        name if name.len() > MAX_IDENTIFIER_BYTES => {
            format!(
                "is {} bytes long; PostgreSQL cuts names at {MAX_IDENTIFIER_BYTES}",
                name.len()
            )
        }
        _ => return,
    };
    reader
        .problem_at(
            "long-name",
            format!("`{key}` {message}"),
            text.place.clone(),
        )
        .help("choose a shorter name, not empty");
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}
