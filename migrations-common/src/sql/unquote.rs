//! What PostgreSQL makes of a name or a string constant as it is written.
//!
//! Rules: the manual's chapter "Lexical Structure"; for U& also `src/backend/parser/parser.c`.
//! Everything that the server refuses is `None` here.

use std::iter::Peekable;
use std::str::Chars;

/// A name keeps this many bytes: PostgreSQL's NAMEDATALEN less its NUL.
const NAME_BYTES: usize = 63;

/// The name that an unquoted word stands for. Only ASCII is folded, as in a server whose encoding is UTF-8.
pub(super) fn word(written: &str) -> String {
    cut(written.to_ascii_lowercase())
}

/// The name that `"…"` or `U&"…"` stands for.
pub(super) fn quoted_identifier(written: &str, escape: char) -> Option<String> {
    let name = body(written, '"')?.replace("\"\"", "\"");
    let name = if has_unicode_escapes(written) {
        unicode(&name, escape)?
    } else {
        name
    };
    (!name.is_empty()).then(|| cut(name))
}

/// The value of a string constant: its first piece with its prefix, then those that continue it.
pub(super) fn string(pieces: &[&str], escape: char) -> Option<String> {
    let first = pieces.first()?;
    let bodies = || pieces.iter().map(|piece| body(piece, '\''));
    match first.as_bytes() {
        [b'\'', ..] => bodies()
            .map(|body| Some(body?.replace("''", "'")))
            .collect(),
        [b'e' | b'E', ..] => {
            let mut value = Vec::new();
            for body in bodies() {
                backslashes(body?, &mut value)?;
            }
            String::from_utf8(value).ok()
        }
        // The pieces are joined before their escapes are read.
        [b'u' | b'U', ..] => {
            let joined: Option<String> = bodies()
                .map(|body| Some(body?.replace("''", "'")))
                .collect();
            unicode(&joined?, escape)
        }
        // B'' and X'' are bits and N'' is a cast: none is a plain string constant to the grammar.
        _ => None,
    }
}

/// The value of `$tag$…$tag$`.
pub(super) fn dollar_string(written: &str) -> Option<String> {
    let tag = written.get(1..)?.find('$')? + 2;
    let end = written.len().checked_sub(tag)?;
    written.get(tag..end).map(str::to_owned)
}

pub(super) fn has_unicode_escapes(written: &str) -> bool {
    matches!(written.as_bytes(), [b'u' | b'U', b'&', ..])
}

/// The character that `'c'` after UESCAPE names.
pub(super) fn escape_character(written: &str) -> Option<char> {
    let mut body = body(written, '\'')?.chars();
    let character = body.next().filter(|_| written.starts_with('\''))?;
    let is_taken = character.is_ascii_hexdigit()
        || matches!(
            character,
            '+' | '\'' | '"' | ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}'
        );
    (!is_taken && body.next().is_none()).then_some(character)
}

/// What stands between the first and the last `quote`.
fn body(written: &str, quote: char) -> Option<&str> {
    let (_, rest) = written.split_once(quote)?;
    rest.strip_suffix(quote)
}

fn cut(mut name: String) -> String {
    name.truncate(name.floor_char_boundary(NAME_BYTES));
    name
}

/// Reads `\0061`, `\+000061` and the escape character doubled.
fn unicode(written: &str, escape: char) -> Option<String> {
    let mut value = String::with_capacity(written.len());
    let mut rest = written.chars().peekable();
    while let Some(character) = rest.next() {
        if character != escape {
            value.push(character);
        } else if rest.next_if_eq(&escape).is_some() {
            value.push(escape);
        } else {
            let unit = code_unit(&mut rest)?;
            value.push(scalar(unit, || {
                rest.next_if_eq(&escape)?;
                code_unit(&mut rest)
            })?);
        }
    }
    Some(value)
}

fn code_unit(rest: &mut Peekable<Chars<'_>>) -> Option<u32> {
    match rest.next_if_eq(&'+') {
        Some(_) => hex(rest, 6),
        None => hex(rest, 4),
    }
}

/// Reads what a backslash means in E''. Escapes may name single bytes, so the value is made of bytes.
fn backslashes(written: &str, value: &mut Vec<u8>) -> Option<()> {
    let mut rest = written.chars().peekable();
    let push = |value: &mut Vec<u8>, character: char| {
        value.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    };
    while let Some(character) = rest.next() {
        if character == '\'' {
            rest.next();
        }
        if character != '\\' {
            push(value, character);
            continue;
        }
        match rest.next()? {
            'b' => value.push(0x08),
            'f' => value.push(0x0c),
            'n' => value.push(b'\n'),
            'r' => value.push(b'\r'),
            't' => value.push(b'\t'),
            'x' if rest.peek().is_some_and(char::is_ascii_hexdigit) => {
                value.push(byte(&mut rest, 0, 16, 2)?);
            }
            digit @ '0'..='7' => value.push(byte(&mut rest, digit.to_digit(8)?, 8, 2)?),
            letter @ ('u' | 'U') => {
                let unit = hex(&mut rest, if letter == 'u' { 4 } else { 8 })?;
                let low = || {
                    rest.next_if_eq(&'\\')?;
                    match rest.next()? {
                        'u' => hex(&mut rest, 4),
                        'U' => hex(&mut rest, 8),
                        _ => None,
                    }
                };
                push(value, scalar(unit, low)?);
            }
            other => push(value, other),
        }
    }
    Some(())
}

/// Up to `digits` more digits of a number that is a byte; PostgreSQL keeps the low eight bits and refuses NUL.
fn byte(rest: &mut Peekable<Chars<'_>>, first: u32, radix: u32, digits: usize) -> Option<u8> {
    let mut number = first;
    for _ in 0..digits {
        let Some(digit) = rest.peek().and_then(|c| c.to_digit(radix)) else {
            break;
        };
        rest.next();
        number = number * radix + digit;
    }
    u8::try_from(number & 0xff).ok().filter(|byte| *byte != 0)
}

fn hex(rest: &mut Peekable<Chars<'_>>, digits: u32) -> Option<u32> {
    (0..digits).try_fold(0_u32, |number, _| {
        let digit = rest.next()?.to_digit(16)?;
        number.checked_mul(16)?.checked_add(digit)
    })
}

/// The character of a code point, or of the two halves of a surrogate pair.
fn scalar(unit: u32, low: impl FnOnce() -> Option<u32>) -> Option<char> {
    let code = if (0xd800..0xdc00).contains(&unit) {
        let low = low().filter(|low| (0xdc00..0xe000).contains(low))?;
        0x1_0000 + ((unit & 0x3ff) << 10) + (low & 0x3ff)
    } else {
        unit
    };
    char::from_u32(code).filter(|c| *c != '\0')
}
