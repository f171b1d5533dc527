//! The README's commands, run in a copy of the repository in the order that they stand there.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Run, repository, xtask};

#[test]
fn the_readme_does_what_it_says() {
    let directory = tempfile::tempdir().expect("made");
    let copy = clone(directory.path());
    let text = std::fs::read_to_string(repository().join("README.md")).expect("there");
    let commands: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("$ "))
        .collect();
    assert!(commands.len() > 10, "{commands:?}");
    let mut ran = 0;
    for line in commands {
        let Some(arguments) = line.strip_prefix("cargo xtask ") else {
            assert_eq!(line, "cargo test --workspace", "a command that nobody runs");
            continue;
        };
        let output = xtask()
            // A shell takes the quotes away.
            .args(
                arguments
                    .split_whitespace()
                    .map(|word| word.trim_matches('\'')),
            )
            .current_dir(&copy)
            .output()
            .expect("runs");
        assert!(output.status.success(), "{line}: {:?}", Run::of(&output));
        ran += 1;
    }
    assert!(ran > 10);
    // So that nothing runs on when the README changes its last command.
    let _ = xtask()
        .args(["postgres", "stop"])
        .current_dir(&copy)
        .output();
}

/// A fresh clone of the files as they are here.
fn clone(directory: &Path) -> PathBuf {
    let (origin, clone) = (directory.join("origin"), directory.join("clone"));
    copy_tracked(&origin);
    let git = |arguments: &[&str], at: &Path| {
        let identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"];
        let output = Command::new("git")
            .args(identity)
            .args(arguments)
            .current_dir(at)
            .output()
            .expect("git is there");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    };
    git(&["init", "--quiet", "--initial-branch=main"], &origin);
    git(&["add", "--all"], &origin);
    git(&["commit", "--quiet", "--message=all"], &origin);
    git(&["clone", "--quiet", "origin", "clone"], directory);
    clone
}

fn copy_tracked(to: &Path) {
    let listed = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(repository())
        .output()
        .expect("git is there");
    assert!(
        listed.status.success(),
        "{}",
        String::from_utf8_lossy(&listed.stderr)
    );
    for file in String::from_utf8(listed.stdout)
        .expect("UTF-8")
        .split_terminator('\0')
    {
        let from = repository().join(file);
        let Ok(bytes) = std::fs::read(&from) else {
            continue;
        };
        let target = to.join(file);
        std::fs::create_dir_all(target.parent().expect("below")).expect("made");
        std::fs::write(target, bytes).expect("written");
    }
}
