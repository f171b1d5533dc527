//! Where to connect, as whom, and how: a connection URL made complete.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::utf8_percent_encode;

use super::defaults;
use super::hosts::{Host, RESERVED, hosts};
use super::liveness::Liveness;
use super::pgpass::{self, Passwords};
use super::session::Session;
use super::settings::{CODE, Settings};
use super::tls::Tls;
use crate::environment::Environment;
use crate::problem::Problem;
use crate::secret::Secret;

/// Everything that [`open`](super::open) needs to know. It shows itself without the password.
#[derive(Clone)]
pub struct Parameters {
    pub(super) hosts: Vec<Host>,
    pub(super) user: String,
    pub(super) database: String,
    /// The one that was given; else `passwords` are asked.
    password: Option<Secret>,
    passwords: Arc<Passwords>,
    pub(super) application_name: Option<String>,
    pub(super) options: Option<String>,
    pub(super) connect_timeout: Duration,
    pub(super) liveness: Liveness,
    pub(super) session: Session,
    pub(super) channel_binding: postgres::config::ChannelBinding,
    pub(super) tls: Arc<Tls>,
    /// What [`Parameters::as_url`] repeats after its `?`.
    extras: Vec<(&'static str, String)>,
}

/// Which server, whatever the user and the database: equal for two connections that reach the same one by the same
/// names. `localhost` and `127.0.0.1` are different names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Server(Vec<String>);

impl Parameters {
    /// Reads `text`, a URL (`postgres://…`) or a string of `key=value`, and completes it as libpq does: from the
    /// connection service, from the PG* variables, from built-in defaults, and from the password file. An empty `text`
    /// leaves everything to those.
    ///
    /// Unlike in libpq a connection attempt always has a time limit, 10 seconds unless `connect_timeout` says
    /// otherwise; PGOPTIONS is not read; and a file that was named for TLS must exist whatever the `sslmode`.
    ///
    /// # Errors
    /// `connection-url`, `connection-service`, `secret-file` and `secret-encoding`, none of which shows a password.
    pub fn from_url(text: &str, environment: &Environment) -> Result<Self, Problem> {
        let settings = defaults::settings(text, environment)?;
        Parameters::new(&settings, environment)
    }

    fn new(settings: &Settings, environment: &Environment) -> Result<Self, Problem> {
        let text = |name| settings.get(name).map(str::to_owned);
        let user = text("user")
            .or_else(|| environment.user_name().map(str::to_owned))
            .ok_or_else(|| {
                Problem::config(CODE, "the connection URL names no user")
                    .help("write it as `postgres://user@host/database`, or set PGUSER")
            })?;
        let password = settings.get("password").map(Secret::new);
        let passfile = text("passfile").map(Into::into);
        let passfile = passfile.or_else(|| environment.home().map(|home| home.join(".pgpass")));
        let passwords = match (&password, passfile) {
            (None, Some(path)) => pgpass::read(&path),
            _ => Passwords::default(),
        };
        refuse_gss(settings)?;
        Ok(Parameters {
            hosts: hosts(settings)?,
            database: text("dbname").unwrap_or_else(|| user.clone()),
            user,
            password,
            passwords: Arc::new(passwords),
            application_name: text("application_name"),
            options: text("options"),
            connect_timeout: connect_timeout(settings)?,
            liveness: Liveness::new(settings)?,
            session: Session::new(settings)?,
            channel_binding: channel_binding(settings)?,
            tls: Arc::new(Tls::new(settings, environment)?),
            extras: EXTRAS
                .iter()
                .filter_map(|name| Some((*name, text(name)?)))
                .collect(),
        })
    }

    /// The role that connects.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The database to connect to.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The same connection to another database.
    #[must_use]
    pub fn with_database(&self, database: &str) -> Self {
        Parameters {
            database: database.to_owned(),
            ..self.clone()
        }
    }

    /// `postgres://user@host:5432/database`, for people; never a password.
    pub fn display(&self) -> String {
        self.url(&self.hosts, "")
    }

