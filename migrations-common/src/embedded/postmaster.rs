//! The server's first process: its pid file, its birth and its end.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::installation::Installation;
use super::server_user::ServerUser;
use super::version::Version;
use super::{child, client, lock, place, processes};
use crate::problem::{Kind, Problem};
use crate::wait;

/// How long a server may take until it accepts connections.
pub(super) const START_LIMIT: Duration = Duration::from_mins(1);

/// What `postmaster.pid` says. Its lines: pid, data directory, start time, port, socket directory, listen address,
/// shared memory key, status (`src/include/utils/pidfile.h`).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PidFile {
    pub(super) pid: Pid,
    data: PathBuf,
    pub(super) socket_directory: PathBuf,
    pub(super) ready: bool,
}

/// What a server's data is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Durability {
    /// A crash of the machine may cost the last half second of commits, never the cluster: `fsync` stays on, and only
    /// `synchronous_commit` is off.
    Kept,
    /// A crash of the machine costs everything.
    ThrownAway,
}

/// The files of one server.
pub(super) struct Files<'a> {
    pub(super) data: &'a Path,
    pub(super) socket_directory: &'a Path,
    pub(super) log: &'a Path,
    /// Every process of the server holds its lock, as the file is its standard input. So the lock tells whether any of
    /// them lives: after the postmaster was killed, after its pid was given to somebody else, and in another container.
    pub(super) life: &'a Path,
}

/// The pid file of the server that runs on `data`, `None` if none does: a pid file alone proves nothing, as its pid may
/// belong to another process by now.
pub(super) fn running(data: &Path) -> Option<PidFile> {
    let file = read(data)?;
    processes::serves(file.pid, data).then_some(file)
}

/// The server that was started when the directory of `data` had another name, and runs on. `life` is the file whose lock
/// it holds; nobody else must be trying to take it.
pub(super) fn renamed(data: &Path, life: &Path) -> Option<Pid> {
    let PidFile { pid, .. } = read(data)?;
    let held = matches!(lock::try_take(life), Ok(None));
    (held && processes::is_postgres(pid)).then_some(pid)
}

/// Starts a server, away from our terminal and our Ctrl-C. It may not accept connections yet.
///
/// The caller has made sure that no server runs on the data: what a killed one left behind is removed.
pub(super) fn spawn(
    installation: &Installation,
    user: &ServerUser,
    files: &Files<'_>,
    durability: Durability,
) -> Result<Child, Problem> {
    let life = hold(files.life)?;
    remove_stale(files)?;
    let log = new_log(files.log).map_err(|error| place::cannot("create", files.log, &error))?;
    let errors = log
        .try_clone()
        .map_err(|error| place::cannot("open", files.log, &error))?;
    let mut command = user.command(&installation.bin.join("postgres"));
    command.arg("-D").arg(files.data);
    for setting in settings(files.socket_directory, durability) {
        command.arg("-c").arg(setting);
    }
    command
        .stdin(Stdio::from(life))
        .stdout(Stdio::from(log))
        .stderr(Stdio::from(errors))
        .process_group(0)
        .spawn()
        .map_err(|error| {
            let program = installation.bin.join("postgres");
            Problem::new(
                Kind::Connect,
                "postgres-start",
                format!("cannot run {}: {error}", program.display()),
            )
        })
}

/// Waits until the server that was spawned accepts connections.
///
/// Errors: `postgres-start` with the end of its log. A server that only takes long goes on starting, as one that recovers
/// from a crash would begin anew if it were killed.
pub(super) fn wait_until_ready(server: &mut Child, files: &Files<'_>) -> Result<Version, Problem> {
    let outcome = wait::until(START_LIMIT, || {
        if let Ok(Some(status)) = server.try_wait() {
            return Some(Err(did_not_start(
                &format!("ended with {status}"),
                files.log,
            )));
        }
        answers(files.socket_directory).map(Ok)
    });
    outcome.unwrap_or_else(|| {
        let limit = START_LIMIT.as_secs();
        Err(did_not_start(
            &format!("accepts no connections after {limit} s"),
            files.log,
        ))
    })
}

/// The version of the server that answers on the socket in `directory`, `None` if none does.
pub(super) fn answers(directory: &Path) -> Option<Version> {
    const PATIENCE: Duration = Duration::from_secs(5);
    let listens = place::socket_path(directory).exists();
    listens
        .then(|| client::version(directory, PATIENCE).ok())
        .flatten()
}

/// Ends the server `pid`: fast, or if that takes longer than `patience` at once, which costs no committed data
/// either. Waits for its end.
pub(super) fn stop(pid: Pid, patience: Duration) -> Result<(), Problem> {
    // Smart, fast and immediate shutdown are SIGTERM, SIGINT and SIGQUIT (manual, "Shutting Down the Server").
    // SIGKILL reaches a server that was stopped by a signal or a debugger.
    let ways = [
        (Signal::INT, patience),
        (Signal::QUIT, Duration::from_secs(10)),
        (Signal::KILL, Duration::from_secs(10)),
    ];
    for (signal, limit) in ways {
        if !processes::is_postgres(pid) {
            return Ok(());
        }
        let _ = kill_process(pid, signal);
        if wait::until(limit, || (!processes::is_postgres(pid)).then_some(())).is_some() {
            return Ok(());
        }
    }
    let pid = pid.as_raw_nonzero();
    Err(Problem::failed(
        "postgres-stop",
        format!("the server with pid {pid} does not end"),
    )
    .help(format!("end it by hand: `kill -9 {pid}`")))
}

