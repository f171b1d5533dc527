//! A stand-in for the network between a run and the server, which loses what the server answers to one text.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::support::{TestDatabase, server};

/// When the connection that sent the text breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Breaks {
    /// When the server has begun; it goes on and knows nothing.
    WhenBegun,
    /// When the server has committed; its answer is the first that is lost.
    WhenCommitted,
}

/// Accepts connections to the server, for as long as it lives.
pub(crate) struct Proxy {
    directory: tempfile::TempDir,
}

impl Proxy {
    /// Loses the answers to what contains `text`.
    pub(crate) fn losing(text: &'static str, breaks: Breaks) -> Self {
        let directory = tempfile::tempdir().expect("made");
        let name = format!(".s.PGSQL.{}", server().port);
        let listener = UnixListener::bind(directory.path().join(&name)).expect("bound");
        let upstream = server().socket_directory.join(name);
        thread::spawn(move || {
            for client in listener.incoming() {
                relay(client.expect("accepted"), &upstream, text, breaks);
            }
        });
        Proxy { directory }
    }

    /// The way to `place` that leads through here.
    pub(crate) fn url(&self, place: &TestDatabase) -> String {
        url(self.directory.path(), place)
    }
}

/// The way to `place` through the socket in `directory`.
pub(crate) fn url(directory: &Path, place: &TestDatabase) -> String {
    let directory = directory.to_str().expect("UTF-8").replace('/', "%2F");
    let (user, port) = (&server().superuser, server().port);
    format!("postgres://{user}@{directory}:{port}/{}", place.name)
}

fn relay(client: UnixStream, upstream: &PathBuf, text: &'static str, breaks: Breaks) {
    let server = UnixStream::connect(upstream).expect("connects");
    let armed = Arc::new(AtomicBool::new(false));
    let (mut from_client, mut to_server) = (
        client.try_clone().expect("cloned"),
        server.try_clone().expect("cloned"),
    );
    let seen = Arc::clone(&armed);
    thread::spawn(move || {
        let mut sent = Vec::new();
        while let Some(piece) = read(&mut from_client) {
            sent.extend_from_slice(&piece);
            if contains(&sent, text.as_bytes()) {
                seen.store(true, Ordering::SeqCst);
            }
            if to_server.write_all(&piece).is_err() {
                return;
            }
        }
        // Of a broken connection the server learns nothing, and goes on.
        if !seen.load(Ordering::SeqCst) {
            let _ = to_server.shutdown(Shutdown::Write);
        }
    });
    let (mut from_server, mut to_client) = (server, client);
    thread::spawn(move || {
        let mut lost = Vec::new();
        while let Some(piece) = read(&mut from_server) {
            if !armed.load(Ordering::SeqCst) {
                if to_client.write_all(&piece).is_err() {
                    break;
                }
                continue;
            }
            lost.extend_from_slice(&piece);
            if breaks == Breaks::WhenBegun || contains(&lost, b"COMMIT\0") {
                let _ = to_client.shutdown(Shutdown::Both);
            }
        }
        let _ = to_client.shutdown(Shutdown::Both);
    });
}

fn read(stream: &mut UnixStream) -> Option<Vec<u8>> {
    let mut buffer = vec![0; 65_536];
    let length = stream.read(&mut buffer).ok().filter(|length| *length > 0)?;
    buffer.truncate(length);
    Some(buffer)
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}
