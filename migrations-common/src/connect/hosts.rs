//! Where a server listens: the lists `host`, `hostaddr` and `port` read together.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::settings::{CODE, Settings};
use crate::problem::Problem;

/// Where builds of PostgreSQL put their socket when nothing says otherwise: Debian and Red Hat, then upstream.
pub(super) const SOCKET_DIRECTORIES: [&str; 3] = ["/var/run/postgresql", "/run/postgresql", "/tmp"];

/// What need not be percent-encoded in a part of a URL (RFC 3986, 2.3 "Unreserved Characters").
pub(super) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

const DEFAULT_PORT: u16 = 5432;

/// One place to look for the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Host {
    pub(super) name: Name,
    /// Where to connect to instead of looking the name up.
    pub(super) address: Option<IpAddr>,
    pub(super) port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// A host name or an IP address; TLS checks the certificate against it.
    Tcp(String),
    /// The directory that holds the socket.
    Socket(PathBuf),
}

impl Host {
    /// A host as a connection string names it: one with a leading `/` is a socket directory.
    pub(super) fn new(name: &str, port: u16) -> Self {
        Host {
            name: if name.starts_with('/') {
                Name::Socket(name.into())
            } else {
                Name::Tcp(name.to_owned())
            },
            address: None,
            port,
        }
    }

    /// Whether it is a socket of this machine.
    pub(super) fn is_socket(&self) -> bool {
        matches!(self.name, Name::Socket(_))
    }
}

/// As it stands in a URL.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Name::Tcp(name) if name.contains(':') => write!(f, "[{name}]")?,
            Name::Tcp(name) => write!(f, "{}", utf8_percent_encode(name, RESERVED))?,
            Name::Socket(path) => write!(
                f,
                "{}",
                utf8_percent_encode(&path.to_string_lossy(), RESERVED)
            )?,
        }
        write!(f, ":{}", self.port)
    }
}

/// The hosts that `settings` name, in their order; never empty.
pub(super) fn hosts(settings: &Settings) -> Result<Vec<Host>, Problem> {
    let names = settings.list("host");
    let addresses = settings.list("hostaddr");
    let ports = settings.list("port");
    let count = match addresses.len() {
        0 => names.len().max(1),
        count => count,
    };
    if !names.is_empty() && names.len() != count {
        let (names, addresses) = (names.len(), addresses.len());
        let message = format!("the connection URL has {names} hosts and {addresses} of hostaddr");
        return Err(Problem::config(CODE, message).help("give as many of one as of the other"));
    }
    if ports.len() > 1 && ports.len() != count {
        let message = format!(
            "the connection URL has {count} hosts and {} ports",
            ports.len()
        );
        return Err(Problem::config(CODE, message).help("give one port, or one for each host"));
    }
    (0..count)
        .map(|i| {
            let port = port(settings, ports.get(i).or(ports.first()).copied())?;
            let address = address(settings, addresses.get(i).copied())?;
            let name = match (names.get(i).copied().unwrap_or_default(), address) {
                ("", None) => default_name(port).to_owned(),
                ("", Some(ip)) => ip.to_string(),
                (name, _) => name.to_owned(),
            };
            Ok(Host {
                address,
                ..Host::new(&name, port)
            })
        })
        .collect()
}

fn port(settings: &Settings, text: Option<&str>) -> Result<u16, Problem> {
    match text.map(str::trim).unwrap_or_default() {
        "" => Ok(DEFAULT_PORT),
        text => match text.parse() {
            Ok(0) | Err(_) => Err(settings.invalid("port", "a number from 1 to 65535")),
            Ok(port) => Ok(port),
        },
    }
}

fn address(settings: &Settings, text: Option<&str>) -> Result<Option<IpAddr>, Problem> {
    match text.map(str::trim).unwrap_or_default() {
        "" => Ok(None),
        text => match text.parse() {
            Ok(address) => Ok(Some(address)),
            Err(_) => Err(settings.invalid("hostaddr", "an IP address")),
        },
    }
}

/// The directory of the socket for `port` on this machine, else `localhost`.
fn default_name(port: u16) -> &'static str {
    SOCKET_DIRECTORIES
        .into_iter()
        .find(|directory| {
            Path::new(directory)
                .join(format!(".s.PGSQL.{port}"))
                .exists()
        })
        .unwrap_or("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let pairs = pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Settings::given(pairs.collect()).unwrap()
    }

    fn check(pairs: &[(&str, &str)], expected: &str) {
        let shown: Vec<String> = match hosts(&settings(pairs)) {
            Ok(hosts) => hosts
                .iter()
                .map(|host| match host.address {
                    Some(address) => format!("{host}={address}"),
                    None => host.to_string(),
                })
                .collect(),
            Err(problem) => vec![problem.to_string()],
        };
        assert_eq!(shown.join(" "), expected, "{pairs:?}");
    }

    #[test]
    fn the_three_lists_are_read_together() {
        check(&[("host", "db")], "db:5432");
        check(&[("host", "a,b"), ("port", "1,2")], "a:1 b:2");
        check(&[("host", "a,b"), ("port", "7")], "a:7 b:7");
        check(&[("host", "a,b"), ("port", ",2")], "a:5432 b:2");
        check(&[("hostaddr", "10.0.0.1")], "10.0.0.1:5432=10.0.0.1");
        check(
            &[("host", "a,b"), ("hostaddr", "::1,")],
            "a:5432=::1 b:5432",
        );
        check(
            &[("host", "/tmp/sock,::1")],
            "%2Ftmp%2Fsock:5432 [::1]:5432",
        );
        // No directory holds a socket of this port.
        check(&[("port", "1")], "localhost:1");
    }

    #[test]
    fn lists_of_different_lengths_are_refused() {
        check(
            &[("host", "a,b"), ("port", "1,2,3")],
            "the connection URL has 2 hosts and 3 ports",
        );
        check(
            &[("host", "a"), ("hostaddr", "::1,::2")],
            "the connection URL has 1 hosts and 2 of hostaddr",
        );
    }

    #[test]
    fn a_port_is_a_port() {
        for port in ["0", "65536", "-1", "x"] {
            let expected = format!(
                "`port` of the connection URL is `{port}`; it must be a number from 1 to 65535"
            );
            check(&[("host", "a"), ("port", port)], &expected);
        }
        check(
            &[("hostaddr", "db")],
            "`hostaddr` of the connection URL is `db`; it must be an IP address",
        );
    }
}
