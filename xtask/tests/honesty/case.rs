//! A case: a folder of `cases` that holds a base, two migrations, and what is to be said of them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::judge::Server;
use migrations_effects::verdict::Verdict;

/// One folder.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) base: String,
    pub(crate) a: String,
    pub(crate) b: String,
    pub(crate) expected: Expected,
}

/// Its file `expected`.
#[derive(Clone, Copy)]
pub(crate) struct Expected {
    /// The first line: what the texts tell.
    pub(crate) verdict: Verdict,
    /// The second line: what PostgreSQL says.
    pub(crate) server: Server,
}

/// All cases, by name.
pub(crate) fn all() -> Vec<Case> {
    let mut cases: Vec<Case> = (fs::read_dir(directory()).expect("the folder of cases"))
        .map(|entry| Case::of(&entry.expect("an entry").path()))
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/honesty/cases")
}

impl Case {
    fn of(folder: &Path) -> Case {
        let text = |file: &str| {
            let path = folder.join(file);
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        let name = folder.file_name().expect("a name").to_string_lossy();
        Case {
            expected: Expected::parse(&text("expected"))
                .unwrap_or_else(|wrong| panic!("{name}/expected: {wrong}")),
            name: name.into_owned(),
            base: text("base.sql"),
            a: text("a.sql"),
            b: text("b.sql"),
        }
    }
}

impl Expected {
    fn parse(text: &str) -> Result<Expected, String> {
        let lines: Vec<&str> = text.lines().collect();
        let [verdict, server, why] = lines[..] else {
            return Err("three lines: the verdict, the server's, and `why: …`".to_owned());
        };
        if !why.starts_with("why: ") {
            return Err("the third line begins with `why: `".to_owned());
        }
        let verdict = (VERDICTS.into_iter())
            .find(|one| one.name() == verdict)
            .ok_or_else(|| format!("no verdict is called {verdict}"))?;
        let server = (Server::ALL.into_iter())
            .find(|one| one.name() == server)
            .ok_or_else(|| format!("no server says {server}"))?;
        Ok(Expected { verdict, server })
    }
}

/// From the best to the worst.
pub(crate) const VERDICTS: [Verdict; 4] = [
    Verdict::Commutes,
    Verdict::Order,
    Verdict::Unknown,
    Verdict::Contradictory,
];
