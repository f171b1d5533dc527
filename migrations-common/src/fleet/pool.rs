//! Connections, counted per server: no more than the config allows, and no more than the server has left.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::connect::{self, Parameters};
use crate::problem::Problem;
use crate::runner::{Context, Link};
use crate::target::Target;
use crate::wait::Backoff;

/// A backend keeps in memory what it has seen of every schema: after so many targets it is replaced.
const TARGETS_A_CONNECTION: usize = 300;

/// How long an answer of a server that has nothing left is taken for true.
const STALE: Duration = Duration::from_secs(2);

/// How long one try to connect to a server that was away is waited for before there is another one.
const PROBE: Duration = Duration::from_secs(1);

/// Of several days: how long each pause is matters here, not when they end.
const LONG: Duration = Duration::from_hours(100);

/// The servers that a run has to do with, and what is connected to each.
#[derive(Default)]
pub(super) struct Pool {
    servers: Vec<Server>,
    /// The server of each database.
    databases: Vec<ServerId>,
    /// Found by the address of what they are connected with; that is kept, so that no other gets its address.
    by_parameters: HashMap<usize, (DatabaseId, Arc<Parameters>)>,
    by_name: BTreeMap<String, DatabaseId>,
}

/// A database as one role sees it: its targets share connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct DatabaseId(usize);

/// A server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ServerId(usize);

struct Server {
    name: String,
    key: connect::Server,
    /// What the config allows.
    limit: usize,
    /// What the server gives, as far as is known.
    allowed: usize,
    asked: Option<Instant>,
    leased: usize,
    idle: Vec<Lease>,
    /// Whether any connection succeeded.
    reached: bool,
    closed: Option<Closed>,
    /// Why it has no more targets: it was away for too long.
    abandoned: Option<Problem>,
}

/// A server that is let be for a while.
struct Closed {
    /// Since nobody could connect.
    since: Instant,
    until: Instant,
    backoff: Backoff,
}

/// A connection in use, or the permission to open it.
pub(super) struct Lease {
    pub(super) database: DatabaseId,
    pub(super) link: Link,
    uses: usize,
}

/// What a server has to say to whoever wants a connection.
pub(super) enum Answer {
    Granted(Box<Lease>),
    /// All are in use.
    Full,
    /// It was away a moment ago.
    Closed(Duration),
}

impl Pool {
    /// The database of `target`, known from now on.
    pub(super) fn database(&mut self, target: &Target) -> DatabaseId {
        let address = Arc::as_ptr(&target.parameters).addr();
        let id = match self.by_parameters.get(&address) {
            Some((id, _)) => *id,
            None => {
                let name = target.parameters.display();
                let id = match self.by_name.get(&name) {
                    Some(id) => *id,
                    None => self.add(target, name),
                };
                let kept = (id, Arc::clone(&target.parameters));
                self.by_parameters.insert(address, kept);
                id
            }
        };
        let server = self.server_of(id);
        if let Some(server) = self.servers.get_mut(server.0) {
            server.limit = server.limit.min(target.max_connections);
            server.allowed = server.allowed.min(server.limit);
        }
        id
    }

    pub(super) fn server_of(&self, database: DatabaseId) -> ServerId {
        self.databases
            .get(database.0)
            .copied()
            .unwrap_or(ServerId(0))
    }

    /// How many connections all servers of `databases` may have together.
    pub(super) fn most(&self, databases: impl IntoIterator<Item = DatabaseId>) -> usize {
        let mut servers: Vec<ServerId> = databases.into_iter().map(|d| self.server_of(d)).collect();
        servers.sort_unstable();
        servers.dedup();
        let limits = servers.iter().filter_map(|id| self.servers.get(id.0));
        limits.map(|server| server.limit).sum()
    }

