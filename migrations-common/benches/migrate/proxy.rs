//! A stand-in for the network: it delays, and counts what passes.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use migrations_common::embedded::Running;
use tempfile::TempDir;

use crate::Failure;

/// Accepts connections to a server until the program ends.
///
/// What is sent arrives in its order, later by the delay; any number of bytes may be under way, so only waiting costs.
/// A connection is open at once, as a Unix socket's is.
pub(crate) struct Proxy {
    /// The server, as it looks from here.
    server: Running,
    counters: Arc<Counters>,
    _directory: TempDir,
}

/// What passed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traffic {
    /// Statements that the server said to have completed.
    pub(crate) statements: f64,
    /// How often a client, having got an answer, sent something again; the first words of a connection count too.
    pub(crate) round_trips: f64,
}

#[derive(Default)]
struct Counters {
    statements: AtomicU32,
    round_trips: AtomicU32,
}

impl Proxy {
    /// Listens, and passes on to `server`.
    pub(crate) fn start(server: &Running, delay: Duration) -> Result<Self, Failure> {
        let directory = tempfile::tempdir()?;
        let socket = |directory: &Path| directory.join(format!(".s.PGSQL.{}", server.port));
        let listener = UnixListener::bind(socket(directory.path()))?;
        let upstream = socket(&server.socket_directory);
        let counters = Arc::new(Counters::default());
        let counted = Arc::clone(&counters);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // A client that cannot be served sees its connection closed, and fails.
                let _ = relay(client, &upstream, delay, &counted);
            }
        });
        let mut server = server.clone();
        directory.path().clone_into(&mut server.socket_directory);
        Ok(Proxy {
            server,
            counters,
            _directory: directory,
        })
    }

    /// The way to `database` that leads through here.
    pub(crate) fn url(&self, database: &str) -> String {
        self.server.url(database)
    }

    /// What passed so far.
    pub(crate) fn traffic(&self) -> Traffic {
        let read = |counter: &AtomicU32| f64::from(counter.load(Ordering::SeqCst));
        Traffic {
            statements: read(&self.counters.statements),
            round_trips: read(&self.counters.round_trips),
        }
    }
}

impl Traffic {
    /// What passed since then.
    pub(crate) fn since(self, then: Traffic) -> Traffic {
        Traffic {
            statements: self.statements - then.statements,
            round_trips: self.round_trips - then.round_trips,
        }
    }
}

fn relay(
    client: UnixStream,
    upstream: &PathBuf,
    delay: Duration,
    counters: &Arc<Counters>,
) -> std::io::Result<()> {
    /// What a client says before it goes; it waits for no answer.
    const TERMINATE: &[u8] = &[b'X', 0, 0, 0, 4];
    let server = UnixStream::connect(upstream)?;
    let answered = Arc::new(AtomicBool::new(true));
    let (waits, counted) = (Arc::clone(&answered), Arc::clone(counters));
    pass(
        client.try_clone()?,
        server.try_clone()?,
        delay,
        move |bytes| {
            if bytes != TERMINATE && waits.swap(false, Ordering::SeqCst) {
                counted.round_trips.fetch_add(1, Ordering::SeqCst);
            }
        },
    );
    let counted = Arc::clone(counters);
    let mut messages = Messages::default();
    pass(server, client, delay, move |bytes| {
        answered.store(true, Ordering::SeqCst);
        let completed = messages.completed(bytes);
        counted.statements.fetch_add(completed, Ordering::SeqCst);
    });
    Ok(())
}

/// Passes on what comes `from` one side, late, until there is no more.
fn pass(
    mut from: UnixStream,
    mut to: UnixStream,
    delay: Duration,
    mut see: impl FnMut(&[u8]) + Send + 'static,
) {
    let (under_way, arriving) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let bytes = buffer.get(..length).unwrap_or_default();
            see(bytes);
            if under_way
                .send((Instant::now() + delay, bytes.to_vec()))
                .is_err()
            {
                break;
            }
        }
    });
    thread::spawn(move || {
        for (due, bytes) in arriving {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
}

/// Finds a server's messages in what it sends: a letter, the length of the rest in four bytes, the rest
/// (PostgreSQL manual, "Message Formats").
#[derive(Default)]
struct Messages {
    head: Vec<u8>,
    /// Bytes of the present message that are still to come.
    rest: usize,
}

impl Messages {
    /// How many of the messages that begin in `bytes` are `CommandComplete`.
    fn completed(&mut self, mut bytes: &[u8]) -> u32 {
        let mut completed = 0;
        while let Some((byte, after)) = bytes.split_first() {
            if self.rest > 0 {
                let passed = self.rest.min(bytes.len());
                self.rest -= passed;
                bytes = bytes.get(passed..).unwrap_or_default();
                continue;
            }
            self.head.push(*byte);
            bytes = after;
            if let [letter, length @ ..] = self.head.as_slice()
                && let Ok(length) = <[u8; 4]>::try_from(length)
            {
                completed += u32::from(*letter == b'C');
                // The length counts itself.
                let rest = u32::from_be_bytes(length).saturating_sub(4);
                self.rest = usize::try_from(rest).unwrap_or(usize::MAX);
                self.head.clear();
            }
        }
        completed
    }
}
