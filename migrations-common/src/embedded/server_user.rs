//! The Unix user that the server's processes run as: ourselves, or somebody lesser when we are root.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rustix::process::geteuid;

use super::child;
use crate::problem::Problem;

/// The user that runs `initdb` and `postgres`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ServerUser {
    /// The user that runs us.
    Ourselves,
    /// Another one, because we are root and PostgreSQL refuses to run as root.
    Other { name: String, uid: u32, gid: u32 },
}

/// Variables by which a client or an administrator steers *another* server.
const FOREIGN_VARIABLES: &[&str] = &[
    "LANG",
    "LANGUAGE",
    "LC_COLLATE",
    "LC_CTYPE",
    "LC_MESSAGES",
    "LC_MONETARY",
    "LC_NUMERIC",
    "LC_TIME",
    "NOTIFY_SOCKET",
    "PGCLIENTENCODING",
    "PGDATA",
    "PGDATABASE",
    "PGDATESTYLE",
    "PGHOST",
    "PGOPTIONS",
    "PGPORT",
    "PGSERVICE",
    "PGTZ",
    "PGUSER",
    "PG_COLOR",
];

impl ServerUser {
    /// Ourselves; as root `postgres`, `_postgres` or `nobody`, whichever `/etc/passwd` has first.
    ///
    /// Errors: `no-server-user`.
    pub(super) fn choose() -> Result<ServerUser, Problem> {
        if !geteuid().is_root() {
            return Ok(ServerUser::Ourselves);
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        pick(&passwd).ok_or_else(|| {
            Problem::config(
                "no-server-user",
                "PostgreSQL does not run as root, and /etc/passwd has no user `postgres` or `nobody` to run it",
            )
            .help("run as an ordinary user, or add one: `useradd --system postgres`")
        })
    }

    /// The user to serve `data` with: as root its owner, who may be the developer that made it without root.
    pub(super) fn of_data(self, data: &Path) -> ServerUser {
        match (&self, fs::symlink_metadata(data)) {
            (ServerUser::Other { uid, .. }, Ok(owner))
                if owner.uid() != 0 && owner.uid() != *uid =>
            {
                ServerUser::Other {
                    name: format!("uid {}", owner.uid()),
                    uid: owner.uid(),
                    gid: owner.gid(),
                }
            }
            _ => self,
        }
    }

    /// A command that this user runs, in `/` and without the caller's locale and PG* variables.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for name in FOREIGN_VARIABLES {
            command.env_remove(name);
        }
        // Our own working directory may be closed to the user, and PostgreSQL asks for it to find its files.
        command.env("LC_ALL", "C").current_dir("/");
        if let ServerUser::Other { uid, gid, .. } = self {
            command.uid(*uid).gid(*gid);
        }
        command
    }

    /// Whether this user can enter `directory`: found out by entering it, so access lists count too.
    pub(super) fn enters(&self, directory: &Path) -> bool {
        let mut command = self.command(Path::new("/bin/sh"));
        command.args(["-c", ":"]).current_dir(directory);
        child::run(&mut command, Duration::from_secs(10)).is_ok()
    }

    /// Gives `path` to this user.
    pub(super) fn give(&self, path: &Path) -> io::Result<()> {
        match self {
            ServerUser::Ourselves => Ok(()),
            ServerUser::Other { uid, gid, .. } => lchown(path, Some(*uid), Some(*gid)),
        }
    }

    /// Whether it is somebody else than the user that runs us.
    pub(super) fn is_other(&self) -> bool {
        *self != ServerUser::Ourselves
    }
}

fn pick(passwd: &str) -> Option<ServerUser> {
    let find = |wanted: &str| {
        passwd.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next().filter(|name| *name == wanted)?;
            let uid = id(fields.nth(1)?).filter(|uid| *uid != 0)?;
            let gid = id(fields.next()?)?;
            Some(ServerUser::Other {
                name: name.to_owned(),
                uid,
                gid,
            })
        })
    };
    ["postgres", "_postgres", "nobody"]
        .into_iter()
        .find_map(find)
}

/// macOS writes the ids of `nobody` as -2.
fn id(field: &str) -> Option<u32> {
    field
        .parse()
        .ok()
        .or_else(|| field.parse().ok().map(i32::cast_unsigned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(passwd: &str) -> Option<(String, u32, u32)> {
        match pick(passwd)? {
            ServerUser::Ourselves => None,
            ServerUser::Other { name, uid, gid } => Some((name, uid, gid)),
        }
    }

    #[test]
    fn postgres_before_nobody_and_never_root() {
        let nobody = "nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n";
        let postgres = "postgres:x:101:104:,,,:/var/lib/postgresql:/bin/bash\n";
        let both = format!("root:x:0:0:root:/root:/bin/sh\n{nobody}{postgres}");
        assert_eq!(picked(&both), Some(("postgres".into(), 101, 104)));
        assert_eq!(picked(nobody), Some(("nobody".into(), 65534, 65533)));
        assert_eq!(
            picked("nobody:*:-2:-2::/:"),
            Some(("nobody".into(), 4_294_967_294, 4_294_967_294))
        );
        assert_eq!(picked("postgres:x:0:0::/:"), None);
        assert_eq!(picked("postgres"), None);
        assert_eq!(picked(""), None);
    }
}
