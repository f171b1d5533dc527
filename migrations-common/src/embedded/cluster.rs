//! The developer's server: one cluster in one directory, started on demand, reused while it runs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::installation::Installation;
use super::locate::{Search, locate};
use super::postmaster::{Durability, Files, PidFile, START_LIMIT};
use super::running::Running;
use super::server_user::ServerUser;
use super::version::Version;
use super::{lock, place, postmaster, processes, template};
use crate::problem::{Kind, Problem};
use crate::wait;

/// A PostgreSQL cluster that lives in a directory, such as `target/postgres`.
///
/// The directory holds `data`, `socket`, `server.log`, the template that `data` was copied from, and two lock files. When
/// we are root and the directory is closed to the user that the server runs as, all of it is in `/var/tmp` instead.
#[derive(Clone, Debug)]
pub struct Cluster {
    directory: PathBuf,
}

/// What a cluster does.
#[derive(Clone, Debug)]
pub enum Status {
    /// It has no data; it was never started, or reset.
    Absent,
    /// It has data and no server.
    Stopped {
        /// The major version of its data.
        major: u32,
    },
    /// It has a server that does not answer: one that starts, stops or hangs.
    Silent {
        /// The server's first process.
        pid: u32,
    },
    /// It has a server that answers.
    Running(Running),
}

/// As long as another run may need to make a template, start a server and end an old one.
const LOCK_LIMIT: Duration = Duration::from_mins(4);

/// How long a server may take to end its sessions and write what it holds.
const STOP_LIMIT: Duration = Duration::from_secs(20);

impl Cluster {
    /// The cluster in `directory`, which need not exist yet. Relative to the working directory.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Cluster {
            directory: directory.into(),
        }
    }

    /// The server: the one that runs, or one started now, on new data if there is none.
    ///
    /// `search` finds the server's programs. Without a wanted version the data's own decides. Two runs that start at once
    /// get the same server.
    ///
    /// Errors: `no-postgres`, `postgres-version` (data of another version than wanted), `postgres-start` with the end of
    /// the log, `postgres-busy`, `no-server-user`, `unsafe-directory`, `postgres-files`.
    pub fn start_or_reuse(&self, search: &Search) -> Result<Running, Problem> {
        let begun = Instant::now();
        let user = ServerUser::choose()?;
        let expected = place::expected(&self.directory, &user)?;
        if let Some(running) = answering(&expected) {
            return of_wanted_version(running, search, &expected);
        }
        let installation = installation_for(&expected.join("data"), search)?;

        let base = place::settle(&self.directory, &user)?;
        let _lock = lock::take(&base.join("lock"), LOCK_LIMIT)?;
        if let Some(running) = adopt(&base)? {
            return of_wanted_version(running, search, &base);
        }
        let mut running = start(&installation, user, &base)?;
        running.started = Some(begun.elapsed());
        Ok(running)
    }

    /// Stops the server; true if one ran. Sessions are ended, committed data is kept.
    pub fn stop(&self) -> Result<bool, Problem> {
        self.locked(stop_servers)
    }

    /// Looks, and changes nothing.
    pub fn status(&self) -> Result<Status, Problem> {
        let base = place::expected(&self.directory, &ServerUser::choose()?)?;
        let data = base.join("data");
        if let Some(running) = answering(&base) {
            return Ok(Status::Running(running));
        }
        if let Some(file) = postmaster::running(&data) {
            return Ok(Status::Silent { pid: number(&file) });
        }
        Ok(match data_version(&data)? {
            Some(major) => Status::Stopped { major },
            None => Status::Absent,
        })
    }

    /// Stops the server and removes its data with all databases; true if there was any. The next start makes new data.
    pub fn reset(&self) -> Result<bool, Problem> {
        self.locked(|base| {
            let data = base.join("data");
            stop_servers(base)?;
            let existed = data.exists();
            place::remove(&data)?;
            Ok(existed)
        })
    }

    /// Where the cluster's files are, or would be.
    pub fn location(&self) -> Result<PathBuf, Problem> {
        place::expected(&self.directory, &ServerUser::choose()?)
    }

    fn locked<T>(&self, work: impl FnOnce(&Path) -> Result<T, Problem>) -> Result<T, Problem> {
        let base = self.location()?;
        // Without the directory there is nothing to lock, though a server may have outlived it: `cargo clean`.
        let _lock = base
            .is_dir()
            .then(|| lock::take(&base.join("lock"), LOCK_LIMIT))
            .transpose()?;
        work(&base)
    }
}

