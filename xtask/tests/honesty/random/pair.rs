//! Two migrations, in statements.

use crate::judge::Finding;

/// Without semicolons.
#[derive(Clone)]
pub(super) struct Pair {
    pub(super) a: Vec<String>,
    pub(super) b: Vec<String>,
}

impl Pair {
    pub(super) fn a(&self) -> String {
        text(&self.a)
    }

    pub(super) fn b(&self) -> String {
        text(&self.b)
    }

    /// What the files of a case folder are, with the base of the random pairs.
    pub(super) fn as_case(&self, finding: &Finding) -> String {
        let server = finding
            .server
            .map_or("nothing is proved", |server| server.name());
        format!(
            "{}\n-- a.sql\n{}-- b.sql\n{}-- expected\n?\n{server}\n",
            finding.words,
            self.a(),
            self.b()
        )
    }
}

pub(super) fn text(statements: &[String]) -> String {
    statements
        .iter()
        .flat_map(|statement| [statement.as_str(), ";\n"])
        .collect()
}
