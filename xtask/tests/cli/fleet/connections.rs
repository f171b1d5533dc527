//! Servers with few connections to give: the run takes what it may, and nobody fails for it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use postgres::{Client, NoTls};

use super::server::OwnServer;
use super::{Fleet, document, named, tenants};
use crate::support::{Run, Workspace};

const TENANTS: usize = 40;

/// Counts sessions again and again, until it is asked for the highest number.
struct Sampler {
    stop: Arc<AtomicBool>,
    highest: JoinHandle<i64>,
}

impl Sampler {
    /// Counts the sessions where `condition` holds of `pg_stat_activity`.
    fn new(mut client: Client, condition: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let query = format!("select count(*) from pg_stat_activity where {condition}");
        let asked = Arc::clone(&stop);
        let highest = std::thread::spawn(move || {
            let mut highest = 0;
            while !asked.load(Ordering::Relaxed) {
                let row = client.query_one(&query, &[]).expect("answers");
                highest = highest.max(row.get(0));
            }
            highest
        });
        Sampler { stop, highest }
    }

    fn highest(self) -> i64 {
        self.stop.store(true, Ordering::Relaxed);
        self.highest.join().expect("counts")
    }
}

/// Lets the run of `fleet` connect as a role with `limit` connections, which owns the tenants' schemas.
fn as_role(fleet: &mut Fleet, limit: usize) -> String {
    let role = format!(
        "{}_role",
        fleet.workspace.value("select current_database()")
    );
    fleet.run(&format!(
        "create role {role} login connection limit {limit}; grant select on tenants to {role}; \
         do $$ declare one text; begin for one in select name from tenants loop \
         execute format('alter schema %I owner to {role}', one); end loop; end $$"
    ));
    let (_, rest) = fleet.workspace.url.split_once('@').expect("a user");
    let url = format!("postgres://{role}@{rest}");
    fleet.workspace.set("CORE_URL", &url);
    role
}

#[test]
fn a_role_with_few_connections_migrates_all_with_them() {
    let mut fleet = Fleet::of(TENANTS, "");
    let role = as_role(&mut fleet, 3);
    fleet.steps(2);
    // Outside of a transaction, and so on a session of its own.
    fleet.migration(
        "tenant/V3__index.sql",
        "-- migration: no-transaction\ncreate index concurrently log_version on log (version);",
    );
    fleet.step(4, "");
    let run = fleet.migrate(&["--jobs", "16"]).expect(0);
    assert_eq!(named(&run.json(), "applied").len(), TENANTS, "as {role}");
    let recorded = "select count(*) from pg_class where relname = 'log_version'";
    assert_eq!(fleet.workspace.value(recorded), TENANTS.to_string());
}

#[test]
fn one_connection_is_enough() {
    let mut fleet = Fleet::of(5, "");
    as_role(&mut fleet, 1);
    fleet.steps(1);
    fleet.migration(
        "tenant/V2__index.sql",
        "-- migration: no-transaction\ncreate index concurrently log_version on log (version);",
    );
    let report = fleet.migrate(&["--jobs", "4"]).expect(0).json();
    assert_eq!(named(&report, "applied").len(), 5);
}

#[test]
fn connections_that_others_take_are_waited_for() {
    let mut fleet = Fleet::of(TENANTS, "lock_timeout = \"5min\"\n");
    let role = as_role(&mut fleet, 3);
    fleet.steps(1);
    fleet.migrate(&[]).expect(0);
    fleet.step(2, "");
    let held = fleet.hold(&["t005", "t015", "t025"]);
    let mut runner = fleet.start(&["--jobs", "8"]);
    fleet.wait_for_waiting(3);
    // All three are ended, and others take their places before the run can open them anew.
    let url =
        fleet
            .workspace
            .url
            .replacen("postgres://postgres@", &format!("postgres://{role}@"), 1);
    let mut others = Vec::new();
    while others.len() < 3 {
        fleet.run(&format!("select pg_terminate_backend(pid) from pg_stat_activity where usename = '{role}' and application_name <> ''"));
        others.extend(Client::connect(&url, NoTls));
    }
    assert!(super::follow(&mut runner, |event| {
        let cause = event["cause"].as_str().unwrap_or_default();
        event["event"] == "pausing" && cause.contains("too many connections")
    }));
    drop((others, held));
    let report = document(&Run::end(runner).expect(0));
    assert_eq!(tenants(&report).len(), TENANTS);
    fleet.expect_all_at(TENANTS, 2);
}

#[test]
fn no_more_connections_are_opened_than_the_config_allows() {
    let fleet = Fleet::of(TENANTS, "max_connections = 4\nlock_timeout = \"5min\"\n");
    fleet.steps(1);
    fleet.migrate(&[]).expect(0);
    fleet.step(2, "");
    fleet.migration(
        "tenant/V3__index.sql",
        "-- migration: no-transaction\ncreate index concurrently log_version on log (version);",
    );
    let ours = "datname = current_database() and application_name like 'migrations %'";
    let sampler = Sampler::new(fleet.workspace.client(), ours);
    let held = fleet.hold(&["t005", "t006", "t007", "t008", "t009"]);
    let runner = fleet.start(&["--jobs", "16"]);
    fleet.wait_for_waiting(4);
    drop(held);
    Run::end(runner).expect(0);
    assert_eq!(sampler.highest(), 4);
}

