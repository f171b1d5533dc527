//! Workers over many targets: which comes next, who waits, and who gets another try.
//!
//! Within a server the databases take turns, and the servers take turns too. A target whose lock somebody else holds goes
//! to the end of its queue, so nobody stands still for it while there is other work; the last ones are waited for.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::pool::{Answer, DatabaseId, Lease, Pool, ServerId, room};
use crate::event::Event;
use crate::problem::Problem;
use crate::runner::{Context, Link};
use crate::target::Target;

/// What is to be done in one go, with one connection.
pub(super) struct Task<T> {
    /// Where: any target of the database.
    pub(super) target: Arc<Target>,
    /// What.
    pub(super) what: T,
}

/// What a try came to.
pub(super) enum Verdict<R> {
    /// It is done, well or not.
    Done(R),
    /// Others hold what it needs. It may be tried again, or end as it is.
    Held(R),
    /// The connection was lost, or there was none to be had. It may be tried again, or end as it is.
    Lost(R, Loss),
}

/// Why there is no connection.
pub(super) struct Loss {
    /// The words of the server, or of the way to it.
    pub(super) cause: Problem,
    /// Whether the server just has no more of them to give.
    pub(super) full: bool,
    /// Whether it broke after it was there: what runs on it may be the reason.
    pub(super) broke: bool,
}

impl Loss {
    /// The loss that `problem` tells of, unless it is one that time does not heal, such as a wrong password.
    pub(super) fn of(problem: &Problem) -> Option<Self> {
        let full = problem.code == "too-many-connections";
        let passes = matches!(
            problem.code,
            "unreachable" | "server-not-ready" | "connection-lost"
        );
        (full || passes).then(|| Loss {
            cause: problem.clone(),
            full,
            broke: problem.code == "connection-lost",
        })
    }
}

/// Whether what a task came to is its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It is.
    Last,
    /// It will be tried again, unless the run ends before that.
    Again,
}

/// Whether anything more is begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// The next one.
    Continue,
    /// Nothing more; what runs comes to its end.
    Stop,
}

/// The most threads, if nobody says how many.
const MOST_JOBS: usize = 64;

/// A task whose connection broke so often is not tried again.
const BREAKS: usize = 3;

/// How long a worker sleeps before it looks whether it was interrupted.
const TICK: Duration = Duration::from_millis(100);

/// How many workers there will be for `tasks`.
pub(super) fn jobs<T>(pool: &mut Pool, tasks: &[Task<T>], asked: Option<usize>) -> usize {
    let databases: Vec<DatabaseId> = tasks
        .iter()
        .map(|task| pool.database(&task.target))
        .collect();
    let most = pool.most(databases).min(tasks.len()).max(1);
    asked.map_or(most.min(MOST_JOBS), |asked| asked.clamp(1, most))
}

/// Works on all of `tasks`, `jobs` at a time, and calls `done` with what each try came to, one after the other.
///
/// `work` gets a connection to the task's database, and how long to wait for locks. What is left when `done` says stop, or
/// when the run is interrupted, is not begun.
pub(super) fn run<T: Send, R: Send>(
    pool: &mut Pool,
    tasks: Vec<Task<T>>,
    jobs: usize,
    context: &Context,
    work: impl Fn(&T, &mut Link, Duration) -> Verdict<R> + Sync,
    done: impl FnMut(&T, R, Ending) -> Flow + Send,
) {
    let crew = Crew {
        queues: Mutex::new(Queues::new(pool, tasks, done)),
        changed: Condvar::new(),
        context,
    };
    if jobs <= 1 {
        return crew.worker(&work);
    }
    thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| crew.worker(&work));
        }
    });
}

struct Crew<'c, T, D> {
    queues: Mutex<Queues<'c, T, D>>,
    changed: Condvar,
    context: &'c Context,
}

