//! File locks: held by a process, gone with it however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use crate::problem::{Kind, Problem};
use crate::wait;

/// Takes the lock of the file at `path`, which is made when it is missing. Dropping the file releases it.
///
/// Errors: `postgres-busy` when another process still holds it after `limit`.
pub(super) fn take(path: &Path, limit: Duration) -> Result<File, Problem> {
    let taken = wait::until(limit, || try_take(path).transpose());
    match taken {
        Some(Ok(file)) => Ok(file),
        Some(Err(error)) => Err(Problem::config(
            "postgres-files",
            format!("cannot lock {}: {error}", path.display()),
        )),
        None => Err(Problem::new(
            Kind::Busy,
            "postgres-busy",
            format!(
                "another process has held {} for {} s",
                path.display(),
                limit.as_secs()
            ),
        )
        .help("wait for the other run that starts or stops the embedded server, or end it")),
    }
}

/// The same without waiting: `None` when somebody else holds it.
pub(super) fn try_take(path: &Path) -> io::Result<Option<File>> {
    let file = open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Reading is enough to lock, so a file that root made can be locked by the developer too.
fn open(path: &Path) -> io::Result<File> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o644)
            .open(path),
        opened => opened,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_lock_makes_the_next_one_busy() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let first = take(&path, Duration::ZERO).unwrap();
        let busy = take(&path, Duration::ZERO).unwrap_err();
        assert_eq!((busy.kind, busy.code), (Kind::Busy, "postgres-busy"));
        drop(first);
        take(&path, Duration::ZERO).unwrap();
    }
}
