//! Tenants from a file.

use std::path::PathBuf;
use std::{fs, io};

use super::lines::{self, Lines};
use super::trust::Row;
use super::{Counter, Unit};
use crate::problem::{Place, Problem, Source};

/// A file with one tenant a line: its name, and behind a TAB its URL where it may have one.
///
/// Blank lines and those that begin with `#` say nothing. Blanks around a name are no part of it.
#[derive(Clone, Debug)]
pub struct File {
    /// Where it is.
    pub path: PathBuf,
    /// What messages call it: `apps/app3/tenants.txt`.
    pub shown: String,
    /// Where the config names it.
    pub place: Place,
}

impl File {
    pub(super) fn rows(&self) -> Result<Vec<Row>, Problem> {
        let bytes = self.read().map_err(|error| {
            Problem::config(
                "tenants-file",
                format!("cannot read the tenants in {}: {error}", self.shown),
            )
            .at(self.place.clone())
            .help("write one tenant a line, or correct the path; it is relative to the app's directory")
        })?;
        let text = lines::utf8(&bytes).map_err(|line| {
            Problem::config(
                "tenants-file",
                format!("line {line} of {} is not UTF-8", self.shown),
            )
            .at(self.place.clone())
            .help("save the file as UTF-8")
        })?;
        let Lines { lines, shown } = lines::parse(text);
        let source = Source::new(self.shown.as_str(), shown);
        let counter = Counter::new(Unit::Line, &self.shown);
        let row = |line: lines::Line| Row {
            name: Ok(line.name),
            url: line.url,
            origin: counter.origin(line.number),
            place: Some(source.place(line.span)),
        };
        Ok(lines.into_iter().map(row).collect())
    }

    /// A pipe or a device might never end.
    fn read(&self) -> io::Result<Vec<u8>> {
        if fs::metadata(&self.path)?.is_file() {
            fs::read(&self.path)
        } else {
            Err(io::Error::other("it is not a file"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Kind, Problems};
    use crate::secret::Secret;
    use crate::tenants::Tenant;
    use crate::tenants::trust::trust;

    fn file(path: PathBuf) -> File {
        File {
            path,
            shown: "apps/app3/tenants.txt".to_owned(),
            place: Place::new("migrations.toml", "tenants = {}", 10..12),
        }
    }

    fn read(bytes: &[u8]) -> Result<Vec<Tenant>, Problems> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("t");
        fs::write(&path, bytes).unwrap();
        trust(file(path).rows()?, true)
    }

    #[test]
    fn a_tenant_knows_its_line() {
        let tenants = read(b"# all\nacme\n\nbe ta\tpostgres://h\n").unwrap();
        let lines: Vec<String> = tenants
            .iter()
            .map(|tenant| format!("{} {}", tenant.name, tenant.origin))
            .collect();
        assert_eq!(
            lines,
            [
                "acme line 2 of apps/app3/tenants.txt",
                "be ta line 4 of apps/app3/tenants.txt"
            ]
        );
        assert_eq!(tenants[1].url, Some(Secret::new("postgres://h")));
        assert_eq!(read(b"").unwrap(), []);
    }

    #[test]
    fn a_wrong_line_is_shown_without_its_url() {
        let text = "\u{feff}acme\tpostgres://u:hunter2@h\r\n  pg_x\tpostgres://u:hunter2@h\r\n";
        let problems = read(text.as_bytes()).unwrap_err();
        let place = &problems.0[0].places[0];
        assert_eq!(place.path, "apps/app3/tenants.txt");
        assert_eq!(place.line_column(), (2, 1));
        assert_eq!(place.text.get(place.span.clone()), Some("pg_x"));
        assert_eq!(&*place.text, "acme\t***\npg_x\t***\n");
    }

    #[test]
    fn a_file_that_cannot_be_read() {
        let problem = |file: File| {
            let problem = file.rows().unwrap_err();
            assert_eq!((problem.kind, problem.code), (Kind::Config, "tenants-file"));
            assert_eq!(problem.places[0].path, "migrations.toml");
            problem.message.clone()
        };
        let directory = tempfile::tempdir().unwrap();
        let missing = problem(file(directory.path().join("t")));
        assert!(
            missing.starts_with("cannot read the tenants in apps/app3/tenants.txt: No such file"),
            "{missing}"
        );
        // A pipe, too, is no file: nobody may ever write to it.
        assert_eq!(
            problem(file(directory.path().to_owned())),
            "cannot read the tenants in apps/app3/tenants.txt: it is not a file"
        );
        let problems = read(b"a\nb\nc\xff\n").unwrap_err();
        assert_eq!(
            problems.to_string(),
            "line 3 of apps/app3/tenants.txt is not UTF-8"
        );
    }
}
