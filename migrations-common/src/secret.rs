//! A value that nobody may see: a password, or a URL that holds one.

use std::fmt;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands where a secret was.
const MASK: &str = "***";

/// A string that shows itself as `***`. [`Secret::expose`] is the only way out.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes `value` into keeping.
    pub fn new(value: impl Into<String>) -> Self {
        Secret(value.into())
    }

    /// The value itself, for the call that needs it; never for a text that somebody reads.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// `text` with `***` wherever it holds this secret, as it is or as a URL would spell it.
    ///
    /// For words of others, such as a driver's error, before they become words of ours.
    pub fn redact(&self, text: &str) -> String {
        if self.0.is_empty() {
            return text.to_owned();
        }
        let encoded = utf8_percent_encode(&self.0, NON_ALPHANUMERIC).to_string();
        text.replace(&self.0, MASK).replace(&encoded, MASK)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_a_mask_and_exposes_on_demand() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret} {secret:?}"), "*** ***");
        assert_eq!(secret.expose(), "hunter2");
    }

    #[test]
    fn redacts_both_spellings() {
        let secret = Secret::new("p@ss/word");
        assert_eq!(
            secret.redact("tried p@ss/word, then postgres://u:p%40ss%2Fword@h"),
            "tried ***, then postgres://u:***@h"
        );
        assert_eq!(Secret::new("").redact("as it was"), "as it was");
    }
}