/// Why a server did not start, from its log.
fn did_not_start(what: &str, log: &Path) -> Problem {
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let problem = Problem::new(
        Kind::Connect,
        "postgres-start",
        format!("the embedded server {what}"),
    );
    match text.map(|text| child::last_lines(&text, 10)) {
        Ok(lines) if !lines.is_empty() => {
            problem.note(format!("{} ends with:\n{lines}", log.display()))
        }
        _ => problem.note(format!("{} is empty", log.display())),
    }
}

/// Takes the lock that the server is going to hold, waiting for the last processes of a killed one.
fn hold(life: &Path) -> Result<File, Problem> {
    const LAST_PROCESSES: Duration = Duration::from_secs(20);
    wait::until(LAST_PROCESSES, || lock::try_take(life).transpose())
        .unwrap_or_else(|| Err(io::ErrorKind::WouldBlock.into()))
        .map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => Problem::new(
                Kind::Busy,
                "postgres-busy",
                "processes of an earlier server still work on the data, here or in another container",
            )
            .help(format!("find them with `lsof {}` and end them", life.display())),
            _ => place::cannot("lock", life, &error),
        })
}

/// Removes the files of a server that was killed, which PostgreSQL takes for a living one's when its pid was given to
/// another process, or when they are copies of a living one's. What names this data directory and the pid of some
/// PostgreSQL stays: somebody may have started it by hand.
fn remove_stale(files: &Files<'_>) -> Result<(), Problem> {
    let by_hand = |file: PidFile| {
        let here = fs::canonicalize(&file.data).is_ok_and(|named| named == files.data);
        here && processes::is_postgres(file.pid)
    };
    if read(files.data).is_some_and(by_hand) {
        return Ok(());
    }
    let pid_file = files.data.join("postmaster.pid");
    let socket = place::socket_path(files.socket_directory);
    let socket_lock = files
        .socket_directory
        .join(format!(".s.PGSQL.{}.lock", place::PORT));
    for stale in [pid_file, socket, socket_lock] {
        match fs::remove_file(&stale) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(place::cannot("remove", &stale, &error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Begins a log; the one before is kept beside it.
fn new_log(path: &Path) -> io::Result<File> {
    match fs::rename(path, path.with_extension("previous.log")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new()
        .append(true)
        .create_new(true)
        .mode(0o644)
        .open(path)
}

fn settings(socket_directory: &Path, durability: Durability) -> Vec<OsString> {
    let mut settings: Vec<OsString> = [
        "listen_addresses=",
        "logging_collector=off", // it would close the file that holds the lock and the log
        "max_connections=200",
        "max_locks_per_transaction=256", // 51,200 locks: some hundred tenants in one transaction
        "jit=off", // catalog queries are long and quick; compiling them takes longer than running them
        "timezone=UTC",
        "log_timezone=UTC",
        "synchronous_commit=off",
    ]
    .map(OsString::from)
    .into();
    settings.push(format!("port={}", place::PORT).into());
    settings.push(quoted_directory(socket_directory));
    if durability == Durability::ThrownAway {
        settings
            .extend(["fsync=off", "full_page_writes=off", "autovacuum=off"].map(OsString::from));
    }
    settings
}

/// The setting is a list; quotes keep blanks and quotes of a path together (`SplitDirectoriesString`).
fn quoted_directory(directory: &Path) -> OsString {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    let mut setting = b"unix_socket_directories=\"".to_vec();
    for byte in directory.as_os_str().as_bytes() {
        if *byte == b'"' {
            setting.push(b'"');
        }
        setting.push(*byte);
    }
    setting.push(b'"');
    OsString::from_vec(setting)
}

fn read(data: &Path) -> Option<PidFile> {
    parse(&fs::read_to_string(data.join("postmaster.pid")).ok()?)
}

fn parse(text: &str) -> Option<PidFile> {
    let mut lines = text.lines();
    let pid = lines.next()?.trim().parse().ok().and_then(processes::pid)?;
    let data = PathBuf::from(lines.next().unwrap_or_default());
    let socket_directory = PathBuf::from(lines.nth(2).unwrap_or_default());
    let ready = lines.nth(2).unwrap_or_default().trim() == "ready";
    Some(PidFile {
        pid,
        data,
        socket_directory,
        ready,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pid_files() {
        let whole = "4711\n/d/data\n1700000000\n5432\n/d/socket\n\n  5432001 42\nready   \n";
        let file = parse(whole).unwrap();
        assert_eq!(file.pid.as_raw_nonzero().get(), 4711);
        assert_eq!(file.socket_directory, Path::new("/d/socket"));
        assert!(file.ready);
        assert!(!parse(&whole.replace("ready", "starting")).unwrap().ready);
        assert!(!parse("4711\n/d/data\n").unwrap().ready);
        for bogus in ["", "x", "-1", "0", "99999999999999"] {
            assert_eq!(parse(bogus), None, "{bogus}");
        }
    }

    #[test]
    fn socket_directories_are_quoted() {
        assert_eq!(
            quoted_directory(Path::new("/a \"b\"")),
            r#"unix_socket_directories="/a ""b""""#
        );
    }
}
