//! Which servers of a list will do: libpq's `target_session_attrs`.

use postgres::{Client, Error, SimpleQueryMessage};

use super::settings::Settings;
use crate::problem::Problem;

/// What a session must be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Session {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

const WORDS: [(&str, Session); 6] = [
    ("any", Session::Any),
    ("read-write", Session::ReadWrite),
    ("read-only", Session::ReadOnly),
    ("primary", Session::Primary),
    ("standby", Session::Standby),
    ("prefer-standby", Session::PreferStandby),
];

impl Session {
    pub(super) fn new(settings: &Settings) -> Result<Self, Problem> {
        Ok(settings
            .choice("target_session_attrs", &WORDS)?
            .unwrap_or(Session::Any))
    }

    /// What to look for on all hosts, and then, if none has it, again on all hosts.
    pub(super) fn rounds(self) -> &'static [Session] {
        match self {
            Session::Any => &[Session::Any],
            Session::ReadWrite => &[Session::ReadWrite],
            Session::ReadOnly => &[Session::ReadOnly],
            Session::Primary => &[Session::Primary],
            Session::Standby => &[Session::Standby],
            Session::PreferStandby => &[Session::Standby, Session::Any],
        }
    }

    /// Whether the server behind `client` will do.
    pub(super) fn accepts(self, client: &mut Client) -> Result<bool, Error> {
        const READ_ONLY: &str = "SHOW transaction_read_only";
        const STANDBY: &str = "SELECT pg_catalog.pg_is_in_recovery()";
        match self {
            Session::Any | Session::PreferStandby => Ok(true),
            Session::ReadWrite => Ok(answer(client, READ_ONLY)? == "off"),
            Session::ReadOnly => Ok(answer(client, READ_ONLY)? == "on"),
            Session::Primary => Ok(answer(client, STANDBY)? == "f"),
            Session::Standby => Ok(answer(client, STANDBY)? == "t"),
        }
    }

    /// The server that was wanted, for an error.
    pub(super) fn wanted(self) -> &'static str {
        match self {
            Session::Any | Session::PreferStandby => "any server",
            Session::ReadWrite => "a server that accepts writes",
            Session::ReadOnly => "a server that refuses writes",
            Session::Primary => "a primary server",
            Session::Standby => "a standby server",
        }
    }
}

/// The one value that `query` returns. A simple query: a pooler may not know prepared statements.
fn answer(client: &mut Client, query: &str) -> Result<String, Error> {
    let messages = client.simple_query(query)?;
    let value = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.try_get(0).ok().flatten(),
        _ => None,
    });
    Ok(value.unwrap_or_default().to_owned())
}
