//! Why a connection could not be opened, in words that help.

use std::error::Error;
use std::io;

use rustls::{CertificateError, Error as TlsError};

use super::error::{problem_of, words};
use super::failure::Failure;
use super::hosts::{Host, Name};
use super::limit::Unfinished;
use super::parameters::Parameters;
use super::session::Session;
use super::verify::{is_ca_itself, is_too_old};
use crate::problem::{Kind, Problem};

/// Makes problems out of what an attempt on one host ran into.
pub(super) struct Refusal<'a> {
    parameters: &'a Parameters,
    host: &'a Host,
}

impl<'a> Refusal<'a> {
    pub(super) fn new(parameters: &'a Parameters, host: &'a Host) -> Self {
        Refusal { parameters, host }
    }

    /// The attempt did not end in time.
    pub(super) fn unfinished(&self, unfinished: &Unfinished) -> Failure {
        let seconds = self.parameters.connect_timeout.as_secs();
        match unfinished {
            Unfinished::TimedOut => Failure::here(
                self.problem("unreachable", &format!("no answer within {seconds} s"))
                    .help("check the host, the port and the firewalls between")
                    .help("or allow more time: connect_timeout=<seconds>"),
            ),
            Unfinished::Broken => Failure::last(
                self.problem(
                    "unreachable",
                    "this process is out of threads or file descriptors",
                )
                .help("run fewer jobs at once, or raise `ulimit -n`"),
            ),
        }
    }

    /// The host's name was not found.
    pub(super) fn unresolved(&self, error: &io::Error) -> Failure {
        Failure::here(
            self.problem(
                "unreachable",
                &format!("the host name cannot be resolved: {error}"),
            )
            .help("check the host in the connection URL"),
        )
    }

    /// The server is not of the kind that `target_session_attrs` asks for.
    pub(super) fn wrong_session(&self, session: Session) -> Failure {
        Failure::here(
            self.problem("wrong-session", &format!("it is not {}", session.wanted()))
                .help("correct target_session_attrs, or name the right host"),
        )
    }

    /// The driver gave up.
    pub(super) fn error(&self, error: &postgres::Error) -> Failure {
        if error.as_db_error().is_some() {
            return self.answered(error);
        }
        let words = words(error);
        let last = deepest_words(error);
        if let Some(tls) = cause::<TlsError>(error) {
            return Failure::of_encryption(self.tls(tls));
        }
        // The driver keeps the kinds of these two errors to itself.
        if last == "server does not support TLS" {
            return Failure::of_encryption(
                self.problem(
                    "no-tls",
                    "the server does not offer TLS, and sslmode asks for it",
                )
                .help("turn on `ssl` in the server's configuration")
                .help("or, on a network that nobody else can listen on, use sslmode=prefer"),
            );
        }
        if last == "password missing" {
            return Failure::last(self.with_password_note(
                self.problem("password-missing", "the server asks for a password, and there is none")
                    .help("give one in the URL, in PGPASSWORD, in the file PGPASSWORD_FILE names, or in ~/.pgpass"),
            ));
        }
        match cause::<io::Error>(error) {
            Some(io) => Failure::here(self.io(io, &words)),
            None => Failure::last(self.problem("server-refused", &words)),
        }
    }

    /// The server answered, with an error.
    fn answered(&self, error: &postgres::Error) -> Failure {
        let answer = problem_of(error);
        let user = &self.parameters.user;
        let database = &self.parameters.database;
        let with = |code, help: String| {
            let mut problem = self.problem(code, &answer.message).help(help);
            problem.notes.extend(
                answer
                    .detail
                    .iter()
                    .map(|detail| self.parameters.redact(detail)),
            );
            problem
                .helps
                .extend(answer.hint.iter().map(|hint| self.parameters.redact(hint)));
            problem.sqlstate.clone_from(&answer.sqlstate);
            problem
        };
        match answer.sqlstate.as_deref().unwrap_or_default() {
            "28P01" => Failure::last(self.with_password_note(with(
                "wrong-password",
                format!("check the password of role `{user}`: the URL's, else PGPASSWORD, else ~/.pgpass"),
            ))),
            "28000" => Failure {
                is_about_encryption: true,
                ..Failure::last(with(
                    "role-refused",
                    format!("check that role `{user}` may log in, and the lines for it in the server's pg_hba.conf"),
                ))
            },
            "3D000" => Failure::last(with(
                "no-database",
                format!("create it (`createdb {database}`), or correct the database in the URL"),
            )),
            "53300" => Failure::last(with(
                "too-many-connections",
                "run fewer jobs at once, or raise the server's max_connections".to_owned(),
            )),
            "57P03" => Failure::here(with(
                "server-not-ready",
                "the server is starting, stopping or recovering: try again in a moment".to_owned(),
            )),
            _ => Failure::last(with(
                "server-refused",
                "the server's log may say more about the refusal".to_owned(),
            )),
        }
    }

