//! The superuser's connection, which runs statements of ours alone.

use postgres::SimpleQueryMessage;

use crate::connect::{self, Connection, Parameters, problem_of};
use crate::embedded::Running;
use crate::environment::Environment;
use crate::problem::{Kind, Problem};
use crate::sql::quote;

/// Where leases are held, and where databases and roles are made from.
const DATABASE: &str = "postgres";

pub(super) struct Admin {
    connection: Connection,
}

impl Admin {
    pub(super) fn open(server: &Running) -> Result<Admin, Problem> {
        let parameters = Parameters::from_url(&server.url(DATABASE), &Environment::default())?;
        let connection = connect::open(&parameters, "migrations shadow", |_| {})?;
        let mut admin = Admin { connection };
        // Making or dropping a database takes a tenth of a second; a loaded machine may take long.
        admin.run("set statement_timeout = '2min'; set lock_timeout = '1min'; set standard_conforming_strings = on")?;
        Ok(admin)
    }

    /// Runs statements.
    pub(super) fn run(&mut self, sql: &str) -> Result<(), Problem> {
        self.connection
            .batch_execute(sql)
            .map_err(|error| refused(&error))
    }

    /// The first column of the rows of `query`.
    pub(super) fn column(&mut self, query: &str) -> Result<Vec<String>, Problem> {
        let messages = self
            .connection
            .simple_query(query)
            .map_err(|error| refused(&error))?;
        let rows = messages.into_iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                Some(row.try_get(0).ok().flatten().unwrap_or_default().to_owned())
            }
            _ => None,
        });
        Ok(rows.collect())
    }

    /// Whether `condition` holds.
    pub(super) fn holds(&mut self, condition: &str) -> Result<bool, Problem> {
        let answer = self.column(&format!("select {condition}"))?;
        Ok(answer.first().is_some_and(|answer| answer == "t"))
    }

    /// Drops a database with everybody's connections to it.
    pub(super) fn drop_database(&mut self, name: &str) -> Result<(), Problem> {
        let name = quote::identifier(name);
        self.run(&format!("drop database if exists {name} with (force)"))
    }
}

fn refused(error: &postgres::Error) -> Problem {
    let error = problem_of(error);
    let kind = if error.connection_lost {
        Kind::Connect
    } else {
        Kind::Failed
    };
    error.into_problem(kind, "shadow")
}