struct Queues<'c, T, D> {
    pool: &'c mut Pool,
    servers: Vec<(ServerId, VecDeque<Waiting<T>>)>,
    /// The server that is asked first.
    turn: usize,
    running: usize,
    stopped: bool,
    done: D,
}

/// A task in its queue.
struct Waiting<T> {
    task: Task<T>,
    database: DatabaseId,
    /// When it was tried first.
    since: Option<Instant>,
    /// How often its connection broke while it was at work.
    broke: usize,
}

/// What a worker found when it looked for work.
enum Next<T> {
    Work(Waiting<T>, Box<Lease>, Duration),
    Wait(Duration),
    Nothing,
}

impl<'c, T, D> Crew<'c, T, D> {
    fn worker<R>(&self, work: &(impl Fn(&T, &mut Link, Duration) -> Verdict<R> + Sync))
    where
        D: FnMut(&T, R, Ending) -> Flow,
    {
        while let Some((waiting, mut lease, patience)) = self.next() {
            self.open(&mut lease);
            let verdict = work(&waiting.task.what, &mut lease.link, patience);
            self.look_for_room(&mut lease);
            let lock_wait = self.context.lock_wait;
            let pausing = self.queues().take_back(waiting, *lease, verdict, lock_wait);
            self.changed.notify_all();
            if let Some(event) = pausing {
                (self.context.observer)(&event);
            }
        }
        self.changed.notify_all();
    }

    /// Connects before the work begins: what it takes long for must not keep others from what the server has left.
    fn open(&self, lease: &mut Lease) {
        if lease.link.is_open() {
            return;
        }
        match lease.link.session(self.context) {
            Ok(_) => {
                self.queues().pool.was_answered(lease.database);
                self.look_for_room(lease);
            }
            Err(problem) => lease.link.refuse(problem),
        }
    }

    fn look_for_room(&self, lease: &mut Lease) {
        let ask = lease.link.is_open() && self.queues().pool.wants_to_know(lease.database);
        if ask && let Some(more) = room(&mut lease.link, self.context) {
            self.queues().pool.has_room(lease.database, more);
            self.changed.notify_all();
        }
    }

    fn next(&self) -> Option<(Waiting<T>, Box<Lease>, Duration)> {
        let mut queues = self.queues();
        loop {
            if queues.stopped || self.context.interrupt.requested().is_some() {
                return None;
            }
            let pause = match queues.next(self.context.lock_wait) {
                Next::Work(waiting, lease, patience) => return Some((waiting, lease, patience)),
                Next::Nothing => return None,
                Next::Wait(pause) => pause.min(TICK),
            };
            let waited = self.changed.wait_timeout(queues, pause);
            queues = waited.map_or_else(|poisoned| poisoned.into_inner().0, |(queues, _)| queues);
        }
    }

