//! What a command works with: the apps, the environment, and the server that `dev` lives on.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use super::args::Place;
use crate::app::{App, Series};
use crate::config::DEV;
use crate::environment::Environment;
use crate::problem::{Problem, Problems, unknown_name};
use crate::program::Program;
use crate::tenants::Named;

/// Everything that was known before the command was read.
pub struct Runtime {
    /// The apps that are sound, sorted by name.
    pub apps: Vec<App>,
    /// The others, and what is wrong with each.
    pub broken: Vec<(String, Problems)>,
    /// The process's variables.
    pub environment: Environment,
    /// What to type to run a command again: `cargo xtask`, or the binary's name.
    pub program: String,
    /// The workspace's directory, which the apps' paths start from; an app's binary has none.
    pub root: Option<PathBuf>,
    /// How to reach the functions that list tenants.
    pub functions: Functions,
    /// Where run files go, if anywhere.
    pub runs: Option<PathBuf>,
    /// The server for databases of `dev` that have no URL; an app's binary has none.
    pub development: Option<Development>,
}

/// Names the tenants of an environment, each with a URL if it has a database of its own.
pub type TenantFunction = fn(&str) -> Result<Named, Box<dyn Error + Send + Sync>>;

/// The functions of app crates that list tenants.
pub enum Functions {
    /// The process is the app's own binary: by the names that the config uses.
    Own(BTreeMap<String, TenantFunction>),
    /// The command that asks the app's binary for what a function says in an environment.
    OfBinary(fn(&App, &str, &str) -> Vec<String>),
}

/// Hands out URLs of databases on the embedded server.
pub struct Development {
    /// Starts the server if it does not run, and gives the URL of a database; with `true` the database is made.
    #[expect(clippy::type_complexity, reason = "named here once, and nowhere else")]
    url: Mutex<Box<dyn FnMut(&str, bool) -> Result<String, Problem> + Send>>,
}

impl Development {
    /// A server that `url` starts and asks.
    pub fn new(url: impl FnMut(&str, bool) -> Result<String, Problem> + Send + 'static) -> Self {
        Development {
            url: Mutex::new(Box::new(url)),
        }
    }

    /// The URL of the database `name`, on a server that runs; with `make` the database exists too.
    ///
    /// # Errors
    /// What keeps the server from starting.
    pub fn url(&self, name: &str, make: bool) -> Result<String, Problem> {
        let mut server = self
            .url
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        server(name, make)
    }
}

impl Runtime {
    /// All series of all apps.
    pub fn series(&self) -> Vec<Arc<Series>> {
        let series = self.apps.iter().flat_map(|app| &app.series);
        series.map(Arc::clone).collect()
    }

    /// How messages call commands that work in `place`; never with a URL, which may hold a password.
    pub(super) fn program_in(&self, place: &Place) -> Program {
        let flags = match &place.database_url {
            Some(_) => vec!["--database-url …".to_owned()],
            None if place.env == DEV => Vec::new(),
            None => vec![format!("--env {}", place.env)],
        };
        Program {
            name: self.program.clone(),
            names_apps: matches!(self.functions, Functions::OfBinary(_)),
            place: flags,
        }
    }

    /// The directory of `app`; an app's binary works where it was started.
    pub(super) fn directory(&self, app: &App) -> PathBuf {
        match &self.root {
            Some(root) => root.join(&app.path),
            None => PathBuf::from("."),
        }
    }

    /// The app called `name`.
    ///
    /// # Errors
    /// `unknown-app`, with the nearest name; or what is wrong with the app.
    pub fn app(&self, name: &str) -> Result<&App, Problems> {
        if let Some(app) = self.apps.iter().find(|app| app.name == name) {
            return Ok(app);
        }
        if let Some((_, problems)) = self.broken.iter().find(|(broken, _)| broken == name) {
            return Err(problems.clone());
        }
        let names = self.apps.iter().map(|app| app.name.as_str());
        Err(Problem::usage("unknown-app", unknown_name("app", name, names)).into())
    }
}
