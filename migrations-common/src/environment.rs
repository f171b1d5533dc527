//! The environment variables and the account of a process, as a value.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use crate::problem::Problem;
use crate::secret::Secret;

/// What a process was started with. The engine reads it from here and never from `std::env`.
///
/// Its `Debug` shows the names of the variables without their values: some of them are secrets.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
    account: Option<Account>,
}

/// The line of the password database that the process runs as.
#[derive(Clone)]
struct Account {
    name: String,
    home: PathBuf,
}

impl Environment {
    /// The environment of this process: the one place that reads it.
    pub fn of_process() -> Self {
        Environment {
            variables: std::env::vars_os().collect(),
            account: fs::read_to_string("/etc/passwd")
                .ok()
                .and_then(|passwd| account_of(rustix::process::geteuid().as_raw(), &passwd)),
        }
    }

    /// An environment of exactly these variables, and no account.
    pub fn from_pairs<K: Into<OsString>, V: Into<OsString>>(
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Environment {
            variables: pairs
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
            account: None,
        }
    }

    /// The value of a variable; `None` also for one that is not UTF-8.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name.as_ref() as &OsStr)?.to_str()
    }

    /// All variables, for a process that is to have the same ones.
    pub fn variables(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        let pair = |(name, value)| (OsString::as_os_str(name), OsString::as_os_str(value));
        self.variables.iter().map(pair)
    }

    /// The secret `name`: the variable itself, else what the file that `<name>_FILE` names holds, without its last
    /// line end. An empty variable counts as none.
    ///
    /// # Errors
    /// `secret-file`: that file cannot be read. `secret-encoding`: the variable is not UTF-8.
    pub fn secret(&self, name: &str) -> Result<Option<Secret>, Problem> {
        let variable = |name: &str| self.variables.get(name.as_ref() as &OsStr);
        if let Some(value) = variable(name).filter(|value| !value.is_empty()) {
            let value = value.to_str().ok_or_else(|| {
                Problem::config(
                    "secret-encoding",
                    format!("the variable {name} is not UTF-8"),
                )
            })?;
            return Ok(Some(Secret::new(value)));
        }
        let file = format!("{name}_FILE");
        match variable(&file).filter(|path| !path.is_empty()) {
            Some(path) => secret_in(&file, Path::new(path)).map(Some),
            None => Ok(None),
        }
    }

    /// The user that the process runs as: the password database's name, else `$USER`, else `$LOGNAME`.
    pub fn user_name(&self) -> Option<&str> {
        let account = self.account.as_ref().map(|account| account.name.as_str());
        account
            .or_else(|| self.get("USER"))
            .or_else(|| self.get("LOGNAME"))
            .filter(|name| !name.is_empty())
    }

    /// The home directory: `$HOME`, else the password database's.
    pub fn home(&self) -> Option<&Path> {
        self.get("HOME")
            .filter(|home| !home.is_empty())
            .map(Path::new)
            .or_else(|| self.account.as_ref().map(|account| account.home.as_path()))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

fn secret_in(variable: &str, path: &Path) -> Result<Secret, Problem> {
    let text = fs::read_to_string(path).map_err(|error| {
        Problem::config(
            "secret-file",
            format!(
                "cannot read `{}`, which {variable} names: {error}",
                path.display()
            ),
        )
        .help(format!(
            "correct {variable}, or make the file readable for this user"
        ))
    })?;
    let value = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Secret::new(value.strip_suffix('\r').unwrap_or(value)))
}

/// The account of `uid` in the text of a passwd file (passwd(5): name:password:uid:gid:comment:home:shell).
fn account_of(uid: u32, passwd: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let its_uid: u32 = fields.nth(1)?.parse().ok()?;
        let home = fields.nth(2)?;
        (its_uid == uid).then(|| Account {
            name: name.to_owned(),
            home: PathBuf::from(home),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_comes_from_the_variable_before_its_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("password");
        fs::write(&path, "from file \n").unwrap();
        let path = path.to_str().unwrap();

        let secret = |pairs: &[(&str, &str)]| {
            let found = Environment::from_pairs(pairs.iter().copied())
                .secret("PW")
                .unwrap();
            found.map(|secret| secret.expose().to_owned())
        };
        assert_eq!(secret(&[]), None);
        assert_eq!(secret(&[("PW", "plain")]), Some("plain".into()));
        assert_eq!(secret(&[("PW_FILE", path)]), Some("from file ".into()));
        assert_eq!(
            secret(&[("PW", ""), ("PW_FILE", path)]),
            Some("from file ".into())
        );
        assert_eq!(
            secret(&[("PW", "plain"), ("PW_FILE", path)]),
            Some("plain".into())
        );
    }

    #[test]
    fn a_secret_file_that_is_not_there_is_named() {
        let environment = Environment::from_pairs([("PW_FILE", "/no/such/file")]);
        let problem = environment.secret("PW").unwrap_err();
        assert_eq!(problem.code, "secret-file");
        assert!(
            problem
                .message
                .contains("`/no/such/file`, which PW_FILE names"),
            "{problem}"
        );
    }

    #[test]
    fn debug_shows_no_value() {
        let environment = Environment::from_pairs([("PGPASSWORD", "hunter2")]);
        assert_eq!(format!("{environment:?}"), r#"{"PGPASSWORD"}"#);
    }

    #[test]
    fn the_account_is_found_by_its_number() {
        let passwd =
            "root:x:0:0:root:/root:/bin/bash\nbroken\napp:x:1000:1000:,,,:/home/app:/bin/sh\n";
        let account = account_of(1000, passwd).unwrap();
        assert_eq!(
            (account.name.as_str(), account.home.as_path()),
            ("app", Path::new("/home/app"))
        );
        assert!(account_of(7, passwd).is_none());
    }

    #[test]
    fn home_and_user_fall_back() {
        let environment = Environment::from_pairs([("HOME", "/h"), ("LOGNAME", "me")]);
        assert_eq!(environment.home(), Some(Path::new("/h")));
        assert_eq!(environment.user_name(), Some("me"));
        assert_eq!(Environment::default().home(), None);
    }
}
