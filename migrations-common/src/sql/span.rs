//! Byte ranges to lines and columns.

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
