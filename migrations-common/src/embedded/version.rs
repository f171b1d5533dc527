//! Versions of PostgreSQL.

use std::fmt;

/// A released version of PostgreSQL, such as 15.18; pre-releases count as `.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Decides which data directories the server can open.
    pub major: u32,
    /// The bug-fix release.
    pub minor: u32,
}

impl Version {
    /// The oldest major version that the engine works with: `client_connection_check_interval` came with 14.
    pub const OLDEST_MAJOR: u32 = 14;

    /// Reads what `postgres --version` prints: `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, `… 18beta1`.
    pub fn from_banner(banner: &str) -> Option<Version> {
        let (_, after) = banner.split_once("(PostgreSQL) ")?;
        let (major, rest) = leading_number(after)?;
        let minor = rest.strip_prefix('.').and_then(leading_number);
        Some(Version {
            major,
            minor: minor.map_or(0, |(minor, _)| minor),
        })
    }

    /// Reads the setting `server_version_num`: 150018 is 15.18.
    pub fn from_number(number: u32) -> Version {
        Version {
            major: number / 10_000,
            minor: number % 10_000,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

fn leading_number(text: &str) -> Option<(u32, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn banners() {
        let read = |banner| Version::from_banner(banner).map(|version| version.to_string());
        let debian = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)";
        assert_eq!(read(debian).as_deref(), Some("15.18"));
        assert_eq!(
            read("postgres (PostgreSQL) 18beta1").as_deref(),
            Some("18.0")
        );
        assert_eq!(read("postgres (PostgreSQL) 9.6.24").as_deref(), Some("9.6"));
        assert_eq!(read("postgres (PostgreSQL) 99999999999"), None);
        assert_eq!(read("mysqld 8"), None);
    }

    #[test]
    fn numbers() {
        assert_eq!(Version::from_number(150_018).to_string(), "15.18");
    }
}
