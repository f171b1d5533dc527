//! A migration file: its name, version, directives and checksum. refinery's names and checksums.

mod load;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use siphasher::sip::SipHasher13;

use crate::config::VersionWidth;
use crate::directive::Directives;
use crate::prepare::Memory;
use crate::problem::{Problem, Source};

pub use load::{File, load};

/// The number of a migration; it orders the migrations of a series.
pub type Version = i64;

/// One immutable SQL file.
#[derive(Clone, Debug, PartialEq)]
pub struct Migration {
    /// Its number.
    pub version: Version,
    /// What stands after the `__`.
    pub name: String,
    /// A `U` file, which may apply after newer ones.
    pub may_be_late: bool,
    /// The file.
    pub source: Source,
    /// Its header.
    pub directives: Directives,
    /// What is wrong with its header. It matters only once the migration is to run: an applied file cannot be changed.
    pub problems: Vec<Malformed>,
    /// The file that takes it back.
    pub down: Option<Down>,
    /// What was read of the file.
    pub(crate) memory: Memory,
}

/// A problem of a file that is reported when the file is to run.
#[derive(Clone, Debug)]
pub struct Malformed(pub Problem);

/// Two apps are compared by their files; what is wrong with equal files is equal.
impl PartialEq for Malformed {
    fn eq(&self, other: &Self) -> bool {
        self.0.message == other.0.message
    }
}

/// `V<version>__<name>.down.sql`.
#[derive(Clone, Debug, PartialEq)]
pub struct Down {
    /// The file.
    pub source: Source,
    /// Its header.
    pub directives: Directives,
    /// What is wrong with its header.
    pub problems: Vec<Malformed>,
}

/// How a recorded checksum relates to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// The file as it stands.
    Same,
    /// The file with other line ends.
    LineEnds,
    /// Another text.
    Edited,
}

impl Migration {
    /// `V16__backfill_email`, as refinery writes it.
    pub fn label(&self) -> String {
        format!(
            "{}{}__{}",
            if self.may_be_late { 'U' } else { 'V' },
            self.version,
            self.name
        )
    }

    /// The checksum that refinery computes. It hashes the version too, so it depends on the width.
    pub fn checksum(&self, width: VersionWidth) -> u64 {
        checksum(width, &self.name, self.version, &self.source.text)
    }

    /// Compares with a checksum of either width: a history that refinery wrote may have been widened by hand.
    pub fn compare(&self, recorded: u64) -> Checksum {
        let matches = |text: &str| {
            [VersionWidth::Int8, VersionWidth::Int4]
                .into_iter()
                .any(|width| checksum(width, &self.name, self.version, text) == recorded)
        };
        if matches(&self.source.text) {
            return Checksum::Same;
        }
        let unix = self.source.text.replace("\r\n", "\n");
        if matches(&unix) || matches(&unix.replace('\n', "\r\n")) {
            Checksum::LineEnds
        } else {
            Checksum::Edited
        }
    }
}

/// refinery's checksum: SipHash 1-3 over name, version and text (`refinery_core::Migration::unapplied`).
fn checksum(width: VersionWidth, name: &str, version: Version, text: &str) -> u64 {
    let mut hasher = SipHasher13::new();
    name.hash(&mut hasher);
    match (width, i32::try_from(version)) {
        (VersionWidth::Int4, Ok(narrow)) => narrow.hash(&mut hasher),
        _ => version.hash(&mut hasher),
    }
    text.hash(&mut hasher);
    hasher.finish()
}

/// The migration of `version` in a sorted series.
pub fn find(migrations: &[Arc<Migration>], version: Version) -> Option<&Arc<Migration>> {
    migrations
        .binary_search_by_key(&version, |m| m.version)
        .ok()
        .and_then(|i| migrations.get(i))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn migration(text: &str) -> Migration {
        let files = vec![File {
            path: "migrations/core/V3__größe.sql".to_owned(),
            bytes: text.as_bytes().to_vec(),
        }];
        let (mut migrations, problems) = load(&files);
        assert!(problems.is_empty(), "{problems:?}");
        Arc::unwrap_or_clone(migrations.remove(0))
    }

    #[test]
    fn checksums_are_refinerys_at_both_widths() {
        let text = "select 1; -- é\r\n";
        let ours = migration(text);
        let wide = refinery::Migration::unapplied("V3__größe", text).expect("a valid name");
        let narrow = refinery_int4::Migration::unapplied("V3__größe", text).expect("a valid name");
        assert_eq!(ours.checksum(VersionWidth::Int8), wide.checksum());
        assert_eq!(ours.checksum(VersionWidth::Int4), narrow.checksum());
        assert_ne!(wide.checksum(), narrow.checksum());
        assert_eq!(ours.label(), wide.to_string());
    }

    #[test]
    fn line_ends_alone_are_no_edit() {
        let unix = migration("select 1;\nselect 2;\n");
        let windows = migration("select 1;\r\nselect 2;\r\n");
        let other = migration("select 1;\nselect 3;\n");
        for width in [VersionWidth::Int4, VersionWidth::Int8] {
            assert_eq!(unix.compare(unix.checksum(width)), Checksum::Same);
            assert_eq!(unix.compare(windows.checksum(width)), Checksum::LineEnds);
            assert_eq!(windows.compare(unix.checksum(width)), Checksum::LineEnds);
            assert_eq!(unix.compare(other.checksum(width)), Checksum::Edited);
        }
    }
}
