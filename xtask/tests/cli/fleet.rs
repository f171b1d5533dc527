//! Many tenants, and what can go wrong with some of them: a schema each in one database, a database each, or shards.

mod connections;
mod crash;
mod disk;
mod global;
mod interrupt;
mod locks;
mod policy;
mod rerun;
mod restart;
mod server;
mod shards;
mod together;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::Child;

use postgres::Client;
use serde_json::Value;

use crate::support::{Run, Workspace};

/// Made once for each tenant; each migration leaves a row, so one that ran twice leaves two.
const LOG: (&str, &str) = (
    "tenant/V1__log.sql",
    "create table log (version int);\ninsert into log values (1);",
);

/// The app `fleet`, and in the workspace's database a schema for each of its tenants.
pub(crate) struct Fleet {
    pub(crate) workspace: Workspace,
}

/// What the tenants hold: the versions that ran, each as often as it ran, and the same of those that are recorded.
type Standings = BTreeMap<String, (String, String)>;

impl Fleet {
    /// A fleet with `tenants` (`t000`, `t001` and so on), each with a schema, and no migrations yet.
    pub(crate) fn of(tenants: usize, config: &str) -> Self {
        let fleet = Fleet::without_registry(config);
        fleet.tenants(tenants);
        fleet
    }

    /// A fleet in the database at `url`, without tenants.
    pub(crate) fn at(url: &str, config: &str) -> Self {
        let mut fleet = Fleet::without_registry(config);
        url.clone_into(&mut fleet.workspace.url);
        fleet.workspace.set("CORE_URL", url);
        fleet
    }

    /// Makes the table of tenants, with `tenants` in it, and a schema for each.
    pub(crate) fn tenants(&self, tenants: usize) {
        self.run(&format!(
            "create table tenants (name text primary key); \
             insert into tenants select 't' || to_char(n, 'FM000') from generate_series(0, {tenants} - 1) n; \
             {SCHEMAS}"
        ));
    }

    /// Holds the log of each of `tenants` for as long as the session lives.
    pub(crate) fn hold(&self, tenants: &[&str]) -> Client {
        let mut client = self.workspace.client();
        client.batch_execute("begin").expect("begun");
        for tenant in tenants {
            let lock = format!("lock table {tenant}.log in access exclusive mode");
            client.batch_execute(&lock).expect("locked");
        }
        client
    }

    /// Waits until `sessions` of runners wait for tables that others hold.
    #[track_caller]
    pub(crate) fn wait_for_waiting(&self, sessions: usize) {
        self.workspace.wait_until(&format!(
            "(select count(*) from pg_stat_activity where datname = current_database() \
               and application_name like 'migrations %' and wait_event_type = 'Lock') = {sessions}"
        ));
    }

    /// A fleet whose tenants stand in a table `tenants` that nobody has made yet.
    pub(crate) fn without_registry(config: &str) -> Self {
        let config = format!(
            "layout = \"schema-per-tenant\"\ntenants = {{ query = \"select name from public.tenants order by 1\" }}\n{config}"
        );
        let workspace = Workspace::new().app("fleet", &config, &[]);
        for track in ["global", "tenant"] {
            let directory = format!("services/fleet/migrations/core/{track}");
            std::fs::create_dir_all(workspace.path(&directory)).expect("made");
        }
        Fleet { workspace }
    }

    /// Writes migrations of the tenants: [`LOG`], and up to `version` one more row each.
    pub(crate) fn steps(&self, version: usize) {
        self.migration(LOG.0, LOG.1);
        for version in 2..=version {
            self.step(version, "");
        }
    }

    /// Writes the migration `version` of the tenants: a row, and before it `more`.
    pub(crate) fn step(&self, version: usize, more: &str) {
        let text = format!("{more}\ninsert into log values ({version});");
        self.migration(&format!("tenant/V{version}__step.sql"), &text);
    }

    pub(crate) fn migration(&self, file: &str, text: &str) {
        self.workspace.migration("fleet", file, text);
    }

    pub(crate) fn run(&self, sql: &str) {
        let mut client = self.workspace.client();
        client.batch_execute(sql).expect("runs");
    }

    /// Migrates, with JSON as the answer.
    pub(crate) fn migrate(&self, arguments: &[&str]) -> Run {
        let all = [&["migrate", "fleet", "--format", "json"], arguments].concat();
        self.workspace.run(&all)
    }

