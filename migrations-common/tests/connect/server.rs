//! Two throw-away servers for the whole test run: one with TLS, one without. They end with the test process.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use migrations_common::connect::Connection;

use crate::{certificates, connect};

/// The password of every role that has one: hard to write in a URL, and encoded in [`ENCODED`].
pub(crate) const PASSWORD: &str = "hunter2 /@:%?";
pub(crate) const ENCODED: &str = "hunter2%20%2F%40%3A%25%3F";

pub(crate) struct Server {
    pub(crate) port: u16,
    /// Holds the socket and, with TLS, the certificates.
    pub(crate) directory: PathBuf,
    /// Ends the server when the pipe to it closes, that is when this process ends.
    _guard: Child,
}

pub(crate) fn with_tls() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| start(true))
}

pub(crate) fn without_tls() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| start(false))
}

impl Server {
    /// A connection string for `user` over TCP, by the name of the certificate and with the right password.
    pub(crate) fn tcp(&self, user: &str) -> String {
        let port = self.port;
        format!(
            "host=localhost hostaddr=127.0.0.1 port={port} dbname=postgres user={user} password='{PASSWORD}'"
        )
    }

    /// A connection string for the superuser over the socket, which asks for no password.
    pub(crate) fn socket(&self) -> String {
        let directory = self.directory.display();
        format!(
            "host={directory} port={} user=postgres dbname=postgres",
            self.port
        )
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.directory.join(name).to_str().unwrap().to_owned()
    }
}

/// Who gets in: over the socket the superuser, over TCP by role, some only with TLS and some only without.
const HBA: &str = "
local all postgres trust
hostssl all by_certificate all cert
hostssl all only_tls all scram-sha-256
hostnossl all only_plain all scram-sha-256
host all trusted,missing all trust
host all app,limited all scram-sha-256
";

const ROLES: &str = "
SET password_encryption = 'scram-sha-256';
CREATE ROLE app LOGIN PASSWORD 'hunter2 /@:%?';
CREATE ROLE only_tls LOGIN PASSWORD 'hunter2 /@:%?';
CREATE ROLE only_plain LOGIN PASSWORD 'hunter2 /@:%?';
CREATE ROLE limited LOGIN PASSWORD 'hunter2 /@:%?' CONNECTION LIMIT 0;
CREATE ROLE trusted LOGIN;
CREATE ROLE by_certificate LOGIN;
";

fn start(tls: bool) -> Server {
    let directory = tempfile::Builder::new()
        .prefix("connect")
        .tempdir_in("/tmp")
        .unwrap()
        .keep();
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    own(&directory);
    let data = directory.join("data");
    let initdb = as_owner(&bindir().join("initdb"))
        .args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        ])
        .arg("-D")
        .arg(&data)
        .output()
        .unwrap();
    assert!(
        initdb.status.success(),
        "{}",
        String::from_utf8_lossy(&initdb.stderr)
    );

    let here = directory.display();
    let common = format!(
        "listen_addresses='127.0.0.1'\nport={port}\nunix_socket_directories='{here}'\nfsync=off\n"
    );
    let mut settings = vec![common];
    if tls {
        certificates::write(&directory);
        own(&directory.join("server.key"));
        for (name, file) in [
            ("cert", "server.crt"),
            ("key", "server.key"),
            ("ca", "ca.crt"),
        ] {
            settings.push(format!("ssl_{name}_file='{here}/{file}'\n"));
        }
        settings.push("ssl=on\n".to_owned());
    }
    fs::write(data.join("postgresql.auto.conf"), settings.concat()).unwrap();
    fs::write(data.join("pg_hba.conf"), HBA).unwrap();

    // The shell waits for the end of its input, which nothing but our own end closes.
    let script =
        "\"$0\" -D \"$1/data\" >\"$1/log\" 2>&1 & read -r _; kill -INT $!; wait; rm -rf \"$1\"";
    let guard = as_owner(Path::new("/bin/sh"))
        .args(["-c", script])
        .arg(bindir().join("postgres"))
        .arg(&directory)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let server = Server {
        port,
        directory,
        _guard: guard,
    };
    wait(&server).batch_execute(ROLES).unwrap();
    server
}

fn wait(server: &Server) -> Connection {
    for _ in 0..600 {
        if let Ok(connection) = connect(&server.socket()) {
            return connection;
        }
        thread::sleep(Duration::from_millis(50));
    }
    connect(&server.socket()).unwrap()
}

/// The newest installed server, else the one in `PATH`.
pub(crate) fn bindir() -> PathBuf {
    let installed = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = installed.map(|entry| entry.path().join("bin")).max();
    newest.unwrap_or_else(|| {
        let output = Command::new("pg_config").arg("--bindir").output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().into()
    })
}

/// PostgreSQL refuses to run as root; `nobody` has this number nearly everywhere.
const NOBODY: u32 = 65534;

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn as_owner(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/");
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

fn own(path: &Path) {
    if is_root() {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
}
