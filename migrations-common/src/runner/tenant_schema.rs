//! A tenant's schema that is made before its first migration: on a development server, from a list of names.

use super::Runner;
use crate::placeholder;
use crate::problem::{Kind, Problem, Source};
use crate::sql::quote;

impl Runner<'_> {
    /// Makes the target's schema and registers its tenant, both or neither.
    ///
    /// # Errors
    /// The server's, or what is wrong with `register`.
    pub fn make_schema(&mut self) -> Result<(), Problem> {
        let schema = quote::identifier(&self.target.history.schema);
        let mut sql = format!("begin;\ncreate schema {schema};\n");
        let register = self.target.series.config.register.as_ref();
        if let Some(register) = register {
            let source = Source::new(register.place.path.as_str(), register.value.as_str());
            let rendered = placeholder::render(&source, &self.target.values).map_err(|found| {
                let problem = found.into_iter().next();
                let problem = problem
                    .unwrap_or_else(|| Problem::config("placeholder", "`register` is wrong"));
                Problem::config("register", problem.message.clone()).at(register.place.clone())
            })?;
            sql.extend([&rendered.text, "\n;\n"]);
        }
        sql += "commit";
        let session = self.link.session(self.context)?;
        let Err(error) = session.ask(&sql) else {
            return Ok(());
        };
        if error.sqlstate.as_deref() == Some("42P06") {
            // Another runner was faster.
            return Ok(());
        }
        let problem = error.into_problem(Kind::Failed, "tenant-schema");
        Err(match register {
            Some(register) => problem.at(register.place.clone().labelled("run with the schema")),
            None => problem,
        }
        .note(format!("the schema {schema} was not made")))
    }
}