    fn io(&self, error: &io::Error, words: &str) -> Problem {
        let port = self.host.port;
        match (error.kind(), &self.host.name) {
            (io::ErrorKind::ConnectionRefused, _) => self
                .problem("unreachable", "connection refused: nothing listens there")
                .help("check that the server runs, and the port"),
            (io::ErrorKind::NotFound, Name::Socket(directory)) => self
                .problem(
                    "unreachable",
                    &format!(
                        "there is no socket `{}/.s.PGSQL.{port}`",
                        directory.display()
                    ),
                )
                .help("check that the server runs, its unix_socket_directories, and the port"),
            (io::ErrorKind::PermissionDenied, Name::Socket(directory)) => self
                .problem(
                    "unreachable",
                    &format!(
                        "this user may not use the socket in `{}`",
                        directory.display()
                    ),
                )
                .help("check unix_socket_permissions, and the directory's"),
            (io::ErrorKind::TimedOut, _) => self.unfinished(&Unfinished::TimedOut).problem,
            (
                io::ErrorKind::UnexpectedEof
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::BrokenPipe,
                _,
            ) => self
                .problem("unreachable", "the other side closed the connection")
                .help("check that a PostgreSQL server listens on that port, and its log"),
            _ => self
                .problem("unreachable", words)
                .help("check the host and the port in the connection URL"),
        }
    }

    fn tls(&self, error: &TlsError) -> Problem {
        let tls = &self.parameters.tls;
        let TlsError::InvalidCertificate(certificate) = error else {
            return self
                .problem("tls", &format!("the TLS handshake failed: {error}"))
                .help("check the server's TLS settings and its log");
        };
        match certificate {
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => self
                .problem("certificate", &format!("the server's certificate is not for this host: {certificate}"))
                .help("connect by a name that stands in its subjectAltName, or have it reissued with this one")
                .help("sslmode=verify-ca checks the CA and not the name"),
            CertificateError::UnknownIssuer | CertificateError::BadSignature => self
                .problem("certificate", &format!("no CA in {} signed the server's certificate", tls.roots_shown()))
                .help("name the file with the CA of this server: sslrootcert=/path/to/ca.crt"),
            _ if is_ca_itself(error) => self
                .problem("certificate", &format!("the server's certificate is self-signed and not in {}", tls.roots_shown()))
                .help("if it is the right one, name a file that holds it: sslrootcert=/path/to/server.crt"),
            _ if is_too_old(error) => self
                .problem("certificate", "the server's certificate is older than X.509 version 3")
                .help("have it reissued with a subjectAltName"),
            _ => self
                .problem("certificate", &format!("the server's certificate is not trusted: {certificate}"))
                .help("have it reissued; check the clocks of both machines if it is about dates"),
        }
    }

    /// A problem that says what was tried; `why` may be words of others.
    fn problem(&self, code: &'static str, why: &str) -> Problem {
        let tried = self.parameters.display_at(self.host);
        let why = self.parameters.redact(why);
        Problem::new(
            Kind::Connect,
            code,
            format!("cannot connect to {tried}: {why}"),
        )
    }

    fn with_password_note(&self, problem: Problem) -> Problem {
        match self.parameters.password_note() {
            Some(note) => problem.note(note),
            None => problem,
        }
    }
}

/// The first cause of type `T`, also inside an `io::Error`, whose `source` skips what it wraps.
fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if let Some(found) = wrapped.and_then(|wrapped| wrapped.downcast_ref()) {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// What the innermost cause says.
fn deepest_words(error: &(dyn Error + 'static)) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}
