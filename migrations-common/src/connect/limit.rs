//! A time limit around what has none of its own.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// Why there is no result.
#[derive(Debug)]
pub(super) enum Unfinished {
    /// The time is over.
    TimedOut,
    /// No thread could be started, or it broke off: the process is out of threads, memory or file descriptors.
    Broken,
}

/// Runs `work` on a thread of its own and waits for it at most for `limit`.
///
/// The driver limits the TCP handshake and nothing after it: a server that accepts and stays silent would hold us
/// forever, as would a name server. Work that is late goes on in its thread until its socket ends; its result is dropped.
pub(super) fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Unfinished> {
    let (sender, receiver) = channel();
    thread::Builder::new()
        .name("connect".to_owned())
        .spawn(move || sender.send(work()))
        .map_err(|_| Unfinished::Broken)?;
    receiver.recv_timeout(limit).map_err(|error| match error {
        RecvTimeoutError::Timeout => Unfinished::TimedOut,
        RecvTimeoutError::Disconnected => Unfinished::Broken,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hands_back_what_was_done_in_time() {
        assert_eq!(within(Duration::from_mins(1), || 7).unwrap(), 7);
    }

    #[test]
    fn does_not_wait_for_what_never_ends() {
        let (_keep, never) = channel::<()>();
        let result = within(Duration::from_millis(10), move || never.recv());
        assert!(matches!(result, Err(Unfinished::TimedOut)));
    }

    #[test]
    fn survives_work_that_breaks_off() {
        let result = within(Duration::from_mins(1), || panic!("on purpose"));
        assert!(matches!(result, Err::<(), _>(Unfinished::Broken)));
    }
}