    /// What tells one server from another.
    pub fn server(&self) -> Server {
        let mut hosts: Vec<String> = self
            .hosts
            .iter()
            .map(|host| host.to_string().to_lowercase())
            .collect();
        hosts.sort_unstable();
        Server(hosts)
    }

    /// The whole connection as a URL for other programs: with the password, and with the keywords that were given.
    ///
    /// A password that comes from the password file is the first host's.
    pub fn as_url(&self) -> Secret {
        let password = self.hosts.first().and_then(|host| self.password(host));
        let password = password.map_or_else(String::new, |password| {
            format!(":{}", utf8_percent_encode(password.expose(), RESERVED))
        });
        let mut url = self.url(&self.hosts, &password);
        let mut separator = "?";
        for (name, value) in &self.extras {
            let value = utf8_percent_encode(value, RESERVED).to_string();
            url.extend([separator, name, "=", &value]);
            separator = "&";
        }
        Secret::new(url)
    }

    /// [`Parameters::display`] for one of the hosts.
    pub(super) fn display_at(&self, host: &Host) -> String {
        self.url(std::slice::from_ref(host), "")
    }

    /// The password for `host`.
    pub(super) fn password(&self, host: &Host) -> Option<&Secret> {
        let found = || self.passwords.find(host, &self.database, &self.user);
        self.password.as_ref().or_else(found)
    }

    /// What there is to say about the password file.
    pub(super) fn password_note(&self) -> Option<&str> {
        self.passwords.note.as_deref()
    }

    /// Words of the server or of the driver without the password, should they hold it.
    ///
    /// A password that is also the user's or the database's name stays: it would be no secret, and masking the name
    /// would tell that it is the password.
    pub(super) fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for password in self.hosts.iter().filter_map(|host| self.password(host)) {
            if ![&self.user, &self.database]
                .iter()
                .any(|name| *name == password.expose())
            {
                text = password.redact(&text);
            }
        }
        text
    }

    fn url(&self, hosts: &[Host], password: &str) -> String {
        let hosts: Vec<String> = hosts.iter().map(Host::to_string).collect();
        let user = utf8_percent_encode(&self.user, RESERVED);
        let database = utf8_percent_encode(&self.database, RESERVED);
        format!("postgres://{user}{password}@{}/{database}", hosts.join(","))
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.display())
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(","))
    }
}

/// The keywords that have no place before the `?` of a URL and that other drivers know.
const EXTRAS: [&str; 13] = [
    "hostaddr",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "sslsni",
    "sslnegotiation",
    "ssl_min_protocol_version",
    "channel_binding",
    "target_session_attrs",
    "application_name",
    "connect_timeout",
    "options",
];

/// Whole seconds; libpq waits forever at 0 and below, we take our default.
fn connect_timeout(settings: &Settings) -> Result<Duration, Problem> {
    let given = settings
        .number("connect_timeout")?
        .and_then(|seconds| u64::try_from(seconds).ok());
    Ok(Duration::from_secs(
        given.filter(|seconds| *seconds > 0).unwrap_or(10),
    ))
}

fn channel_binding(settings: &Settings) -> Result<postgres::config::ChannelBinding, Problem> {
    use postgres::config::ChannelBinding::{Disable, Prefer, Require};
    let choices = [
        ("disable", Disable),
        ("prefer", Prefer),
        ("require", Require),
    ];
    Ok(settings
        .choice("channel_binding", &choices)?
        .unwrap_or(Prefer))
}

/// GSSAPI is not built in; only a connection that insists on it cannot be made.
fn refuse_gss(settings: &Settings) -> Result<(), Problem> {
    let choices = [("disable", false), ("prefer", false), ("require", true)];
    match settings.choice("gssencmode", &choices)? {
        Some(true) => Err(settings.invalid(
            "gssencmode",
            "disable or prefer, as GSSAPI is not supported",
        )),
        _ => Ok(()),
    }
}