/// An app with a database for each tenant, all of them on the test server.
fn databases(tenants: usize) -> (Workspace, Vec<String>) {
    let workspace = Workspace::new().app(
        "ledger",
        "",
        &[("V1__log.sql", "create table log (version int);")],
    );
    let mut client = workspace.client();
    let prefix = workspace.value("select current_database()");
    let names: Vec<String> = (0..tenants)
        .map(|number| format!("{prefix}_{number}"))
        .collect();
    for name in &names {
        client
            .batch_execute(&format!("create database {name} template template0"))
            .expect("made");
    }
    let list: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    workspace.write(
        "services/ledger/migrations.toml",
        format!(
            "[databases.core]\nlayout = \"database-per-tenant\"\nmax_connections = 3\ntenants = {{ list = [{}] }}\n\
             [environments.test]\ncore = {{ url = \"${{CORE_URL}}\" }}\n",
            list.join(", ")
        ),
    );
    (workspace, names)
}

#[test]
fn databases_of_one_server_share_what_the_config_allows() {
    let (workspace, names) = databases(12);
    let migrate = || workspace.start(&["migrate", "ledger", "--jobs", "16", "--format", "json"]);
    Run::end(migrate()).expect(0);
    workspace.migration("ledger", "V2__row.sql", "insert into log values (2);");
    let ours =
        format!("datname = any(array{names:?}::name[]) and application_name like 'migrations %'")
            .replace('"', "'");
    // A session that was closed may be seen a moment longer; one that works is open.
    let sampler = Sampler::new(workspace.client(), &format!("{ours} and state = 'active'"));
    let lock_log = |name: &String| {
        let url = workspace.url.replace(&workspace.database.name, name);
        let mut client = Client::connect(&url, NoTls).expect("connects");
        let lock = "begin; lock table log in access exclusive mode";
        client.batch_execute(lock).expect("locked");
        client
    };
    let held: Vec<Client> = names.iter().map(lock_log).collect();
    let runner = migrate();
    let waiting = format!(
        "(select count(*) from pg_stat_activity where {ours} and wait_event_type = 'Lock')"
    );
    workspace.wait_until(&format!("{waiting} = 3"));
    drop(held);
    let report = Run::end(runner).expect(0).json();
    assert_eq!(named(&report, "applied").len(), 12);
    assert_eq!(sampler.highest(), 3);
}

#[test]
fn a_role_with_few_connections_migrates_many_databases_with_them() {
    let (mut workspace, names) = databases(12);
    let role = format!("{}_role", workspace.database.name);
    let mut client = workspace.client();
    let create = format!("create role {role} login connection limit 2");
    client.batch_execute(&create).expect("made");
    for name in &names {
        let give = format!("alter database {name} owner to {role}");
        client.batch_execute(&give).expect("given");
        let url = workspace.url.replace(&workspace.database.name, name);
        let mut client = Client::connect(&url, NoTls).expect("connects");
        let give = format!("alter schema public owner to {role}");
        client.batch_execute(&give).expect("given");
    }
    let (_, rest) = workspace.url.split_once('@').expect("a user");
    let url = format!("postgres://{role}@{rest}");
    workspace.set("CORE_URL", &url);
    let report = workspace
        .run(&["migrate", "ledger", "--jobs", "16", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(named(&report, "applied").len(), 12);
}

#[test]
fn a_server_that_others_have_nearly_filled_gives_the_rest() {
    let server = OwnServer::start();
    let url = server.database("fleet");
    server.stop();
    // Three of them are kept for superusers.
    server.start_with("max_connections=12");
    let mut fleet = Fleet::at(&url, "");
    fleet.tenants(TENANTS);
    let role = as_role(&mut fleet, 100);
    let others = url.replacen("postgres://postgres@", &format!("postgres://{role}@"), 1);
    let connect = || Client::connect(&others, NoTls).expect("connects");
    let taken: Vec<Client> = std::iter::repeat_with(connect).take(7).collect();
    fleet.steps(1);
    let ours = "datname = current_database() and application_name like 'migrations %'";
    let sampler = Sampler::new(fleet.workspace.client(), ours);
    let report = fleet.migrate(&["--jobs", "16"]).expect(0).json();
    assert_eq!(named(&report, "applied").len(), TENANTS);
    assert!(sampler.highest() <= 2);
    drop(taken);
    fleet.expect_all_at(TENANTS, 1);
}

#[test]
fn a_server_that_others_have_filled_is_waited_for() {
    let server = OwnServer::start();
    let url = server.database("fleet");
    server.stop();
    server.start_with("max_connections=12");
    let mut fleet = Fleet::at(&url, "");
    fleet.tenants(TENANTS);
    let role = as_role(&mut fleet, 100);
    fleet.steps(1);
    let others = url.replacen("postgres://postgres@", &format!("postgres://{role}@"), 1);
    let taken = Arc::new(Mutex::new(Vec::new()));
    while let Ok(client) = Client::connect(&others, NoTls) {
        taken.lock().expect("whole").push(client);
    }
    // The source of tenants asks nobody here: the first to connect is the look at the histories.
    let names: Vec<String> = (0..TENANTS)
        .map(|number| format!("\"t{number:03}\""))
        .collect();
    let config = fleet.workspace.path("services/fleet/migrations.toml");
    let text = std::fs::read_to_string(&config).expect("read");
    let query = text
        .lines()
        .find(|line| line.starts_with("tenants = "))
        .expect("there");
    let list = format!("tenants = {{ list = [{}] }}", names.join(", "));
    std::fs::write(&config, text.replace(query, &list)).expect("written");
    let mut runner = fleet.start(&[]);
    assert!(super::follow(&mut runner, |event| event["event"] == "pausing"));
    taken.lock().expect("whole").clear();
    let report = document(&Run::end(runner).expect(0));
    assert_eq!(named(&report, "applied").len(), TENANTS);
    fleet.expect_all_at(TENANTS, 1);
}
