//! The connection keywords of libpq, and what we do with each.
//!
//! Names and variables: PostgreSQL 18 manual, 32.1.2 "Parameter Key Words" and 32.15 "Environment Variables".

/// One keyword of a connection string.
pub(super) struct Keyword {
    pub(super) name: &'static str,
    /// The environment variable that fills it when nothing else does.
    pub(super) variable: Option<&'static str>,
    pub(super) treatment: Treatment,
}

/// What becomes of a keyword's value.
pub(super) enum Treatment {
    /// It does what it does in libpq.
    Honoured,
    /// It changes nothing that we do; any value is accepted.
    Ignored,
    /// To ignore it would be less safe than its author thinks: an error that says what to do instead.
    Refused(&'static str),
}

use Treatment::{Honoured, Ignored, Refused};

/// The keyword of that name.
pub(super) fn keyword(name: &str) -> Option<&'static Keyword> {
    KEYWORDS.iter().find(|keyword| keyword.name == name)
}

const fn row(name: &'static str, variable: Option<&'static str>, treatment: Treatment) -> Keyword {
    Keyword {
        name,
        variable,
        treatment,
    }
}

/// All of them. PGOPTIONS is left out: startup options from a shell's profile would break transaction pooling.
/// PGPASSWORD is read as a secret, so that `PGPASSWORD_FILE` works too.
pub(super) const KEYWORDS: &[Keyword] = &[
    row("host", Some("PGHOST"), Honoured),
    row("hostaddr", Some("PGHOSTADDR"), Honoured),
    row("port", Some("PGPORT"), Honoured),
    row("dbname", Some("PGDATABASE"), Honoured),
    row("user", Some("PGUSER"), Honoured),
    row("password", None, Honoured),
    row("passfile", Some("PGPASSFILE"), Honoured),
    row("service", Some("PGSERVICE"), Honoured),
    row("servicefile", Some("PGSERVICEFILE"), Honoured),
    row("application_name", Some("PGAPPNAME"), Honoured),
    row("fallback_application_name", None, Ignored),
    row("connect_timeout", Some("PGCONNECT_TIMEOUT"), Honoured),
    row("options", None, Honoured),
    row("keepalives", None, Honoured),
    row("keepalives_idle", None, Honoured),
    row("keepalives_interval", None, Honoured),
    row("keepalives_count", None, Honoured),
    row("tcp_user_timeout", None, Honoured),
    row(
        "target_session_attrs",
        Some("PGTARGETSESSIONATTRS"),
        Honoured,
    ),
    row("channel_binding", Some("PGCHANNELBINDING"), Honoured),
    row("sslmode", Some("PGSSLMODE"), Honoured),
    row("sslnegotiation", Some("PGSSLNEGOTIATION"), Honoured),
    row("sslrootcert", Some("PGSSLROOTCERT"), Honoured),
    row("sslcert", Some("PGSSLCERT"), Honoured),
    row("sslkey", Some("PGSSLKEY"), Honoured),
    row("sslsni", Some("PGSSLSNI"), Honoured),
    row(
        "ssl_min_protocol_version",
        Some("PGSSLMINPROTOCOLVERSION"),
        Honoured,
    ),
    row("gssencmode", Some("PGGSSENCMODE"), Honoured),
    row("client_encoding", None, Ignored),
    row("sslcompression", None, Ignored),
    row("ssl_max_protocol_version", None, Ignored),
    row("load_balance_hosts", None, Ignored),
    row("min_protocol_version", None, Ignored),
    row("max_protocol_version", None, Ignored),
    row("krbsrvname", None, Ignored),
    row("gsslib", None, Ignored),
    row("gssdelegation", None, Ignored),
    row("sslcrl", Some("PGSSLCRL"), Refused(NO_REVOCATION)),
    row("sslcrldir", Some("PGSSLCRLDIR"), Refused(NO_REVOCATION)),
    row(
        "sslpassword",
        None,
        Refused("store the key of `sslkey` without a pass phrase, readable only by this user"),
    ),
    row(
        "sslcertmode",
        Some("PGSSLCERTMODE"),
        Refused("leave it out; a client certificate is sent when there is one"),
    ),
    row(
        "requirepeer",
        Some("PGREQUIREPEER"),
        Refused("leave it out, or connect over TCP with sslmode=verify-full"),
    ),
    row(
        "require_auth",
        Some("PGREQUIREAUTH"),
        Refused("leave it out, or use channel_binding=require"),
    ),
    row(
        "replication",
        None,
        Refused("leave it out; migrations need an ordinary connection"),
    ),
];

const NO_REVOCATION: &str = "leave it out; certificate revocation lists are not checked";