    /// Starts the same, each event on a line of its own.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        let fixed = ["migrate", "fleet", "--format", "json", "--events"];
        self.workspace.start(&[&fixed, arguments].concat())
    }

    /// What each tenant holds. A tenant where nothing ran is not there.
    ///
    /// # Panics
    /// If a tenant has the log and no history, or the reverse.
    pub(crate) fn standings(&self) -> Standings {
        let mut client = self.workspace.client();
        let query = "select string_agg(format('select %1$L as name, \
               (select string_agg(version::text, '','' order by version) from %1$I.log) as log, \
               (select string_agg(version::text, '','' order by version) from %1$I.fleet_core_schema_history) as history', \
               nspname), ' union all '), \
             count(*) filter (where to_regclass(format('%I.log', nspname)) is null \
               or to_regclass(format('%I.fleet_core_schema_history', nspname)) is null) \
             from pg_namespace where nspname in (select name from public.tenants) \
               and exists (select from pg_class where relnamespace = pg_namespace.oid)";
        let row = client.query_one(query, &[]).expect("answers");
        assert_eq!(row.get::<_, i64>(1), 0, "tenants with only one of the two");
        let Some(query) = row.get::<_, Option<String>>(0) else {
            return Standings::new();
        };
        let rows = client.query(&query, &[]).expect("answers");
        let text = |row: &postgres::Row, column: &str| -> String {
            row.get::<_, Option<String>>(column).unwrap_or_default()
        };
        let standing =
            |row: &postgres::Row| (text(row, "name"), (text(row, "log"), text(row, "history")));
        rows.iter().map(standing).collect()
    }

    /// The versions that ran on each tenant where any did, all of them recorded, and each once.
    #[track_caller]
    pub(crate) fn whole(&self) -> BTreeMap<String, String> {
        let whole = |(name, (ran, recorded)): (String, (String, String))| {
            assert_eq!(ran, recorded, "{name}: what ran is what is recorded");
            (name, ran)
        };
        self.standings().into_iter().map(whole).collect()
    }

    /// Fails unless all of `tenants` stand at `version`, whole.
    #[track_caller]
    pub(crate) fn expect_all_at(&self, tenants: usize, version: usize) {
        let standings = self.whole();
        assert_eq!(standings.len(), tenants, "{standings:?}");
        let head = versions(version);
        let behind: Vec<_> = standings.iter().filter(|(_, at)| **at != head).collect();
        assert!(behind.is_empty(), "not at {head}: {behind:?}");
    }

    /// Waits until no runner is connected: what a killed one had sent is done then.
    pub(crate) fn wait_for_silence(&self) {
        self.workspace.wait_until(
            "not exists (select from pg_stat_activity where datname = current_database() and application_name like 'migrations %')",
        );
    }
}

/// Makes the schemas of all tenants.
const SCHEMAS: &str = "do $$ declare one text; begin for one in select name from tenants loop \
    execute format('create schema if not exists %I', one); end loop; end $$;";

/// `1,2,3` up to `head`.
pub(crate) fn versions(head: usize) -> String {
    let versions: Vec<String> = (1..=head).map(|version| version.to_string()).collect();
    versions.join(",")
}

/// The tenants of a run's report, each once, with what became of it.
#[track_caller]
pub(crate) fn tenants(document: &Value) -> BTreeMap<String, Value> {
    let targets = document["targets"].as_array().expect("a list");
    let mut tenants = BTreeMap::new();
    for target in targets.iter().filter(|target| target["track"] != "global") {
        let name = target["target"].as_str().expect("a name").to_owned();
        let again = tenants.insert(name, target.clone());
        assert!(again.is_none(), "twice in the report: {again:?}");
    }
    tenants
}

/// The names of the tenants whose outcome is `outcome`.
#[track_caller]
pub(crate) fn named(document: &Value, outcome: &str) -> Vec<String> {
    let tenants = tenants(document).into_iter();
    tenants
        .filter(|(_, target)| target["outcome"] == outcome)
        .map(|(name, _)| name)
        .collect()
}

/// The versions that a run says it applied on a target.
pub(crate) fn applied(target: &Value) -> Vec<i64> {
    let applied = target["applied"].as_array().expect("a list");
    let version = |one: &Value| one["version"].as_i64().expect("a number");
    applied.iter().map(version).collect()
}

/// Reads what `runner` tells until `enough` of it was seen, or it ended; says whether it was.
pub(crate) fn follow(runner: &mut Child, mut enough: impl FnMut(&Value) -> bool) -> bool {
    let stdout = runner.stdout.as_mut().expect("piped");
    // The reader may take more from the pipe than it hands on: who kills does not miss it, who waits reads to the end.
    let mut lines = BufReader::with_capacity(1, stdout).lines();
    lines.any(|line| {
        let event = serde_json::from_str(&line.expect("UTF-8")).expect("JSON");
        enough(&event)
    })
}

/// The document at the end of a run with events.
#[track_caller]
pub(crate) fn document(run: &Run) -> Value {
    let last = run.stdout.lines().last().unwrap_or_default();
    serde_json::from_str(last).unwrap_or_else(|error| panic!("not JSON ({error}): {run:?}"))
}
