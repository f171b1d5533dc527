//! Connections against real servers: encryption, identity, refusals, defaults.
#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod certificates;
mod defaults;
mod refusals;
mod server;
mod sessions;
mod tls;

use migrations_common::connect::{Connection, Parameters, open};
use migrations_common::{Environment, Problem};

/// Connects with what `text` says and nothing else.
fn connect(text: &str) -> Result<Connection, Problem> {
    connect_in(text, &Environment::default())
}

fn connect_in(text: &str, environment: &Environment) -> Result<Connection, Problem> {
    let parameters = Parameters::from_url(text, environment)?;
    open(&parameters, "migrations test", |_| {})
}

/// The problem that connecting ends with; it must not show `secret`.
fn refused(text: &str) -> Problem {
    let problem = connect(text).err().unwrap();
    let shown = format!("{problem:?}");
    assert!(!shown.contains(server::PASSWORD), "{shown}");
    problem
}

/// The one text value that `query` returns.
fn value(connection: &mut Connection, query: &str) -> String {
    connection.query_one(query, &[]).unwrap().get(0)
}