    fn queues(&self) -> MutexGuard<'_, Queues<'c, T, D>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'c, T, D> Queues<'c, T, D> {
    fn new(pool: &'c mut Pool, tasks: Vec<Task<T>>, done: D) -> Self {
        // Of each server the databases' tasks, in the order in which they come.
        let mut found: BTreeMap<ServerId, BTreeMap<DatabaseId, VecDeque<Waiting<T>>>> =
            BTreeMap::new();
        for task in tasks {
            let database = pool.database(&task.target);
            let server = found.entry(pool.server_of(database)).or_default();
            server.entry(database).or_default().push_back(Waiting {
                task,
                database,
                since: None,
                broke: 0,
            });
        }
        let servers = found
            .into_iter()
            .map(|(server, databases)| (server, in_turn(databases)));
        Queues {
            servers: servers.collect(),
            pool,
            turn: 0,
            running: 0,
            stopped: false,
            done,
        }
    }

    fn next(&mut self, lock_wait: Duration) -> Next<T> {
        let (mut waiting, mut pause) = (false, TICK);
        for offset in 0..self.servers.len() {
            let index = (self.turn + offset) % self.servers.len();
            let Some((_, queue)) = self.servers.get_mut(index) else {
                continue;
            };
            let Some(first) = queue.front() else {
                continue;
            };
            waiting = true;
            if first.broke > 0 {
                self.pool.forget_idle(first.database);
            }
            match self.pool.lease(first.database, &first.task.target) {
                Answer::Full => {}
                Answer::Closed(left) => pause = pause.min(left),
                Answer::Granted(lease) => {
                    let Some(mut task) = queue.pop_front() else {
                        continue;
                    };
                    // Those that were put back stand at the end: while there are others, nobody waits.
                    let others = queue.front().is_some_and(|next| next.since.is_none());
                    let waited = task.since.get_or_insert_with(Instant::now).elapsed();
                    let patience = if others {
                        Duration::ZERO
                    } else {
                        lock_wait.saturating_sub(waited)
                    };
                    self.turn = index + 1;
                    self.running += 1;
                    return Next::Work(task, lease, patience);
                }
            }
        }
        if waiting || self.running > 0 {
            Next::Wait(pause)
        } else {
            Next::Nothing
        }
    }

    /// Ends a task, or puts it back. An event tells when its server is left alone for a while.
    fn take_back<R>(
        &mut self,
        mut waiting: Waiting<T>,
        lease: Lease,
        verdict: Verdict<R>,
        lock_wait: Duration,
    ) -> Option<Event>
    where
        D: FnMut(&T, R, Ending) -> Flow,
    {
        self.running -= 1;
        let may_wait = waiting
            .since
            .is_none_or(|since| since.elapsed() < lock_wait);
        let (result, loss) = match verdict {
            Verdict::Held(result) if may_wait => (result, None),
            Verdict::Lost(result, loss) if self.may_reconnect(&waiting, &loss, lock_wait) => {
                waiting.broke += usize::from(loss.broke);
                (result, Some(loss))
            }
            Verdict::Done(result) | Verdict::Held(result) | Verdict::Lost(result, _) => {
                self.pool.give_back(lease);
                if (self.done)(&waiting.task.what, result, Ending::Last) == Flow::Stop {
                    self.stopped = true;
                }
                return None;
            }
        };
        (self.done)(&waiting.task.what, result, Ending::Again);
        self.put_back(waiting);
        let Some(Loss { cause, full, .. }) = loss else {
            self.pool.give_back(lease);
            return None;
        };
        let (server, pause) = self.pool.give_up(&lease, full)?;
        Some(Event::Pausing {
            server,
            cause: cause.message.clone(),
            pause,
        })
    }

    /// Whether a task whose connection is gone may have another one. A server that is away too long has no more targets
    /// from then on: each would wait for it anew.
    fn may_reconnect(&mut self, waiting: &Waiting<T>, loss: &Loss, lock_wait: Duration) -> bool {
        let database = waiting.database;
        if loss.broke {
            return waiting.broke < BREAKS;
        }
        // One that never answered is not waited for: its name may be wrong.
        let answers = loss.full || self.pool.was_reached(database);
        if answers && self.pool.away(database) < lock_wait {
            return true;
        }
        self.pool.abandon(database, &loss.cause);
        false
    }

    fn put_back(&mut self, waiting: Waiting<T>) {
        let server = self.pool.server_of(waiting.database);
        let queue = self.servers.iter_mut().find(|(id, _)| *id == server);
        if let Some((_, queue)) = queue {
            queue.push_back(waiting);
        }
    }
}

/// One of each, then the next of each.
fn in_turn<T>(mut databases: BTreeMap<DatabaseId, VecDeque<Waiting<T>>>) -> VecDeque<Waiting<T>> {
    let mut queue = VecDeque::new();
    while !databases.is_empty() {
        databases.retain(|_, tasks| {
            queue.extend(tasks.pop_front());
            !tasks.is_empty()
        });
    }
    queue
}
