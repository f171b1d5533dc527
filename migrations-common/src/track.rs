//! The two tracks of a database that holds tenants' schemas, and what a series is called.

use std::fmt;

/// An ordered series with its own history, beside the other of the same database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Track {
    /// Once per database, and before the tenants.
    Global,
    /// Once per tenant, in the tenant's schema.
    Tenant,
}

/// What a series is called: by other apps' requirements, and in messages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesName {
    /// The app's name.
    pub app: String,
    /// The database's name within the app.
    pub database: String,
    /// The track; `None` where a database has but one series.
    pub track: Option<Track>,
}

impl Track {
    /// Both, in the order that they run.
    pub const ALL: [Track; 2] = [Track::Global, Track::Tenant];

    /// The word in JSON, in requirements and of its directory.
    pub fn word(self) -> &'static str {
        match self {
            Track::Global => "global",
            Track::Tenant => "tenant",
        }
    }

    /// The track that `word` means.
    pub fn of(word: &str) -> Option<Track> {
        Track::ALL.into_iter().find(|track| track.word() == word)
    }
}

impl fmt::Display for SeriesName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.app, self.database)?;
        match self.track {
            Some(track) => write!(f, "/{}", track.word()),
            None => Ok(()),
        }
    }
}
