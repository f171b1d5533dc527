//! For the build script of an app: puts its `migrations.toml` and its migrations into the binary.
//!
//! ```text
//! // build.rs
//! fn main() {
//!     migrations_embed::app();
//! }
//! ```
//!
//! The app's `lib.rs` then holds
//!
//! ```text
//! pub static MIGRATIONS: migrations_common::app::Embedded = migrations_common::embedded_app!();
//! ```
//!
//! It has no dependencies, since a build script's are built once more. refinery's `embed_migrations!` would leave out
//! down files and the names of directories, and not see a file that is added later.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Writes `$OUT_DIR/embedded_app.rs`, and tells cargo to do it again when a file comes, goes or changes.
///
/// Taken are `migrations.toml`, and all files below `migrations` and below the directories that it names with `path`.
///
/// # Panics
/// When a file cannot be read: a build script has no other way to say so.
#[expect(clippy::panic, reason = "a panic is how a build script fails a build")]
pub fn app() {
    if let Err(error) = write() {
        panic!("cannot embed the migrations: {error}");
    }
}

fn write() -> io::Result<()> {
    let directory = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let config = directory.join("migrations.toml");
    println!("cargo::rerun-if-changed={}", config.display());
    let mut files = vec![config.clone()];
    for path in migration_directories(&fs::read_to_string(&config)?) {
        let below = directory.join(&path);
        println!("cargo::rerun-if-changed={}", below.display());
        if below.is_dir() {
            collect(&below, &mut files)?;
        }
    }
    files.sort();
    files.dedup();
    let mut out = String::new();
    let path = below_workspace(&directory);
    let _ = writeln!(out, "::migrations_common::app::Embedded {{");
    let _ = writeln!(
        out,
        "    name: {:?},\n    path: {path:?},\n    files: &[",
        variable("CARGO_PKG_NAME")?
    );
    for file in &files {
        let relative = slashed(file.strip_prefix(&directory).unwrap_or(file));
        let _ = writeln!(
            out,
            "        ({relative:?}, include_bytes!({:?})),",
            file.display().to_string()
        );
    }
    let _ = writeln!(out, "    ],\n}}");
    fs::write(
        Path::new(&variable("OUT_DIR")?).join("embedded_app.rs"),
        out,
    )
}

/// `migrations`, and what the config's `path` keys name. A line is enough to tell: the engine reads the file properly.
fn migration_directories(config: &str) -> Vec<String> {
    let named = config.lines().filter_map(|line| {
        let (key, value) = line.split_once('=')?;
        let value = value.trim().strip_prefix(['"', '\''])?;
        (key.trim() == "path").then(|| value.split(['"', '\'']).next().unwrap_or("").to_owned())
    });
    std::iter::once("migrations".to_owned())
        .chain(named)
        .collect()
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// The app's directory relative to the workspace, as messages call it.
fn below_workspace(directory: &Path) -> String {
    let is_root = |candidate: &&Path| {
        fs::read_to_string(candidate.join("Cargo.toml"))
            .is_ok_and(|text| text.lines().any(|line| line.trim() == "[workspace]"))
    };
    let root = directory.ancestors().find(is_root).unwrap_or(directory);
    slashed(directory.strip_prefix(root).unwrap_or(directory))
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name)
        .map_err(|error| io::Error::other(format!("{name}: {error}; is this a build script?")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_those_that_the_config_names() {
        let config = "[databases.core]\npath = \"sql/core\" # ours\n[databases.b]\n  path='other'\npaths = \"x\"\n";
        assert_eq!(
            migration_directories(config),
            ["migrations", "sql/core", "other"]
        );
    }
}