    /// A connection to `database`, if its server has one to give.
    pub(super) fn lease(&mut self, database: DatabaseId, target: &Arc<Target>) -> Answer {
        let id = self.server_of(database);
        let Some(server) = self.servers.get_mut(id.0) else {
            return Answer::Full;
        };
        let mut lease = Lease {
            database,
            link: Link::to(target),
            uses: 0,
        };
        if let Some(cause) = &server.abandoned {
            lease.link.refuse(cause.clone());
            server.leased += 1;
            return Answer::Granted(Box::new(lease));
        }
        if let Some(closed) = &server.closed {
            let left = closed.until.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                return Answer::Closed(left);
            }
        }
        let same = server
            .idle
            .iter()
            .position(|lease| lease.database == database);
        if let Some(index) = same {
            server.leased += 1;
            return Answer::Granted(Box::new(server.idle.swap_remove(index)));
        }
        // One that waits for another database gives way.
        if server.open() >= server.allowed && server.idle.pop().is_none() {
            return Answer::Full;
        }
        if let Some(closed) = &mut server.closed {
            closed.until = Instant::now() + PROBE;
        }
        server.leased += 1;
        Answer::Granted(Box::new(lease))
    }

    /// The server of `database` accepted a connection.
    pub(super) fn was_answered(&mut self, database: DatabaseId) {
        let id = self.server_of(database);
        if let Some(server) = self.servers.get_mut(id.0) {
            server.answered();
        }
    }

    /// Takes back a connection that served one more target.
    pub(super) fn give_back(&mut self, mut lease: Lease) {
        let id = self.server_of(lease.database);
        let Some(server) = self.servers.get_mut(id.0) else {
            return;
        };
        lease.uses += 1;
        server.leased = server.leased.saturating_sub(1);
        if !lease.link.is_open() {
            return;
        }
        server.answered();
        if lease.uses < TARGETS_A_CONNECTION && server.open() < server.allowed {
            server.idle.push(lease);
        }
    }

    /// Takes back a connection that broke, or that was never had, and lets the server be for a while. One that is `full`
    /// is asked for no more before it says that it has room.
    ///
    /// Returns the server's name and the pause.
    pub(super) fn give_up(&mut self, lease: &Lease, full: bool) -> Option<(String, Duration)> {
        let id = self.server_of(lease.database);
        let server = self.servers.get_mut(id.0)?;
        server.leased = server.leased.saturating_sub(1);
        server.idle.retain(|lease| lease.link.is_open());
        if full {
            server.allowed = server.open().max(1);
            server.asked = None;
        }
        let now = Instant::now();
        let closed = server.closed.get_or_insert_with(|| Closed {
            since: now,
            until: now,
            backoff: Backoff::new(LONG),
        });
        let pause = closed.backoff.pause()?;
        closed.until = now + pause;
        Some((server.name.clone(), pause))
    }

    /// How long nobody could connect to the server of `database`.
    pub(super) fn away(&self, database: DatabaseId) -> Duration {
        let server = self.servers.get(self.server_of(database).0);
        let closed = server.and_then(|server| server.closed.as_ref());
        closed.map_or(Duration::ZERO, |closed| closed.since.elapsed())
    }

    /// Tries to connect to the server of `database` no more: whoever wants to has `cause` for an answer.
    pub(super) fn abandon(&mut self, database: DatabaseId, cause: &Problem) {
        let id = self.server_of(database);
        if let Some(server) = self.servers.get_mut(id.0) {
            server.abandoned = Some(cause.clone());
        }
    }

    /// Closes the connections to `database` that wait for work: where one broke, they may be as dead as it is, and nobody
    /// knows before something is sent.
    pub(super) fn forget_idle(&mut self, database: DatabaseId) {
        let id = self.server_of(database);
        if let Some(server) = self.servers.get_mut(id.0) {
            server.idle.retain(|lease| lease.database != database);
        }
    }

    /// Whether a connection to the server of `database` ever succeeded: then a refusal may pass.
    pub(super) fn was_reached(&self, database: DatabaseId) -> bool {
        let server = self.servers.get(self.server_of(database).0);
        server.is_some_and(|server| server.reached)
    }

    /// Whether the server should be asked what it has left, as more connections would be of use.
    pub(super) fn wants_to_know(&mut self, database: DatabaseId) -> bool {
        let id = self.server_of(database);
        let Some(server) = self.servers.get_mut(id.0) else {
            return false;
        };
        let is_due = server.asked.is_none_or(|asked| asked.elapsed() >= STALE);
        let due = server.allowed < server.limit && is_due;
        if due {
            server.asked = Some(Instant::now());
        }
        due
    }

    /// The server says that it has room for `more` connections.
    pub(super) fn has_room(&mut self, database: DatabaseId, more: usize) {
        let id = self.server_of(database);
        if let Some(server) = self.servers.get_mut(id.0) {
            server.allowed = (server.open() + more).clamp(1, server.limit);
        }
    }

    fn add(&mut self, target: &Target, name: String) -> DatabaseId {
        let key = target.parameters.server();
        let server = match self.servers.iter().position(|server| server.key == key) {
            Some(index) => ServerId(index),
            None => {
                self.servers.push(Server {
                    name: key.to_string(),
                    key,
                    limit: target.max_connections,
                    // One is enough to ask for more.
                    allowed: 1,
                    asked: None,
                    leased: 0,
                    idle: Vec::new(),
                    reached: false,
                    closed: None,
                    abandoned: None,
                });
                ServerId(self.servers.len() - 1)
            }
        };
        self.databases.push(server);
        let id = DatabaseId(self.databases.len() - 1);
        self.by_name.insert(name, id);
        id
    }
}

