//! Options in parentheses: `(VERBOSE, CONCURRENTLY off)`, `(refresh = false)`.

use crate::sql::Cursor;
use crate::sql::lexer::TokenKind;

/// What an option list switches on and off.
#[derive(Debug, Default)]
pub(super) struct Options(Vec<(String, bool)>);

impl Options {
    /// Whether `name` is on; `None` if it is not listed.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        let option = self.0.iter().find(|(option, _)| option == name);
        option.map(|(_, on)| *on)
    }
}

/// Reads the list that stands at the cursor, if one does.
pub(super) fn options(cursor: &mut Cursor<'_>) -> Options {
    let mut options = Options::default();
    if !cursor.mark(TokenKind::OpenParen) {
        return options;
    }
    while let Some(name) = cursor.identifier() {
        let mut on = true;
        while let Some(token) = cursor.advance() {
            match token.kind {
                TokenKind::Comma => break,
                TokenKind::CloseParen => {
                    options.0.push((name, on));
                    return options;
                }
                _ => on = !is_off(cursor.text_of(&token)),
            }
        }
        options.0.push((name, on));
    }
    options
}

/// The values that `defGetBoolean` in PostgreSQL's `src/backend/commands/define.c` takes for false.
fn is_off(value: &str) -> bool {
    let value = value.trim_matches('\'');
    ["0", "false", "off"]
        .iter()
        .any(|off| value.eq_ignore_ascii_case(off))
}
