//! Opening a connection: hosts in turn, addresses in turn, encrypted as `sslmode` says.

use std::net::{IpAddr, ToSocketAddrs};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use postgres::config::{SslMode, SslNegotiation};
use postgres::error::DbError;
use postgres::{Client, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::cancel::Canceller;
use super::failure::Failure;
use super::hosts::{Host, Name};
use super::limit::within;
use super::parameters::Parameters;
use super::refusal::Refusal;
use super::session::Session;
use super::tls::Mode;
use crate::problem::Problem;

/// An open connection. It is a [`postgres::Client`], and knows how to cancel what that runs.
pub struct Connection {
    client: Client,
    tls: Option<MakeRustlsConnect>,
    limit: std::time::Duration,
}

impl Connection {
    /// What cancels a statement of this connection, from another thread.
    pub fn canceller(&self) -> Canceller {
        Canceller {
            token: self.client.cancel_token(),
            tls: self.tls.clone(),
            limit: self.limit,
        }
    }
}

impl Deref for Connection {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut Client {
        &mut self.client
    }
}

/// Connects. Each address of each host is tried in turn until one answers, each for `connect_timeout` at most; a server
/// that refuses the credentials ends the search, as in libpq.
///
/// `purpose` becomes the `application_name`, such as `migrations app1`, unless the parameters name one. `on_notice` gets
/// every notice of the server, while a call on the connection runs.
///
/// No startup `options` are sent but those of the URL, so that a pooler in transaction mode accepts the connection.
///
/// # Errors
/// Of kind `Connect`, with the server's SQLSTATE where it gave one: `unreachable`, `wrong-password`, `password-missing`,
/// `role-refused`, `no-database`, `too-many-connections`, `server-not-ready`, `server-refused`, `no-tls`, `certificate`,
/// `tls`, `wrong-session`. Of kind `Config`: `tls-files`.
pub fn open(
    parameters: &Parameters,
    purpose: &str,
    on_notice: impl Fn(DbError) + Send + Sync + 'static,
) -> Result<Connection, Problem> {
    let attempt = Attempt {
        parameters,
        purpose,
        on_notice: Arc::new(on_notice),
    };
    let mut failures = Vec::new();
    for session in parameters.session.rounds() {
        for host in &parameters.hosts {
            if let Some(connection) = attempt.host(host, *session, &mut failures)? {
                return Ok(connection);
            }
        }
    }
    Err(Failure::of_all(parameters, failures))
}

/// What all attempts of one [`open`] share.
struct Attempt<'a> {
    parameters: &'a Parameters,
    purpose: &'a str,
    on_notice: Arc<dyn Fn(DbError) + Send + Sync>,
}

/// What to ask for on one connection.
#[derive(Clone, Copy)]
enum Encryption {
    Plain,
    IfOffered,
    Required,
}

impl Attempt<'_> {
    /// The first of the host's addresses that works; an error only if no other host may be tried.
    fn host(
        &self,
        host: &Host,
        session: Session,
        failures: &mut Vec<Failure>,
    ) -> Result<Option<Connection>, Problem> {
        let addresses = match self.addresses(host) {
            Ok(addresses) => addresses,
            Err(failure) => {
                failures.push(failure);
                return Ok(None);
            }
        };
        for address in addresses {
            match self.address(host, address, session) {
                Ok(connection) => return Ok(Some(connection)),
                Err(failure) if failure.is_final => return Err(failure.problem),
                Err(failure) => failures.push(failure),
            }
        }
        Ok(None)
    }

    /// Where to go for `host`: `None` is its socket.
    fn addresses(&self, host: &Host) -> Result<Vec<Option<IpAddr>>, Failure> {
        let Name::Tcp(name) = &host.name else {
            return Ok(vec![None]);
        };
        if let Some(address) = host.address.or_else(|| name.parse().ok()) {
            return Ok(vec![Some(address)]);
        }
        let (name, port) = (name.clone(), host.port);
        let limit = self.parameters.connect_timeout;
        let refusal = Refusal::new(self.parameters, host);
        let found = within(limit, move || (name, port).to_socket_addrs())
            .map_err(|unfinished| refusal.unfinished(&unfinished))?
            .map_err(|error| refusal.unresolved(&error))?;
        let mut addresses = Vec::new();
        for found in found {
            let address = Some(found.ip());
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        Ok(addresses)
    }

    /// Tries the ways that `sslmode` allows, a second one only if the first failed for its encryption.
    fn address(
        &self,
        host: &Host,
        address: Option<IpAddr>,
        session: Session,
    ) -> Result<Connection, Failure> {
        use Encryption::{IfOffered, Plain, Required};
        let (first, second) = match self.parameters.tls.mode {
            _ if host.is_socket() => (Plain, None),
            Mode::Disable => (Plain, None),
            Mode::Allow => (Plain, Some(Required)),
            Mode::Prefer => (IfOffered, Some(Plain)),
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => (Required, None),
        };
        let failure = match self.once(host, address, session, first) {
            Ok(connection) => return Ok(connection),
            Err(failure) => failure,
        };
        match second {
            Some(second) if failure.is_about_encryption => self
                .once(host, address, session, second)
                .map_err(|other| other.after(failure)),
            _ => Err(failure),
        }
    }

    fn once(
        &self,
        host: &Host,
        address: Option<IpAddr>,
        session: Session,
        encryption: Encryption,
    ) -> Result<Connection, Failure> {
        let limit = self.parameters.connect_timeout;
        let refusal = Refusal::new(self.parameters, host);
        let config = self.config(host, address, encryption);
        let tls = match encryption {
            Encryption::Plain => None,
            Encryption::IfOffered | Encryption::Required => {
                Some(self.parameters.tls.connector().map_err(Failure::last)?)
            }
        };
        let connector = tls.clone();
        let (client, accepted) = within(limit, move || {
            let mut client = match connector {
                Some(connector) => config.connect(connector)?,
                None => config.connect(NoTls)?,
            };
            let accepted = session.accepts(&mut client)?;
            Ok((client, accepted))
        })
        .map_err(|unfinished| refusal.unfinished(&unfinished))?
        .map_err(|error| refusal.error(&error))?;
        if !accepted {
            return Err(refusal.wrong_session(session));
        }
        Ok(Connection { client, tls, limit })
    }

    fn config(
        &self,
        host: &Host,
        address: Option<IpAddr>,
        encryption: Encryption,
    ) -> postgres::Config {
        let parameters = self.parameters;
        let on_notice = Arc::clone(&self.on_notice);
        let mut config = postgres::Config::new();
        config
            .user(&parameters.user)
            .dbname(&parameters.database)
            .application_name(
                parameters
                    .application_name
                    .as_deref()
                    .unwrap_or(self.purpose),
            )
            .port(host.port)
            .connect_timeout(parameters.connect_timeout)
            .channel_binding(parameters.channel_binding)
            .ssl_mode(match encryption {
                Encryption::Plain => SslMode::Disable,
                Encryption::IfOffered => SslMode::Prefer,
                Encryption::Required => SslMode::Require,
            })
            .notice_callback(move |notice| on_notice(notice));
        match &host.name {
            Name::Tcp(name) => config.host(name),
            Name::Socket(directory) => config.host_path(directory),
        };
        if let Some(address) = address {
            config.hostaddr(address);
            parameters.liveness.apply(&mut config);
        }
        if parameters.tls.direct {
            config.ssl_negotiation(SslNegotiation::Direct);
        }
        if let Some(password) = parameters.password(host) {
            config.password(password.expose());
        }
        if let Some(options) = &parameters.options {
            config.options(options);
        }
        config
    }
}
