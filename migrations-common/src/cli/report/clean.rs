//! Text of others made harmless: a server's message or a tenant's name must not move the cursor or hide what follows.

use std::borrow::Cow;

/// `text` with its line breaks and without other control characters.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    replace(text, |c| c == '\n')
}

/// `text` as one line.
pub(super) fn line(text: &str) -> Cow<'_, str> {
    replace(text.trim_end(), |_| false)
}

/// `text` without the control characters that the renderer of excerpts lets through, and as many bytes.
pub(super) fn same_bytes(text: &str) -> Cow<'_, str> {
    let is_second_set = |c: char| matches!(c, '\u{80}'..='\u{9f}');
    if text.contains(is_second_set) {
        Cow::Owned(text.replace(is_second_set, "·"))
    } else {
        Cow::Borrowed(text)
    }
}

fn replace(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    let harmful = |c: char| (c.is_control() || turns(c)) && !keep(c);
    if !text.contains(harmful) {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", "\n");
    let cleaned = text.chars().map(|c| match c {
        c if !harmful(c) => c,
        '\n' | '\r' | '\t' => ' ',
        _ => char::REPLACEMENT_CHARACTER,
    });
    Cow::Owned(cleaned.collect())
}

/// Characters that reorder what stands beside them (Unicode annex 9).
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_moves_the_cursor_or_turns_the_line() {
        assert_eq!(text("a\r\nb\tc\n"), "a\nb c\n");
        assert_eq!(line("a\r\nb\n"), "a b");
        assert_eq!(text("\u{1b}[2Jx\u{202e}y\u{9b}"), "�[2Jx�y�");
        assert_eq!(same_bytes("é\u{9b}2J"), "é·2J");
        assert_eq!("·".len(), "\u{9b}".len());
        assert!(matches!(text("größe\n"), Cow::Borrowed(_)));
    }
}
