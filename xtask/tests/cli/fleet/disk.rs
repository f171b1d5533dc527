//! A full disk: the tenants that need more than there is fail with the server's words, and nothing of theirs is left.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::server::OwnServer;
use super::{Fleet, named, tenants};

const TENANTS: usize = 12;

/// A file system in memory, which is gone when this is.
struct Small {
    path: PathBuf,
}

impl Small {
    /// One of 16 megabytes at `path`; `None` if this process may not mount.
    fn mount(path: &Path) -> Option<Self> {
        fs::create_dir(path).expect("made");
        mount("size=16m", path).then(|| Small {
            path: path.to_owned(),
        })
    }

    fn grow(&self) {
        assert!(mount("remount,size=256m", &self.path), "grown");
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // The server still has files open there.
        let _ = Command::new("umount").arg("-l").arg(&self.path).status();
    }
}

fn mount(options: &str, path: &Path) -> bool {
    let mut command = Command::new("mount");
    command
        .args(["-t", "tmpfs", "-o", options, "tmpfs"])
        .arg(path)
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[test]
fn a_full_disk_fails_who_needs_it_and_loses_nothing() {
    let server = OwnServer::start();
    let url = server.database("fleet");
    let data = server.data();
    let owner = fs::metadata(&data).expect("there");
    let place = data.with_file_name("small");
    let Some(small) = Small::mount(&place) else {
        // The harness shows nothing of a test that passes; the log of a run with --nocapture tells.
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"SKIPPED a_full_disk_fails_who_needs_it_and_loses_nothing: no right to mount a file system\n",
        );
        return;
    };
    chown(&place, Some(owner.uid()), Some(owner.gid())).expect("given");
    let create = format!("create tablespace small location '{}'", place.display());
    server.client().batch_execute(&create).expect("made");
    let fleet = Fleet::at(&url, "");
    fleet.tenants(TENANTS);
    fleet.steps(1);
    fleet.migrate(&[]).expect(0);
    // Three megabytes each: four or five tenants fit.
    fleet.step(
        2,
        "create table filler (text text) tablespace small;\n\
         insert into filler select repeat('x', 1000) from generate_series(1, 2600);",
    );
    let report = fleet.migrate(&[]).expect(6).json();
    let (done, failed) = (named(&report, "applied"), named(&report, "failed"));
    assert_eq!(done.len() + failed.len(), TENANTS);
    assert!((2..7).contains(&done.len()), "{done:?}");
    for name in &failed {
        let error = &tenants(&report)[name]["error"];
        assert_eq!(error["sqlstate"], "53100", "{error}");
        let message = error["message"].as_str().expect("text");
        // Then `No space left on device`, or how little of a page was written.
        assert!(message.starts_with("could not extend file"), "{message}");
        assert_eq!(error["migration"], "V2__step");
    }
    for (name, at) in fleet.whole() {
        assert_eq!(at, if done.contains(&name) { "1,2" } else { "1" }, "{name}");
        let filler = format!("select to_regclass('{name}.filler') is not null");
        assert_eq!(
            fleet.workspace.value(&filler),
            done.contains(&name).to_string()
        );
    }

    small.grow();
    let again = fleet.migrate(&[]).expect(0).json();
    assert_eq!(named(&again, "applied"), failed);
    assert_eq!(named(&again, "at_head"), done);
    fleet.expect_all_at(TENANTS, 2);
}
