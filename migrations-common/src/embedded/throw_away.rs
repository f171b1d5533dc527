//! A test run's own server, fast and forgetful, which is gone when its owner is gone, however it ends.

use std::fs;
use std::ops::Deref;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};

use super::installation::Installation;
use super::postmaster::{Durability, Files};
use super::running::Running;
use super::server_user::ServerUser;
use super::{child, lock, place, postmaster, processes, template};
use crate::problem::Problem;

/// A server whose data nobody needs later. Dropping it ends the server and removes its files.
///
/// When the owning process is killed, a watchdog does the same: a shell that waits for the end of a pipe which the owner
/// holds open. What a killed watchdog leaves is removed by the next start.
#[derive(Debug)]
pub struct ThrowAway {
    running: Running,
    _remains: Remains,
}

/// A server and its files, to be removed.
#[derive(Debug)]
struct Remains {
    directory: PathBuf,
    server: Option<Child>,
    watchdog: Option<Child>,
    /// Locked as long as we live.
    _owner: fs::File,
}

/// Ends the server of the directory `$1` and removes it when stdin ends.
///
/// The pid is right: as long as the owner lives, its dead child keeps its pid.
const WATCHDOG: &str = r#"
PATH="$PATH:/usr/bin:/bin"
read -r _
if read -r pid <"$1/data/postmaster.pid"; then
    kill -QUIT "$pid"
    tries=0
    while kill -0 "$pid" && [ "$tries" -lt 100 ]; do
        sleep 0.1 || sleep 1
        tries=$((tries + 1))
    done
    [ "$tries" -lt 100 ] || kill -KILL "$pid"
fi 2>/dev/null
rm -rf "$1"
"#;

impl ThrowAway {
    /// Starts a server of its own in `directory`, which many processes may share: they share the template there.
    ///
    /// When the directory cannot be used by the server's user, or its path is too long for a socket, it is in `/var/tmp`.
    ///
    /// Errors: `postgres-start` with the end of the log, `postgres-busy`, `no-server-user`, `unsafe-directory`,
    /// `postgres-files`.
    pub fn start(installation: &Installation, directory: &Path) -> Result<ThrowAway, Problem> {
        let begun = Instant::now();
        let user = ServerUser::choose()?;
        let base = settle(directory, &user)?;
        let mut remains = Remains::claim(&base, &user)?;
        let (data, socket_directory) = (
            remains.directory.join("data"),
            remains.directory.join("socket"),
        );
        template::instantiate(installation, &user, &base, &data)?;
        place::make_for(&user, &socket_directory)?;
        let files = Files {
            data: &data,
            socket_directory: &socket_directory,
            log: &remains.directory.join("server.log"),
            life: &remains.directory.join("server.lock"),
        };
        let server = postmaster::spawn(installation, &user, &files, Durability::ThrownAway)?;
        let server = remains.server.insert(server);
        let version = postmaster::wait_until_ready(server, &files)?;
        let mut running = Running::new(
            socket_directory.clone(),
            version,
            server.id(),
            files.log.to_owned(),
        );
        running.started = Some(begun.elapsed());
        Ok(ThrowAway {
            running,
            _remains: remains,
        })
    }
}

impl Deref for ThrowAway {
    type Target = Running;
    fn deref(&self) -> &Running {
        &self.running
    }
}

impl Remains {
    /// Takes a new directory in `base`, with a watchdog over it.
    fn claim(base: &Path, user: &ServerUser) -> Result<Remains, Problem> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let clusters = base.join("clusters");
        let directory = clusters.join(format!(
            "{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        ));
        // Under the lock nobody sees a directory whose owner has not locked it yet.
        let _lock = lock::take(&base.join("clusters.lock"), Duration::from_mins(1))?;
        place::make_for(user, &clusters)?;
        sweep(&clusters);
        place::make_for(user, &directory)?;
        let owner = lock::take(&directory.join("owner"), Duration::ZERO)?;
        let mut remains = Remains {
            directory,
            server: None,
            watchdog: None,
            _owner: owner,
        };
        remains.watchdog = Some(watch(&remains.directory, user)?);
        Ok(remains)
    }
}

impl Drop for Remains {
    fn drop(&mut self) {
        const PATIENCE: Duration = Duration::from_secs(10);
        if let Some(server) = &mut self.server {
            if let (Ok(None), Some(pid)) = (server.try_wait(), processes::pid(server.id())) {
                let _ = kill_process(pid, Signal::QUIT);
            }
            if child::ended(server, PATIENCE).is_none() {
                let _ = server.kill();
                let _ = child::ended(server, PATIENCE);
            }
        }
        let _ = place::remove(&self.directory);
        if let Some(watchdog) = &mut self.watchdog {
            drop(watchdog.stdin.take());
            let _ = child::ended(watchdog, PATIENCE);
        }
    }
}

fn settle(directory: &Path, user: &ServerUser) -> Result<PathBuf, Problem> {
    let base = place::settle(directory, user)?;
    let longest = base.join(format!("clusters/{0}-{0}/socket", u32::MAX));
    if place::socket_fits(&longest) {
        return Ok(base);
    }
    let stand_in = place::stand_in(&base);
    place::make_ours(&stand_in, user)?;
    Ok(stand_in)
}

fn watch(directory: &Path, user: &ServerUser) -> Result<Child, Problem> {
    user.command(Path::new("/bin/sh"))
        .args(["-c", WATCHDOG, "watchdog"])
        .arg(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(|error| place::cannot("run", Path::new("/bin/sh"), &error))
}

/// Removes what dead owners left. What can't be removed does not matter to us.
fn sweep(clusters: &Path) {
    let Ok(entries) = fs::read_dir(clusters) else {
        return;
    };
    for directory in entries.flatten().map(|entry| entry.path()) {
        let Ok(Some(_owner)) = lock::try_take(&directory.join("owner")) else {
            continue;
        };
        let data = directory.join("data");
        let left = postmaster::running(&data).map(|file| file.pid);
        for pid in processes::servers(&data).into_iter().chain(left) {
            let _ = postmaster::stop(pid, Duration::ZERO);
        }
        let _ = place::remove(&directory);
    }
}
