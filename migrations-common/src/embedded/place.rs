//! Where the server's files are: where they were asked for, or in `/var/tmp` when the server can't use that place.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::process::geteuid;
use sha2::{Digest, Sha256};

use super::server_user::ServerUser;
use crate::problem::Problem;

/// The port of a Unix socket is no more than a part of its file's name.
pub(super) const PORT: u16 = 5432;

/// `sun_path` holds 108 bytes on Linux and 104 elsewhere, with a closing NUL.
const SOCKET_PATH_LIMIT: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// The directory to keep files in when `directory` was asked for; it exists afterwards.
///
/// It is `directory` itself if `user` can enter it, else one in `/var/tmp` that stands for it.
pub(super) fn settle(directory: &Path, user: &ServerUser) -> Result<PathBuf, Problem> {
    let made = !directory.is_dir();
    fs::create_dir_all(directory).map_err(|error| cannot("create", directory, &error))?;
    let base = fs::canonicalize(directory).map_err(|error| cannot("find", directory, &error))?;
    if made {
        // Under a umask of 077 it would be closed to the server's user.
        fs::set_permissions(&base, Permissions::from_mode(0o755))
            .map_err(|error| cannot("open", &base, &error))?;
    }
    if user.enters(&base) {
        return Ok(base);
    }
    let stand_in = stand_in(&base);
    make_ours(&stand_in, user)?;
    Ok(stand_in)
}

/// What [`settle`] would answer; creates nothing.
pub(super) fn expected(directory: &Path, user: &ServerUser) -> Result<PathBuf, Problem> {
    let lost = |error: io::Error| cannot("find", directory, &error);
    let absolute = std::path::absolute(directory).map_err(lost)?;
    let existing = absolute.ancestors().find(|ancestor| ancestor.is_dir());
    let existing = existing.unwrap_or(Path::new("/"));
    let below = absolute.strip_prefix(existing).unwrap_or(Path::new(""));
    let whole = fs::canonicalize(existing).map_err(lost)?;
    let base = whole
        .components()
        .chain(below.components())
        .collect::<PathBuf>();
    Ok(if user.enters(existing) {
        base
    } else {
        stand_in(&base)
    })
}

/// The directory of a server's socket, made for it: `base/socket`, or one in `/var/tmp` when the path would be too long
/// or hold a comma, which separates hosts in libpq's connection strings.
pub(super) fn socket_directory(base: &Path, user: &ServerUser) -> Result<PathBuf, Problem> {
    let inside = base.join("socket");
    let directory = if socket_fits(&inside) {
        inside
    } else {
        let stand_in = stand_in(base);
        make_ours(&stand_in, user)?;
        stand_in.join("socket")
    };
    make_for(user, &directory)?;
    Ok(directory)
}

/// Whether a server can listen in `directory`.
pub(super) fn socket_fits(directory: &Path) -> bool {
    let bytes = directory.as_os_str().as_bytes();
    socket_path(directory).as_os_str().len() < SOCKET_PATH_LIMIT && !bytes.contains(&b',')
}

/// The socket's file.
pub(super) fn socket_path(directory: &Path) -> PathBuf {
    directory.join(format!(".s.PGSQL.{PORT}"))
}

/// The directory in `/var/tmp` that stands for `base`; its name is the same in every run.
pub(super) fn stand_in(base: &Path) -> PathBuf {
    let name = fingerprint(&[base.as_os_str().as_bytes()]);
    PathBuf::from(format!(
        "/var/tmp/migrations-postgres-{}-{name}",
        geteuid().as_raw()
    ))
}

