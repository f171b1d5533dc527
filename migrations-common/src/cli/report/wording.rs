//! How text is worded and styled alike everywhere: headings, times, counts, names of targets.

use std::fmt::Display;
use std::time::Duration;

use annotate_snippets::renderer::{AnsiColor, Effects, Style};

use super::clean;
use crate::migration::{Migration, Version};
use crate::sql::recognise::refuses_transaction;
use crate::sql::split;

pub(super) const GOOD: Style = AnsiColor::Green.on_default().effects(Effects::BOLD);
pub(super) const WAITS: Style = AnsiColor::Yellow.on_default().effects(Effects::BOLD);
pub(super) const BAD: Style = AnsiColor::Red.on_default().effects(Effects::BOLD);
pub(super) const NAME: Style = Style::new().effects(Effects::BOLD);

/// Columns before the text of a line that has a heading, the space between included.
pub(super) const INDENT: usize = 13;

/// `text` in `style`.
pub(super) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// A line whose first word stands right-aligned before the others, as cargo writes.
pub(super) fn headed(style: Style, heading: &str, text: impl Display) -> String {
    let width = INDENT - 1;
    let heading = format!("{:>width$}", clean::line(heading));
    format!("{} {text}\n", paint(style, heading))
}

/// `1 target`, `2 targets`.
pub(super) fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// `12 ms`, `1.4 s`, `2 min 05 s`, `1 h 02 min`.
pub(super) fn elapsed(time: Duration) -> String {
    let (millis, seconds) = (time.as_millis(), time.as_secs());
    match seconds {
        0 => format!("{millis} ms"),
        1..60 => format!("{}.{} s", seconds, time.subsec_millis() / 100),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// `V15`, or what stands for it where nothing is applied.
pub(super) fn version(version: Option<Version>) -> String {
    version.map_or_else(|| "empty".to_owned(), |version| format!("V{version}"))
}

/// What to call a file that runs outside a transaction.
pub(super) fn without_transaction(migration: &Migration) -> &'static str {
    let statements = split(&migration.source.text).unwrap_or_default();
    let concurrent = statements
        .iter()
        .filter_map(refuses_transaction)
        .any(|command| command.ends_with("CONCURRENTLY"));
    if concurrent {
        "concurrently"
    } else {
        "without transaction"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_as_exact_as_they_are_short() {
        let check = |millis, expected: &str| {
            assert_eq!(elapsed(Duration::from_millis(millis)), expected);
        };
        check(0, "0 ms");
        check(999, "999 ms");
        check(1_449, "1.4 s");
        check(59_999, "59.9 s");
        check(125_000, "2 min 05 s");
        check(3_723_000, "1 h 02 min");
    }
}
