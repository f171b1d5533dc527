//! The password file: lines of `host:port:database:user:password`.
//!
//! PostgreSQL 18 manual, 32.16 "The Password File".

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::hosts::{Host, Name, SOCKET_DIRECTORIES};
use crate::secret::Secret;

/// The entries of a password file, in its order.
#[derive(Default)]
pub(super) struct Passwords {
    entries: Vec<Entry>,
    /// Why the file was not used, or where it is; an error about the password shows it.
    pub(super) note: Option<String>,
}

struct Entry {
    /// Host, port, database and user.
    fields: [Field; 4],
    password: Secret,
}

/// A field to compare with.
enum Field {
    Any,
    Is(String),
}

/// The passwords in the file at `path`. As in libpq, one that cannot be read, or that others can read, holds none; the
/// note says so.
pub(super) fn read(path: &Path) -> Passwords {
    let shown = path.display();
    let unused = |why: String| Passwords {
        entries: Vec::new(),
        note: Some(format!("the password file `{shown}` was not used: {why}")),
    };
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Passwords::default(),
        Err(error) => return unused(error.to_string()),
    };
    if !metadata.is_file() {
        return unused("it is not a plain file".to_owned());
    }
    if metadata.permissions().mode() & 0o077 != 0 {
        return unused(format!(
            "others than its owner have access to it; run `chmod 0600 {shown}`"
        ));
    }
    match fs::read_to_string(path) {
        Ok(text) => Passwords {
            entries: text.lines().filter_map(entry).collect(),
            note: Some(format!("passwords come from `{shown}`")),
        },
        Err(error) => unused(error.to_string()),
    }
}

impl Passwords {
    /// The password of the first line that matches.
    pub(super) fn find(&self, host: &Host, database: &str, user: &str) -> Option<&Secret> {
        let name = match &host.name {
            Name::Socket(path) if SOCKET_DIRECTORIES.iter().any(|d| Path::new(d) == path) => {
                "localhost".into()
            }
            Name::Socket(path) => path.to_string_lossy(),
            Name::Tcp(name) => name.as_str().into(),
        };
        let port = host.port.to_string();
        let wanted = [name.as_ref(), &port, database, user];
        let matches = |entry: &&Entry| {
            entry
                .fields
                .iter()
                .zip(wanted)
                .all(|(field, wanted)| match field {
                    Field::Any => true,
                    Field::Is(value) => value == wanted,
                })
        };
        self.entries
            .iter()
            .find(matches)
            .map(|entry| &entry.password)
    }
}

/// The entry of one line; `None` for a comment and for a line with too few fields, which libpq skips too.
fn entry(line: &str) -> Option<Entry> {
    if line.starts_with('#') {
        return None;
    }
    let mut fields = split(line).into_iter();
    let mut next = || {
        fields.next().map(|field| match field {
            "*" => Field::Any,
            field => Field::Is(unescape(field)),
        })
    };
    let four = [next()?, next()?, next()?, next()?];
    let password = unescape(fields.next()?);
    (!password.is_empty()).then(|| Entry {
        fields: four,
        password: Secret::new(password),
    })
}

/// `line` cut at each `:` that no backslash escapes.
fn split(line: &str) -> Vec<&str> {
    let mut escaped = false;
    line.split(|c| {
        let cut = c == ':' && !escaped;
        escaped = c == '\\' && !escaped;
        cut
    })
    .collect()
}

fn unescape(field: &str) -> String {
    let mut chars = field.chars();
    let mut plain = String::new();
    while let Some(c) = chars.next() {
        match c {
            '\\' => plain.push(chars.next().unwrap_or('\\')),
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(file: &str, host: &str, port: u16, database: &str, user: &str) -> Option<String> {
        let passwords = Passwords {
            entries: file.lines().filter_map(entry).collect(),
            note: None,
        };
        let host = Host::new(host, port);
        passwords
            .find(&host, database, user)
            .map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn the_first_match_counts() {
        let file =
            "# db:5432:shop:app:comment\ndb:5432:shop:app:exact\ndb:*:*:app:any\n*:*:*:*:last";
        assert_eq!(
            find(file, "db", 5432, "shop", "app").as_deref(),
            Some("exact")
        );
        assert_eq!(
            find(file, "db", 5433, "shop", "app").as_deref(),
            Some("any")
        );
        assert_eq!(
            find(file, "other", 5432, "shop", "app").as_deref(),
            Some("last")
        );
        assert_eq!(find("db:5432:shop:app:x", "db", 5432, "shop", "root"), None);
        assert_eq!(find("too:few:fields\n\ndb:1:a:b:", "db", 1, "a", "b"), None);
    }

    #[test]
    fn backslashes_escape() {
        let file = r"\:\:1:5432:d\\b:us\:er:pa\:ss\\wo:ignored";
        assert_eq!(
            find(file, "::1", 5432, r"d\b", "us:er").as_deref(),
            Some(r"pa:ss\wo")
        );
        assert_eq!(find(r"\*:1:a:b:x", "db", 1, "a", "b"), None);
        assert_eq!(
            find("*:1:a:b:x\r\n", "db", 1, "a", "b").as_deref(),
            Some("x")
        );
    }

    #[test]
    fn a_default_socket_directory_is_localhost() {
        let file = "localhost:5432:*:*:local\n/tmp/own:5432:*:*:own";
        assert_eq!(
            find(file, "/var/run/postgresql", 5432, "d", "u").as_deref(),
            Some("local")
        );
        assert_eq!(
            find(file, "/tmp/own", 5432, "d", "u").as_deref(),
            Some("own")
        );
        assert_eq!(find(file, "/elsewhere", 5432, "d", "u"), None);
    }

    #[test]
    fn a_file_that_others_can_read_is_not_used() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pgpass");
        fs::write(&path, "*:*:*:*:hunter2\n").unwrap();
        let host = Host::new("db", 5432);
        let with_mode = |mode| {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            read(&path)
        };

        let refused = with_mode(0o640);
        assert!(refused.find(&host, "d", "u").is_none());
        let note = refused.note.unwrap();
        assert!(
            note.contains("chmod 0600") && !note.contains("hunter2"),
            "{note}"
        );

        assert!(with_mode(0o600).find(&host, "d", "u").is_some());
        assert_eq!(read(Path::new("/no/such/file")).note, None);
        assert!(
            read(directory.path())
                .note
                .unwrap()
                .contains("not a plain file")
        );
    }
}
