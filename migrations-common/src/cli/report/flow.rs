//! Lines that are no longer than a terminal is wide.

use anstream::adapter::strip_str;

/// Room that text gets at least, however far it is indented.
const LEAST_ROOM: usize = 20;

/// A line of a table: what it is about, how many, and how they stand.
#[derive(Default)]
pub(super) struct Row {
    pub(super) label: String,
    /// May be empty.
    pub(super) number: String,
    /// What must not be torn apart, each with a space before the next.
    pub(super) pieces: Vec<String>,
}

/// `rows` below each other in columns, `indent` columns from the left.
pub(super) fn table(rows: &[Row], indent: usize, width: usize) -> String {
    let widest =
        |cell: fn(&Row) -> &str| rows.iter().map(|row| columns(cell(row))).max().unwrap_or(0);
    let labels = widest(|row| &row.label);
    let numbers = widest(|row| &row.number);
    let lines = rows.iter().map(|row| {
        let mut head = format!("{:indent$}{}   ", "", pad(&row.label, labels));
        if numbers > 0 {
            head = format!("{head}{}   ", pad(&row.number, numbers));
        }
        flow(&head, indent + 4, &row.pieces, width)
    });
    lines.collect()
}

/// `head` and then `pieces`, in lines of at most `width` columns where pieces allow it. Lines after the first stand
/// below the first piece, or `indent` columns from the left where that leaves no room.
pub(super) fn flow(head: &str, indent: usize, pieces: &[String], width: usize) -> String {
    let below = match columns(head) {
        wide if wide + LEAST_ROOM > width => indent,
        fits => fits,
    };
    let mut text = head.to_owned();
    let mut at = columns(head);
    let mut is_first = true;
    for piece in pieces {
        let length = columns(piece);
        if !is_first && at + 1 + length > width {
            text.truncate(text.trim_end().len());
            text.push('\n');
            text.extend(std::iter::repeat_n(' ', below));
            at = below;
        } else if !is_first {
            text.push(' ');
            at += 1;
        }
        text += piece;
        at += length;
        is_first = false;
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

/// `text` cut to `width` columns, so that it shows that it was.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

fn pad(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(columns(text));
    format!("{text}{:missing$}", "")
}

/// Columns that `text` takes, styles left out.
fn columns(text: &str) -> usize {
    strip_str(text).map(|part| part.chars().count()).sum()
}

#[cfg(test)]
mod tests {
    use super::super::wording::{GOOD, paint};
    use super::*;

    #[test]
    fn lines_break_between_pieces() {
        let pieces = ["aaaa", "bbbb", "cccc", "dddd"].map(|piece| paint(GOOD, piece));
        let shown = |head: &str, width| strip_str(&flow(head, 2, &pieces, width)).to_string();
        assert_eq!(shown("head ", 60), "head aaaa bbbb cccc dddd\n");
        assert_eq!(shown("head ", 24), "head aaaa bbbb cccc dddd\n");
        assert_eq!(
            shown("a wide heading ", 35),
            "a wide heading aaaa bbbb cccc dddd\n"
        );
        assert_eq!(
            shown("a wide heading ", 30),
            "a wide heading aaaa bbbb cccc\n  dddd\n"
        );
        let long = ["x".repeat(50), "y".to_owned()];
        assert_eq!(
            flow("head ", 2, &long, 30),
            format!("head {}\n     y\n", long[0]),
            "nothing is torn apart"
        );
    }

    #[test]
    fn columns_suit_the_widest() {
        let row = |label: &str, number: &str| Row {
            label: label.to_owned(),
            number: number.to_owned(),
            pieces: vec!["x".to_owned()],
        };
        let rows = [row("größe", ""), row(&paint(GOOD, "a"), "10 tenants")];
        let text = strip_str(&table(&rows, 2, 80)).to_string();
        assert_eq!(text, "  größe                x\n  a       10 tenants   x\n");
    }

    #[test]
    fn what_is_cut_shows_it() {
        assert_eq!(cut("größe", 5), "größe");
        assert_eq!(cut("große fehler", 7), "große…");
        assert_eq!(cut("x", 0), "…");
    }
}
