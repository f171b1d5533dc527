//! A connection on which units run: it knows how far the server is, and can be cancelled.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use postgres::SimpleQueryMessage;
use postgres::error::DbError;

use crate::batch::Mark;
use crate::connect::{self, Connection, Parameters, ServerError, problem_of};
use crate::event::{Event, Observer};
use crate::interrupt::{Interrupt, Registration};
use crate::migration::Migration;
use crate::prepare::Prepared;
use crate::problem::{Kind, Problem};
use crate::target::Target;

/// An open connection and what runs on it.
pub struct Session {
    connection: Connection,
    progress: Arc<Progress>,
    lost: bool,
    _registration: Registration,
}

/// How far a unit came.
#[derive(Clone, Debug, Default)]
pub struct Reached {
    /// The last mark that the server sent.
    pub mark: Option<Mark>,
    /// Time that each file took that is done.
    pub elapsed: Vec<Duration>,
}

struct Progress {
    observer: Observer,
    running: Mutex<Option<Running>>,
}

struct Running {
    target: Arc<Target>,
    files: Vec<(Arc<Migration>, usize)>,
    since: Instant,
    reached: Reached,
}

impl Session {
    /// Connects.
    ///
    /// # Errors
    /// As [`connect::open`].
    pub fn open(
        parameters: &Parameters,
        app: &str,
        observer: &Observer,
        interrupt: &Interrupt,
    ) -> Result<Self, Problem> {
        let progress = Arc::new(Progress {
            observer: Arc::clone(observer),
            running: Mutex::new(None),
        });
        let on_notice = Arc::clone(&progress);
        let connection = connect::open(parameters, &format!("migrations {app}"), move |notice| {
            on_notice.notice(&notice);
        })?;
        let registration = interrupt.register(connection.canceller());
        let mut session = Session {
            connection,
            progress,
            lost: false,
            _registration: registration,
        };
        session
            .begin()
            .map_err(|error| error.into_problem(Kind::Connect, "connection-lost"))?;
        Ok(session)
    }

    /// Forgets all that was set, prepared, locked or made for the session alone.
    ///
    /// # Errors
    /// The server's error: the session must not be used by others.
    pub fn discard(&mut self) -> Result<(), ServerError> {
        self.ask("discard all")?;
        self.begin()
    }

    fn begin(&mut self) -> Result<(), ServerError> {
        // A database or a role may have it off; files were split as it is on.
        self.ask("set standard_conforming_strings = on").map(drop)
    }

    /// Whether nothing more can be sent. The driver learns it a little after the server's last words.
    pub fn is_lost(&self) -> bool {
        self.lost || self.connection.is_closed()
    }

    /// The client, for reading.
    pub fn client(&mut self) -> &mut postgres::Client {
        &mut self.connection
    }

    /// Runs the text of a unit that holds `files`; tells of each file as it begins.
    ///
    /// # Errors
    /// The server's error, and how far it came. What was begun is rolled back.
    pub fn run(
        &mut self,
        target: &Arc<Target>,
        files: &[&Prepared],
        sql: &str,
    ) -> Result<Reached, (ServerError, Reached)> {
        self.progress.begin(target, files);
        // What a file selects is nobody's; it may be a whole table.
        let result = self.connection.batch_execute(sql);
        let reached = self.progress.end();
        match result {
            Ok(()) => Ok(reached),
            Err(error) => {
                let error = problem_of(&error);
                self.roll_back(&error);
                Err((error, reached))
            }
        }
    }

    /// Runs statements of ours, and returns the first column of the last row.
    ///
    /// # Errors
    /// The server's error. What was begun is rolled back.
    pub fn ask(&mut self, sql: &str) -> Result<Option<String>, ServerError> {
        let messages = self.connection.simple_query(sql).map_err(|error| {
            let error = problem_of(&error);
            self.roll_back(&error);
            error
        })?;
        let row = messages.iter().rev().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        Ok(row.and_then(|row| row.get(0)).map(str::to_owned))
    }

    /// The same for a question with a yes or no.
    ///
    /// # Errors
    /// As [`Session::ask`].
    pub fn holds(&mut self, condition: &str) -> Result<bool, ServerError> {
        Ok(self.ask(&format!("select {condition}"))?.as_deref() == Some("t"))
    }

    fn roll_back(&mut self, error: &ServerError) {
        self.lost |= error.connection_lost;
        if !error.connection_lost {
            // Outside a transaction this is a warning; a connection that is lost has nothing open. A rollback keeps what
            // the file prepared, and the next try would find it there.
            let _ = self.connection.simple_query("rollback; deallocate all");
        }
    }
}

impl Progress {
    fn begin(&self, target: &Arc<Target>, files: &[&Prepared]) {
        let files: Vec<_> = files
            .iter()
            .map(|file| (Arc::clone(&file.migration), file.statements.len()))
            .collect();
        if let Some((first, _)) = files.first() {
            self.emit(&Event::Started {
                target: Arc::clone(target),
                migration: Arc::clone(first),
            });
        }
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(Running {
            target: Arc::clone(target),
            files,
            since: Instant::now(),
            reached: Reached::default(),
        });
    }

    fn end(&self) -> Reached {
        let running = self
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        running.map(|running| running.reached).unwrap_or_default()
    }

    fn notice(&self, notice: &DbError) {
        let event = {
            let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            running.as_mut().and_then(|running| running.event(notice))
        };
        if let Some(event) = event {
            self.emit(&event);
        }
    }

    fn emit(&self, event: &Event) {
        (self.observer)(event);
    }
}

impl Running {
    fn event(&mut self, notice: &DbError) -> Option<Event> {
        let target = Arc::clone(&self.target);
        let Some(mark) = Mark::of(notice) else {
            return Some(Event::Notice {
                target,
                severity: notice.severity().to_owned(),
                message: notice.message().to_owned(),
            });
        };
        self.reached.mark = Some(mark);
        if let Some(done) = mark.statements {
            let (migration, of) = self.files.get(mark.file)?;
            return Some(Event::Statement {
                target,
                migration: Arc::clone(migration),
                done,
                of: *of,
            });
        }
        self.reached.elapsed.push(self.since.elapsed());
        self.since = Instant::now();
        let (migration, _) = self.files.get(mark.file + 1)?;
        Some(Event::Started {
            target,
            migration: Arc::clone(migration),
        })
    }
}
