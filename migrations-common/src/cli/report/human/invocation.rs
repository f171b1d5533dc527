//! The command line that does the same again, or the same for some tenants.

use crate::app::Series;

/// Tenants that a command line names at most.
const NAMED: usize = 8;

/// How the command was called, for messages that tell what to do next. Words are as typed, and none is a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invocation {
    /// What to type before a command: `cargo xtask`, or the name of the app's binary.
    pub program: String,
    /// `migrate`.
    pub command: String,
    /// Whether apps are named after it; an app's own binary knows no other.
    pub names_apps: bool,
    /// The apps: their names, or `--all`.
    pub apps: Vec<String>,
    /// Each `--database`.
    pub databases: Vec<String>,
    /// Each `--tenant`.
    pub tenants: Vec<String>,
    /// All other words: `--env`, `staging`.
    pub rest: Vec<String>,
}

impl Invocation {
    /// A command that nobody needs to repeat, of `program`.
    pub fn of(program: &str) -> Self {
        Invocation {
            program: program.to_owned(),
            ..Invocation::default()
        }
    }

    /// The command line that does the same again.
    pub fn again(&self) -> String {
        line(&self.words())
    }

    /// The command line that does it again for tenants or shards of `series` alone; `None` if they are too many, or if a
    /// name would mean others too.
    pub fn only<'n>(
        &self,
        series: &Series,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Option<String> {
        let names: Vec<String> = names
            .into_iter()
            .take(NAMED + 1)
            .map(str::to_owned)
            .collect();
        let is_itself =
            |name: &String| !name.contains(|c: char| c.is_control() || "*?".contains(c));
        if names.is_empty() || names.len() > NAMED || !names.iter().all(is_itself) {
            return None;
        }
        let app = self.names_apps.then(|| series.app.clone());
        let databases = [series.config.name.clone()];
        Some(line(&self.with(app.as_slice(), &databases, &names)))
    }

    /// The command line, word by word: what a run file keeps.
    pub fn words(&self) -> Vec<String> {
        self.with(&self.apps, &self.databases, &self.tenants)
    }

    fn with(&self, apps: &[String], databases: &[String], tenants: &[String]) -> Vec<String> {
        let mut words: Vec<String> = self.program.split(' ').map(str::to_owned).collect();
        words.push(self.command.clone());
        words.extend(apps.iter().cloned());
        words.extend(self.rest.iter().cloned());
        for (flag, values) in [("--database", databases), ("--tenant", tenants)] {
            for value in values {
                // Else it would be taken for a flag.
                if value.starts_with('-') {
                    words.push(format!("{flag}={value}"));
                } else {
                    words.extend([flag.to_owned(), value.clone()]);
                }
            }
        }
        words
    }
}

/// `words` as they are typed.
fn line(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}

/// `word` as a POSIX shell takes it for one word and for itself.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./:=@%+,…".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::fixtures::fleet;
    use super::*;

    fn invocation() -> Invocation {
        Invocation {
            program: "cargo xtask".to_owned(),
            command: "migrate".to_owned(),
            names_apps: true,
            apps: vec!["--all".to_owned()],
            databases: Vec::new(),
            tenants: vec!["a*".to_owned()],
            rest: vec!["--env".to_owned(), "staging".to_owned()],
        }
    }

    #[test]
    fn the_same_again_is_what_was_typed() {
        assert_eq!(
            invocation().again(),
            "cargo xtask migrate --all --env staging --tenant 'a*'"
        );
        let words = [
            "cargo", "xtask", "migrate", "--all", "--env", "staging", "--tenant", "a*",
        ];
        assert_eq!(invocation().words(), words);
    }

    #[test]
    fn some_tenants_are_named_as_a_shell_wants_them() {
        let app = fleet("app3", "schema-per-tenant");
        let only = |names: &[&str]| invocation().only(&app.series[0], names.iter().copied());
        assert_eq!(
            only(&["acme", "größe"]).expect("two"),
            "cargo xtask migrate app3 --env staging --database workspaces --tenant acme --tenant größe"
        );
        assert_eq!(
            only(&["a b", "it's", "$user", "-x", ";"]).expect("five"),
            "cargo xtask migrate app3 --env staging --database workspaces --tenant 'a b' --tenant 'it'\\''s' \
             --tenant '$user' --tenant=-x --tenant ';'"
        );
        assert_eq!(only(&["acme", "b*"]), None, "a glob means others too");
        assert_eq!(only(&["b\u{1b}[2J"]), None);
        assert_eq!(only(&[]), None);
        assert!(only(&["x"; NAMED]).is_some());
        assert_eq!(only(&["x"; NAMED + 1]), None);
    }

    #[test]
    fn an_apps_own_binary_names_no_app() {
        let app = fleet("app3", "schema-per-tenant");
        let own = Invocation {
            program: "app3".to_owned(),
            names_apps: false,
            apps: Vec::new(),
            ..invocation()
        };
        assert_eq!(
            own.only(&app.series[0], ["acme"]).expect("one"),
            "app3 migrate --env staging --database workspaces --tenant acme"
        );
    }
}
