//! Tenants as text: one a line, `name` or `name TAB url`.

use std::ops::Range;
use std::sync::Arc;

use super::mask::mask;
use crate::secret::Secret;

/// A text that lists tenants.
pub(super) struct Lines {
    /// The tenants, in order.
    pub(super) lines: Vec<Line>,
    /// The text as it may be shown: without its URLs.
    pub(super) shown: Arc<str>,
}

/// A line with a tenant.
pub(super) struct Line {
    /// Which line it is, from 1.
    pub(super) number: usize,
    /// The name.
    pub(super) name: String,
    /// What stands behind the first TAB.
    pub(super) url: Option<Secret>,
    /// Where the name is in the text that may be shown.
    pub(super) span: Range<usize>,
}

/// Reads `text`. Blank lines and those that begin with `#` say nothing; blanks around a name are no part of it.
///
/// A byte order mark and both kinds of line ends are fine.
pub(super) fn parse(text: &str) -> Lines {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = Vec::new();
    let mut shown = String::with_capacity(text.len());
    for (index, line) in text.lines().enumerate() {
        let (name, url) = columns(line);
        let start = shown.len();
        shown.push_str(&mask(name));
        if !(name.is_empty() || name.starts_with('#')) {
            lines.push(Line {
                number: index + 1,
                name: name.to_owned(),
                url: url.map(Secret::new),
                span: start..shown.len(),
            });
        }
        // A comment may be a tenant that somebody took out, with its URL.
        if url.is_some() {
            shown.push_str("\t***");
        }
        shown.push('\n');
    }
    Lines {
        lines,
        shown: shown.into(),
    }
}

/// A name, and what stands behind the first TAB.
fn columns(line: &str) -> (&str, Option<&str>) {
    let line = trim(line);
    match line.split_once('\t') {
        Some((name, url)) => (trim(name), Some(trim(url))),
        None => (line, None),
    }
}

/// Blanks of other kinds may belong to a name; a lone `\r` is what is left of a file's last line end.
fn trim(text: &str) -> &str {
    text.strip_suffix('\r')
        .unwrap_or(text)
        .trim_matches([' ', '\t'])
}

/// The line, from 1, at which `bytes` are not UTF-8 any more, or the text that they are.
pub(super) fn utf8(bytes: &[u8]) -> Result<&str, usize> {
    std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        good.split(|byte| *byte == b'\n').count()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(usize, &str, Option<&str>)]) {
        let parsed = parse(text);
        let lines: Vec<_> = parsed
            .lines
            .iter()
            .map(|line| {
                let url = line.url.as_ref().map(Secret::expose);
                (line.number, line.name.as_str(), url)
            })
            .collect();
        assert_eq!(lines, expected, "{text:?}");
    }

    #[test]
    fn one_tenant_a_line() {
        check("", &[]);
        check("acme\nbeta\n", &[(1, "acme", None), (2, "beta", None)]);
        check("acme\r\nbeta\r", &[(1, "acme", None), (2, "beta", None)]);
        check("\u{feff}acme", &[(1, "acme", None)]);
        check(
            "# ours\n\n  \t\nacme\n  # theirs\n  b c  \n",
            &[(4, "acme", None), (6, "b c", None)],
        );
        check("a#b\n\u{a0}c", &[(1, "a#b", None), (2, "\u{a0}c", None)]);
    }

    #[test]
    fn a_url_stands_behind_a_tab() {
        check(
            "a b\tpostgres://h/x\nc \t\t host=h user=u \nd\t\n",
            &[
                (1, "a b", Some("postgres://h/x")),
                (2, "c", Some("host=h user=u")),
                (3, "d", None),
            ],
        );
        check("a\tb\tc", &[(1, "a", Some("b\tc"))]);
    }

    #[test]
    fn no_url_is_shown() {
        let text = "a\thost=h password=hunter2\n#b\thunter2\n  c postgres://u:hunter2@h\r\nd";
        let parsed = parse(text);
        assert_eq!(&*parsed.shown, "a\t***\n#b\t***\nc postgres://***\nd\n");
        let names: Vec<&str> = parsed
            .lines
            .iter()
            .map(|line| &parsed.shown[line.span.clone()])
            .collect();
        assert_eq!(names, ["a", "c postgres://***", "d"]);
    }

    #[test]
    fn the_line_that_is_not_utf8() {
        assert_eq!(utf8("ü\n".as_bytes()), Ok("ü\n"));
        assert_eq!(utf8(b"\xff"), Err(1));
        assert_eq!(utf8(b"a\nb\nc\xff\nd"), Err(3));
    }
}
