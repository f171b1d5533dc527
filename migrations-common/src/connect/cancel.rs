//! Stopping what another thread waits for.

use std::time::Duration;

use postgres::{CancelToken, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::error::words;
use super::limit::{Unfinished, within};
use crate::problem::{Kind, Problem};

/// Asks the server to cancel what a [`Connection`](super::Connection) runs, from any thread, and encrypted as the
/// connection is.
#[derive(Clone)]
pub struct Canceller {
    pub(super) token: CancelToken,
    pub(super) tls: Option<MakeRustlsConnect>,
    pub(super) limit: Duration,
}

impl Canceller {
    /// Sends the request. The server answers nothing: the statement ends with 57014 soon after, unless it was done.
    ///
    /// # Errors
    /// `cancel`: the request could not be sent within the connection's `connect_timeout`.
    pub fn cancel(&self) -> Result<(), Problem> {
        let Canceller { token, tls, limit } = self.clone();
        let sent = within(limit, move || match tls {
            Some(tls) => token.cancel_query(tls),
            None => token.cancel_query(NoTls),
        });
        let why = match sent {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => words(&error),
            Err(Unfinished::TimedOut) => format!("no answer within {} s", limit.as_secs()),
            Err(Unfinished::Broken) => {
                "the process is out of threads or file descriptors".to_owned()
            }
        };
        Err(Problem::new(
            Kind::Connect,
            "cancel",
            format!("cannot cancel the running statement: {why}"),
        ))
    }
}
