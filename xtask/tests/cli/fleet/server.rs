//! A server of one test alone, which may be restarted, stopped and started anew.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

use migrations_common::Environment;
use migrations_common::embedded::{Search, ThrowAway, locate};
use postgres::{Client, NoTls};

/// A throw-away server. What was started in its place ends with it.
pub(super) struct OwnServer {
    server: ThrowAway,
    programs: PathBuf,
}

impl OwnServer {
    pub(super) fn start() -> Self {
        let directory = std::env::temp_dir().join("migrations-common-tests");
        let search = Search::of(&Environment::of_process(), directory.join("packages"));
        let installation = locate(&search).expect("a PostgreSQL on this machine");
        let server = ThrowAway::start(&installation, &directory).expect("starts");
        OwnServer {
            server,
            programs: installation.bin,
        }
    }

    /// The URL of the database `name`, which is made.
    ///
    /// What is committed there outlives a crash of the server.
    pub(super) fn database(&self, name: &str) -> String {
        self.server.ensure_database(name).expect("made");
        let mut client = self.client();
        let durable = format!("alter database {name} set synchronous_commit = on");
        client.batch_execute(&durable).expect("set");
        self.server.url(name)
    }

    pub(super) fn client(&self) -> Client {
        Client::connect(&self.server.url("postgres"), NoTls).expect("connects")
    }

    /// The directory of the server's data, which its user owns.
    pub(super) fn data(&self) -> PathBuf {
        let socket = &self.server.socket_directory;
        socket.parent().expect("in a directory").join("data")
    }

    /// Restarts the server with the same settings; `mode` is `fast` or `immediate`, which is like a crash.
    pub(super) fn restart(&self, mode: &str) {
        self.pg_ctl(&["restart", "-w", "-m", mode]);
    }

    pub(super) fn stop(&self) {
        self.pg_ctl(&["stop", "-w", "-m", "immediate"]);
    }

    /// Starts the server, which was stopped, with one more setting.
    pub(super) fn start_with(&self, setting: &str) {
        // The server's program, and its arguments in quotes.
        let options = fs::read_to_string(self.data().join("postmaster.opts")).expect("read");
        let (_, options) = options.trim_end().split_once(' ').expect("arguments");
        self.pg_ctl(&["start", "-w", "-o", &format!("{options} -c {setting}")]);
    }

    fn pg_ctl(&self, arguments: &[&str]) {
        let status = self.command("pg_ctl").args(arguments).status();
        assert!(status.expect("runs").success(), "pg_ctl {arguments:?}");
    }

    /// A program of the server's, as the server's user, on its data.
    fn command(&self, program: &str) -> Command {
        let data = self.data();
        let owner = fs::metadata(&data).expect("there");
        let mut command = Command::new(self.programs.join(program));
        command
            .arg("-D")
            .arg(&data)
            .args(["-s", "-l"])
            .arg(data.join("restarted.log"))
            .uid(owner.uid())
            .gid(owner.gid())
            .current_dir("/");
        command
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        // Not ours to end if it was never restarted: then this only comes first.
        let stop = ["stop", "-m", "immediate"];
        let _ = self.command("pg_ctl").args(stop).output();
    }
}