/// Makes `path`, in a directory that everybody writes to, and makes sure that it is ours: somebody else may have put a
/// directory or a link there first.
pub(super) fn make_ours(path: &Path, user: &ServerUser) -> Result<(), Problem> {
    // The server's user passes through, and nobody lists what is inside.
    let mode = if user.is_other() { 0o711 } else { 0o700 };
    create(path, mode).map_err(|error| cannot("create", path, &error))?;
    let found = fs::symlink_metadata(path).map_err(|error| cannot("look at", path, &error))?;
    if !found.is_dir() || found.uid() != geteuid().as_raw() || found.mode() & 0o022 != 0 {
        return Err(Problem::config(
            "unsafe-directory",
            format!(
                "{} is not a directory that only we can write to",
                path.display()
            ),
        )
        .note("somebody else made it, or opened it to others")
        .help(format!(
            "look at it, then remove it: `rm -r {}`",
            path.display()
        )));
    }
    fs::set_permissions(path, Permissions::from_mode(mode))
        .map_err(|error| cannot("close", path, &error))
}

/// Makes `path` a directory that `user` alone enters (and root).
pub(super) fn make_for(user: &ServerUser, path: &Path) -> Result<(), Problem> {
    create(path, 0o700)
        .and_then(|()| user.give(path))
        .map_err(|error| cannot("make", path, &error))
}

/// Removes a directory with all that is in it; nothing there is fine.
pub(super) fn remove(path: &Path) -> Result<(), Problem> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(cannot("remove", path, &error))
        }
        _ => Ok(()),
    }
}

/// A file or directory that we could not work with.
pub(super) fn cannot(verb: &str, path: &Path, error: &io::Error) -> Problem {
    let problem = Problem::config(
        "postgres-files",
        format!("cannot {verb} {}: {error}", path.display()),
    );
    if error.kind() == io::ErrorKind::PermissionDenied {
        return problem.help("if an earlier run as root left it, remove it as root");
    }
    problem
}

/// Twelve hexadecimal digits that tell `parts` from others.
pub(super) fn fingerprint(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
        hash.update([0]);
    }
    let number = hash
        .finalize()
        .iter()
        .take(6)
        .fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
    format!("{number:012x}")
}

fn create(path: &Path, mode: u32) -> io::Result<()> {
    match DirBuilder::new().mode(mode).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_socket_path_of_the_limit_is_too_long() {
        let directory = |length: usize| PathBuf::from(format!("/{}", "d".repeat(length - 1)));
        let room = SOCKET_PATH_LIMIT - "/.s.PGSQL.5432".len();
        assert!(socket_fits(&directory(room - 1)));
        assert!(!socket_fits(&directory(room)));
        assert!(!socket_fits(Path::new("/a,b")));
    }

    #[test]
    fn a_stand_in_is_one_for_each_directory() {
        assert_eq!(stand_in(Path::new("/a")), stand_in(Path::new("/a")));
        assert_ne!(stand_in(Path::new("/a")), stand_in(Path::new("/b")));
    }

    #[test]
    fn what_others_could_have_put_there_is_refused() {
        let scratch = tempfile::tempdir().unwrap();
        let ours = scratch.path().join("ours");
        make_ours(&ours, &ServerUser::Ourselves).unwrap();
        make_ours(&ours, &ServerUser::Ourselves).unwrap();
        assert_eq!(fs::metadata(&ours).unwrap().mode() & 0o777, 0o700);

        let link = scratch.path().join("link");
        symlink(&ours, &link).unwrap();
        let open = scratch.path().join("open");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, Permissions::from_mode(0o777)).unwrap();
        for trap in [&link, &open] {
            let problem = make_ours(trap, &ServerUser::Ourselves).unwrap_err();
            assert_eq!(problem.code, "unsafe-directory");
        }
    }

    #[test]
    fn what_is_expected_is_what_is_settled() {
        let scratch = tempfile::tempdir().unwrap();
        let directory = scratch.path().join("target/postgres");
        let user = ServerUser::Ourselves;
        let expected = expected(&directory, &user).unwrap();
        assert!(!expected.exists());
        assert_eq!(settle(&directory, &user).unwrap(), expected);
        assert_eq!(super::expected(&directory, &user).unwrap(), expected);
    }
}
