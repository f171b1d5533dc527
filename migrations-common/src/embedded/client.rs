//! Questions to the server, each with a time limit.

use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use postgres::{Client, Config, NoTls};

use super::place;
use super::template::SUPERUSER;
use super::version::Version;
use crate::problem::{Kind, Problem};

/// Connects to `database` over the socket in `directory` and lets `work` use the connection.
///
/// The connection's own limits end with the handshake, so all of it runs on a thread that is left alone when `limit` has passed.
pub(super) fn ask<T: Send + 'static>(
    directory: &Path,
    database: &str,
    limit: Duration,
    work: impl FnOnce(&mut Client) -> Result<T, postgres::Error> + Send + 'static,
) -> Result<T, Problem> {
    let config = config(directory, database);
    let (sender, receiver) = channel();
    let asking = thread::Builder::new().spawn(move || {
        let _ = sender.send(connect(&config).and_then(|mut client| work(&mut client)));
    });
    asking.map_err(|error| no_answer(format!("cannot start a thread: {error}")))?;
    match receiver.recv_timeout(limit) {
        Ok(answer) => answer.map_err(|error| refused(&error)),
        Err(RecvTimeoutError::Timeout) => Err(no_answer(format!(
            "the embedded server in {} has not answered for {} s",
            directory.display(),
            limit.as_secs()
        ))),
        Err(RecvTimeoutError::Disconnected) => Err(no_answer(
            "the connection to the embedded server broke".to_owned(),
        )),
    }
}

/// The server's version; an answer means that it accepts connections.
pub(super) fn version(directory: &Path, limit: Duration) -> Result<Version, Problem> {
    let number = ask(directory, "postgres", limit, |client| {
        let row = client.query_one("select current_setting('server_version_num')::int4", &[])?;
        row.try_get::<_, i32>(0)
    })?;
    Ok(Version::from_number(
        u32::try_from(number).unwrap_or_default(),
    ))
}

fn config(directory: &Path, database: &str) -> Config {
    let mut config = Config::new();
    config
        .host_path(directory)
        .port(place::PORT)
        .user(SUPERUSER)
        .dbname(database)
        .application_name("migrations: embedded server")
        .connect_timeout(Duration::from_secs(5));
    config
}

fn connect(config: &Config) -> Result<Client, postgres::Error> {
    config.connect(NoTls)
}

fn no_answer(message: String) -> Problem {
    Problem::new(Kind::Connect, "postgres-connect", message)
}

fn refused(error: &postgres::Error) -> Problem {
    let Some(answer) = error.as_db_error() else {
        return no_answer(format!("cannot connect to the embedded server: {error}"));
    };
    let mut problem = Problem::failed(
        "postgres-refused",
        format!("the embedded server refused: {}", answer.message()),
    );
    problem.sqlstate = Some(answer.code().code().to_owned());
    problem.notes.extend(answer.detail().map(str::to_owned));
    problem.helps.extend(answer.hint().map(str::to_owned));
    problem
}
