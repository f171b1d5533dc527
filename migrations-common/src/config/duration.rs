//! Durations as PostgreSQL writes them: `250ms`, `3s`, `15min`, `1h`, `1d`, and `0` for none.

use std::time::Duration;

/// PostgreSQL keeps its timeouts in milliseconds in a 32-bit integer.
const MAX: Duration = Duration::from_millis(i32::MAX as u64);

/// Reads a duration.
///
/// # Errors
/// Words for a message, when `text` is no duration or longer than PostgreSQL can hold (about 24 days).
pub fn parse(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| not_a_duration(text))?;
    let milliseconds = match unit.trim() {
        "" if number == 0 => Some(0),
        "ms" => Some(number),
        "s" => number.checked_mul(1000),
        "min" => number.checked_mul(60_000),
        "h" => number.checked_mul(3_600_000),
        "d" => number.checked_mul(86_400_000),
        "" => {
            return Err(format!(
                "`{text}` has no unit: write `{text}s` or `{text}ms`"
            ));
        }
        _ => return Err(not_a_duration(text)),
    };
    milliseconds
        .map(Duration::from_millis)
        .filter(|d| *d <= MAX)
        .ok_or_else(|| format!("`{text}` is longer than PostgreSQL can wait (24 days)"))
}

fn not_a_duration(text: &str) -> String {
    format!(
        "`{text}` is not a duration: write a number and a unit (ms, s, min, h, d), such as `3s`"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_with_units() {
        for (text, milliseconds) in [
            ("0", 0),
            ("250ms", 250),
            ("3s", 3000),
            ("15min", 900_000),
            ("1h", 3_600_000),
            ("1 d", 86_400_000),
        ] {
            assert_eq!(
                parse(text),
                Ok(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "",
            "s",
            "3",
            "3 weeks",
            "-1s",
            "1.5s",
            "25d",
            "99999999999999999999s",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