/// Starts a server on the data in `base`, which is made if need be. The caller holds the lock and found no server that
/// could be used.
fn start(installation: &Installation, user: ServerUser, base: &Path) -> Result<Running, Problem> {
    let data = base.join("data");
    // One may run all the same: its socket was swept away, or its data directory with all the rest.
    stop_servers(base)?;
    match data_version(&data)? {
        Some(major) if major != installation.version.major => {
            return Err(wrong_version(&data, major, installation.version.major));
        }
        Some(_) => {}
        None => template::instantiate(installation, &user, base, &data)?,
    }
    let user = user.of_data(&data);
    let socket_directory = place::socket_directory(base, &user)?;
    let files = Files {
        data: &data,
        socket_directory: &socket_directory,
        log: &base.join("server.log"),
        life: &base.join("server.lock"),
    };
    let mut server = postmaster::spawn(installation, &user, &files, Durability::Kept)?;
    let version = postmaster::wait_until_ready(&mut server, &files)?;
    Ok(Running::new(
        socket_directory,
        version,
        server.id(),
        base.join("server.log"),
    ))
}

/// The server that another run has started or is starting, once it answers; `None` when there is none to wait for.
fn adopt(base: &Path) -> Result<Option<Running>, Problem> {
    let data = base.join("data");
    let outcome = wait::until(START_LIMIT, || {
        let Some(file) = postmaster::running(&data) else {
            return Some(None);
        };
        let unreachable = file.ready && !place::socket_path(&file.socket_directory).exists();
        if unreachable {
            Some(None)
        } else {
            answering(base).map(Some)
        }
    });
    outcome.ok_or_else(|| {
        let message = format!(
            "the server of {} runs and has not answered for {} s",
            base.display(),
            START_LIMIT.as_secs()
        );
        Problem::new(Kind::Connect, "postgres-connect", message)
            .note(format!("its log is {}", base.join("server.log").display()))
            .help("`postgres stop`, then start it again")
    })
}

fn answering(base: &Path) -> Option<Running> {
    let file = postmaster::running(&base.join("data"))?;
    let version = postmaster::answers(&file.socket_directory)?;
    let pid = number(&file);
    Some(Running::new(
        file.socket_directory,
        version,
        pid,
        base.join("server.log"),
    ))
}

fn stop_servers(base: &Path) -> Result<bool, Problem> {
    let data = base.join("data");
    let mut pids = processes::servers(&data);
    pids.extend(postmaster::running(&data).map(|file| file.pid));
    pids.extend(postmaster::renamed(&data, &base.join("server.lock")));
    for pid in &pids {
        postmaster::stop(*pid, STOP_LIMIT)?;
    }
    Ok(!pids.is_empty())
}

/// An installation that can open `data`, or any when there is none.
fn installation_for(data: &Path, search: &Search) -> Result<Installation, Problem> {
    let Some(kept) = data_version(data)? else {
        return locate(search);
    };
    if let Some(wanted) = search.major.filter(|wanted| *wanted != kept) {
        return Err(wrong_version(data, kept, wanted));
    }
    let search = Search {
        major: Some(kept),
        ..search.clone()
    };
    locate(&search).map_err(|problem| {
        problem
            .note(format!("{} was made by PostgreSQL {kept}", data.display()))
            .help("to do without that data: `cargo xtask postgres reset`")
    })
}

fn of_wanted_version(running: Running, search: &Search, base: &Path) -> Result<Running, Problem> {
    let Version { major, .. } = running.version;
    match search.major {
        Some(wanted) if wanted != major => Err(wrong_version(&base.join("data"), major, wanted)),
        _ => Ok(running),
    }
}

fn wrong_version(data: &Path, kept: u32, wanted: u32) -> Problem {
    Problem::config(
        "postgres-version",
        format!(
            "the data in {} is of PostgreSQL {kept}, not {wanted}",
            data.display()
        ),
    )
    .help(format!("keep it and use PostgreSQL {kept}"))
    .help("remove it: `cargo xtask postgres reset`; the next start makes new data")
}

/// The major version of a data directory; `None` if it lacks a file without which no server opens it: then `initdb` or a
/// copy of it was cut short. One that only can't be read may hold what somebody needs.
fn data_version(data: &Path) -> Result<Option<u32>, Problem> {
    let (version, control) = (data.join("PG_VERSION"), data.join("global/pg_control"));
    match fs::read_to_string(&version).and_then(|text| fs::metadata(&control).map(|_| text)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(place::cannot("read the data in", data, &error)),
        Ok(text) => text.trim().parse().map(Some).map_err(|_| {
            Problem::config(
                "postgres-files",
                format!("{} holds no version: `{}`", version.display(), text.trim()),
            )
            .help("restore it, or remove all of the data: `cargo xtask postgres reset`")
        }),
    }
}

fn number(file: &PidFile) -> u32 {
    file.pid.as_raw_nonzero().get().unsigned_abs()
}
