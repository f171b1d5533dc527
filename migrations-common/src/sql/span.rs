//! Byte ranges to lines and columns, and characters to bytes.

/// Line and column of byte `offset` in `text`, both from 1; columns count characters.
///
/// An offset past the end, or inside a character, counts as the nearest place before it.
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..text.floor_char_boundary(offset)).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let column = before.get(line_start..).unwrap_or("").chars().count() + 1;
    (line, column)
}

/// The byte offset at which the `number`th character of `text` begins, counted from 1 as PostgreSQL counts in an error's position.
///
/// 0 counts as 1; a number past the end gives the length of `text`.
/// Source: field `P` in the manual's chapter "Error and Notice Message Fields".
pub fn byte_of_character(text: &str, number: usize) -> usize {
    text.char_indices()
        .nth(number.saturating_sub(1))
        .map_or(text.len(), |(offset, _)| offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let text = "é\nßx";
        assert_eq!(line_column(text, 0), (1, 1));
        assert_eq!(line_column(text, 2), (1, 2));
        assert_eq!(line_column(text, 3), (2, 1));
        assert_eq!(line_column(text, 5), (2, 2));
        assert_eq!(line_column(text, 4), (2, 1), "inside a character");
        assert_eq!(line_column(text, 99), (2, 3), "past the end");
    }

    #[test]
    fn characters_count_from_one_and_may_be_wide() {
        let text = "aé𝄞z";
        let offsets = [0, 1, 2, 3, 4, 5, 99].map(|n| byte_of_character(text, n));
        assert_eq!(offsets, [0, 0, 1, 3, 7, 8, 8]);
    }
}
