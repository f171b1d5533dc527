//! A database to try statements on, all in transactions that are rolled back.

use migrations_common::testing::TestDatabase;
use postgres::{Client, Error, NoTls};

use super::pair::Pair;

/// A database with the base of the random pairs.
pub(super) struct Trial {
    client: Client,
    _database: TestDatabase,
}

impl Trial {
    pub(super) fn on(base: &str) -> Trial {
        let database = TestDatabase::create().expect("a server");
        let mut client = Client::connect(&database.url(), NoTls).expect("connected");
        client.batch_execute(base).expect("the base runs");
        Trial {
            client,
            _database: database,
        }
    }

    /// Opens a transaction; [`Trial::forget`] ends it.
    pub(super) fn begin(&mut self) {
        self.send("begin").expect("begun");
    }

    pub(super) fn forget(&mut self) {
        self.send("rollback").expect("rolled back");
        self.send("discard all").expect("reset");
    }

    /// Runs `statements`, and leaves what they did if none is refused.
    pub(super) fn accepts(&mut self, statements: &[String]) -> bool {
        self.send("savepoint before").expect("saved");
        let ran = self.run(statements);
        if ran.is_err() {
            self.send("rollback to savepoint before")
                .expect("rolled back");
        }
        ran.is_ok()
    }

    /// Whether A then B, and B then A, run.
    pub(super) fn orders(&mut self, pair: &Pair) -> (Result<(), Error>, Result<(), Error>) {
        let mut one = |first: &[String], second: &[String]| {
            self.begin();
            let ran = self.run(first).and_then(|()| self.run(second));
            self.forget();
            ran
        };
        (one(&pair.a, &pair.b), one(&pair.b, &pair.a))
    }

    fn run(&mut self, statements: &[String]) -> Result<(), Error> {
        for statement in statements {
            self.send(statement)?;
        }
        self.send("set constraints all immediate; reset search_path")
    }

    fn send(&mut self, statement: &str) -> Result<(), Error> {
        self.client.batch_execute(statement)
    }
}
