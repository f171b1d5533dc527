//! The template: a data directory that `initdb` makes once, and whose copies are clusters.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use walkdir::WalkDir;

use super::installation::Installation;
use super::server_user::ServerUser;
use super::{child, lock, place};
use crate::problem::{Kind, Problem};

/// The only role of a new cluster.
pub(super) const SUPERUSER: &str = "postgres";

/// `initdb` takes one to three seconds; a loaded machine may take ten times as long.
const INITDB_LIMIT: Duration = Duration::from_mins(2);

/// Makes the data directory `to` from the template of `installation` in `templates`, which is made first if need be.
///
/// `to` appears at once and whole: the copy is made beside it and renamed. Whatever unusable thing was there goes.
pub(super) fn instantiate(
    installation: &Installation,
    user: &ServerUser,
    templates: &Path,
    to: &Path,
) -> Result<(), Problem> {
    let template = template(installation, user, templates)?;
    let parent = to.parent().unwrap_or(to);
    remove_unfinished(parent, "data")?;
    let copy = unfinished(parent, "data");
    copy_tree(&template, &copy, user)
        .map_err(|error| place::cannot("copy the template to", &copy, &error))?;
    place::remove(to)?;
    fs::rename(&copy, to).map_err(|error| place::cannot("create", to, &error))
}

/// The template's directory, made under a lock so that runs that start at once make one.
fn template(
    installation: &Installation,
    user: &ServerUser,
    templates: &Path,
) -> Result<PathBuf, Problem> {
    let name = format!(
        "template-{}-{}",
        installation.version,
        installation.fingerprint()
    );
    let template = templates.join(&name);
    if template.is_dir() {
        return Ok(template);
    }
    let _lock = lock::take(&templates.join("template.lock"), INITDB_LIMIT)?;
    if template.is_dir() {
        return Ok(template);
    }
    remove_unfinished(templates, &name)?;
    let making = unfinished(templates, &name);
    initdb(installation, user, &making)?;
    fs::rename(&making, &template).map_err(|error| place::cannot("create", &template, &error))?;
    Ok(template)
}

/// Unicode's letters sorted by code point where the machine has `C.UTF-8`, else `C`: both sort alike, everywhere.
fn initdb(installation: &Installation, user: &ServerUser, data: &Path) -> Result<(), Problem> {
    let mut outcome = initdb_with(installation, user, data, "C.UTF-8")?;
    if outcome
        .as_ref()
        .is_err_and(|reason| reason.contains("locale"))
    {
        outcome = initdb_with(installation, user, data, "C")?;
    }
    outcome.map_err(|reason| {
        Problem::new(
            Kind::Connect,
            "postgres-start",
            format!(
                "cannot make a data directory: {} {reason}",
                installation.bin.join("initdb").display()
            ),
        )
    })
}

/// `--no-sync`: the system writes the files within half a minute; a crash before that costs a cluster that is as young.
fn initdb_with(
    installation: &Installation,
    user: &ServerUser,
    data: &Path,
    locale: &str,
) -> Result<Result<(), String>, Problem> {
    place::remove(data)?;
    place::make_for(user, data)?;
    let mut command = user.command(&installation.bin.join("initdb"));
    command
        .arg("-D")
        .arg(data)
        .args([
            "--username",
            SUPERUSER,
            "--auth",
            "trust",
            "--encoding",
            "UTF8",
        ])
        .args(["--locale", locale, "--lc-messages", "C", "--no-sync"]);
    Ok(child::run(&mut command, INITDB_LIMIT).map(drop))
}

fn copy_tree(from: &Path, to: &Path, user: &ServerUser) -> io::Result<()> {
    for entry in WalkDir::new(from) {
        let entry = entry?;
        let below = entry.path().strip_prefix(from).map_err(io::Error::other)?;
        // An empty `below` would leave a trailing slash.
        let target = if below.as_os_str().is_empty() {
            to.to_owned()
        } else {
            to.join(below)
        };
        if entry.file_type().is_dir() {
            fs::create_dir(&target)?;
            fs::set_permissions(&target, entry.metadata()?.permissions())?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
        user.give(&target)?;
    }
    Ok(())
}

/// A name that no other process uses, for something that gets its own name when it is finished.
fn unfinished(parent: &Path, name: &str) -> PathBuf {
    parent.join(format!("{name}.new-{}", std::process::id()))
}

/// Removes what killed processes left; the caller holds the lock under which such things are made.
fn remove_unfinished(parent: &Path, name: &str) -> Result<(), Problem> {
    let prefix = format!("{name}.new-");
    let entries = fs::read_dir(parent).map_err(|error| place::cannot("list", parent, &error))?;
    for entry in entries.flatten() {
        if entry.file_name().as_bytes().starts_with(prefix.as_bytes()) {
            place::remove(&entry.path())?;
        }
    }
    Ok(())
}