impl Server {
    fn open(&self) -> usize {
        self.leased + self.idle.len()
    }

    fn answered(&mut self) {
        self.reached = true;
        self.closed = None;
        self.abandoned = None;
    }
}

/// How many more connections the server would take from this role, to this database.
///
/// What is reserved for superusers and `pg_use_reserved_connections` is left to them (manual, 20.3.1).
pub(super) fn room(link: &mut Link, context: &Context) -> Option<usize> {
    let session = link.session(context).ok()?;
    session
        .ask(ROOM)
        .ok()
        .flatten()?
        .parse::<i64>()
        .ok()
        .map(|room| usize::try_from(room).unwrap_or(0))
}

const ROOM: &str = "select least(\
    current_setting('max_connections')::int8 - current_setting('superuser_reserved_connections')::int8 \
      - coalesce(current_setting('reserved_connections', true), '0')::int8 \
      - (select count(*) from pg_stat_activity where backend_type = 'client backend'), \
    (select case when datconnlimit < 0 then 1000000 else datconnlimit - \
       (select count(*) from pg_stat_activity where datname = current_database()) end \
       from pg_database where datname = current_database()), \
    (select case when rolconnlimit < 0 then 1000000 else rolconnlimit - \
       (select count(*) from pg_stat_activity where usename = current_user) end \
       from pg_roles where rolname = current_user))";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;
    use crate::interrupt::Interrupt;
    use crate::target;

    fn at(url: &str, max_connections: usize) -> Arc<Target> {
        let parameters = Parameters::from_url(url, &Environment::default()).expect("valid");
        Arc::new(Target {
            parameters: Arc::new(parameters),
            max_connections,
            ..target::tests::target()
        })
    }

    /// Leases granted, until the server is full.
    fn leases(pool: &mut Pool, target: &Arc<Target>) -> Vec<Lease> {
        let database = pool.database(target);
        let mut leases = Vec::new();
        while let Answer::Granted(lease) = pool.lease(database, target) {
            leases.push(*lease);
        }
        leases
    }

    #[test]
    fn a_server_is_asked_before_it_gives_a_second_connection() {
        let mut pool = Pool::default();
        let target = at("postgres://app@one/core", 8);
        let database = pool.database(&target);
        let first = leases(&mut pool, &target);
        assert_eq!(first.len(), 1);
        assert!(pool.wants_to_know(database));
        assert!(!pool.wants_to_know(database), "the answer is still fresh");
        pool.has_room(database, 3);
        assert_eq!(leases(&mut pool, &target).len(), 3);
        pool.has_room(database, 100);
        assert_eq!(leases(&mut pool, &target).len(), 4, "the config allows 8");
    }

    #[test]
    fn databases_of_one_server_share_its_connections_and_the_lowest_limit() {
        let mut pool = Pool::default();
        let (one, two) = (at("postgres://app@one/a", 8), at("postgres://app@ONE/b", 2));
        let other = at("postgres://app@two/a", 5);
        let [a, b, c] = [&one, &two, &other].map(|target| pool.database(target));
        assert!(a != b && pool.server_of(a) == pool.server_of(b));
        assert_ne!(pool.server_of(a), pool.server_of(c));
        assert_eq!(pool.most([a, b, c, a]), 7);
        pool.has_room(a, 100);
        assert_eq!(leases(&mut pool, &one).len(), 2);
        assert!(leases(&mut pool, &two).is_empty());
        assert_eq!(leases(&mut pool, &other).len(), 1);
    }

    #[test]
    fn a_refusal_lowers_what_is_allowed_and_closes_the_server_for_a_while() {
        let mut pool = Pool::default();
        let target = at("postgres://app@one/core", 8);
        let database = pool.database(&target);
        pool.has_room(database, 4);
        let mut taken = leases(&mut pool, &target);
        assert_eq!(taken.len(), 4);
        let refused = taken.pop().expect("four");
        let (server, first) = pool.give_up(&refused, true).expect("a pause");
        assert_eq!(server, "one:5432");
        assert!(matches!(pool.lease(database, &target), Answer::Closed(left) if left <= first));
        assert!(!pool.was_reached(database));
        assert!(
            pool.wants_to_know(database),
            "asked anew once somebody is connected"
        );
        // Three are open yet; no fourth is tried before the server says that it has room.
        std::thread::sleep(first);
        assert!(matches!(pool.lease(database, &target), Answer::Full));
    }

    #[test]
    fn a_server_that_was_away_is_tried_once_and_then_gives_what_it_gave() {
        let mut pool = Pool::default();
        let target = at("postgres://app@one/core", 8);
        let database = pool.database(&target);
        pool.has_room(database, 4);
        let broken = leases(&mut pool, &target);
        let pauses = broken.iter().map(|lease| pool.give_up(lease, false));
        let longest = pauses.flatten().map(|(_, pause)| pause).max();
        std::thread::sleep(longest.expect("a pause"));
        assert_eq!(leases(&mut pool, &target).len(), 1);
        pool.was_answered(database);
        assert_eq!(leases(&mut pool, &target).len(), 3);
    }

    #[test]
    fn a_server_that_is_abandoned_refuses_at_once_until_it_answers() {
        let mut pool = Pool::default();
        let target = at("postgres://app@one/core", 1);
        let database = pool.database(&target);
        let cause = Problem::failed("unreachable", "nobody there");
        pool.abandon(database, &cause);
        let Answer::Granted(mut lease) = pool.lease(database, &target) else {
            panic!("refused by the lease, not by the pool");
        };
        let context = Context {
            observer: Arc::new(|_| {}),
            interrupt: Interrupt::default(),
            lock_wait: Duration::ZERO,
            patience: None,
            program: crate::program::Program::default(),
            known: Arc::default(),
        };
        let refused = lease.link.session(&context);
        assert_eq!(
            refused.err().map(|problem| problem.code),
            Some("unreachable")
        );
    }

    #[test]
    fn what_never_opened_is_not_kept() {
        let mut pool = Pool::default();
        let target = at("postgres://app@one/core", 1);
        let database = pool.database(&target);
        for _ in 0..3 {
            match pool.lease(database, &target) {
                Answer::Granted(lease) => pool.give_back(*lease),
                Answer::Full | Answer::Closed(_) => panic!("one is free"),
            }
        }
        assert!(!pool.was_reached(database));
    }
}
