//! Shards stand at one version, or the run says who is where and changes nothing.

use migrations_common::testing::TestDatabase;
use postgres::{Client, NoTls};

use super::{named, tenants};
use crate::support::{Run, Workspace};

/// The app `meter` with three shards.
struct Shards {
    workspace: Workspace,
    databases: Vec<TestDatabase>,
}

impl Shards {
    fn new() -> Self {
        let mut workspace = Workspace::new().app("meter", "", &[]);
        let databases: Vec<TestDatabase> = (0..3)
            .map(|_| TestDatabase::create().expect("a server"))
            .collect();
        for (number, database) in databases.iter().enumerate() {
            workspace.set(&format!("SHARD_{number}"), &database.url());
        }
        workspace.write(
            "services/meter/migrations.toml",
            "[databases.core]\nlayout = \"sharded\"\n\n[environments.test]\n\
             core = { urls = [\"${SHARD_0}\", \"${SHARD_1}\", \"${SHARD_2}\"] }\n",
        );
        workspace.migration("meter", "V1__a.sql", "create table a ();");
        Shards {
            workspace,
            databases,
        }
    }

    fn migrate(&self, arguments: &[&str]) -> Run {
        let all = [&["migrate", "meter", "--format", "json"], arguments].concat();
        self.workspace.run(&all)
    }

    fn client(&self, shard: usize) -> Client {
        Client::connect(&self.databases[shard].url(), NoTls).expect("connects")
    }

    /// The versions that each shard records.
    fn standings(&self) -> Vec<String> {
        let query = "select case when to_regclass('meter_core_schema_history') is null then '' else \
             (xpath('//v/text()', query_to_xml('select string_agg(version::text, '','' order by version) as v \
             from meter_core_schema_history', false, true, '')))[1]::text end";
        let standing = |shard: usize| {
            self.client(shard)
                .query_one(query, &[])
                .expect("answers")
                .get(0)
        };
        (0..self.databases.len()).map(standing).collect()
    }

    fn name(&self, shard: usize) -> &str {
        &self.databases[shard].name
    }
}

#[test]
fn shards_are_brought_to_one_version_together() {
    let shards = Shards::new();
    let report = shards.migrate(&[]).expect(0).json();
    assert_eq!(named(&report, "applied").len(), 3);
    assert_eq!(shards.standings(), ["1", "1", "1"]);
    let run = shards.workspace.run(&["migrate", "meter"]).expect(0);
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(said.contains("V1"), "said explicitly: {said}");
}

#[test]
fn uneven_shards_are_refused_with_who_is_where() {
    let shards = Shards::new();
    shards.migrate(&[]).expect(0);
    shards
        .workspace
        .migration("meter", "V2__b.sql", "create table b ();");
    shards.migrate(&["--tenant", shards.name(1)]).expect(0);
    assert_eq!(shards.standings(), ["1", "1,2", "1"]);

    shards
        .workspace
        .migration("meter", "V3__c.sql", "create table c ();");
    let run = shards.migrate(&[]).expect(1);
    let report = run.json();
    let errors: Vec<_> = tenants(&report)
        .into_values()
        .map(|target| target["error"]["code"].clone())
        .collect();
    assert!(errors.contains(&"uneven-shards".into()), "{report}");
    assert_eq!(named(&report, "applied"), [""; 0]);
    let at_one = format!("at V1: {}, {}", shards.name(0), shards.name(2));
    let at_two = format!("at V2: {}", shards.name(1));
    run.says(&[&at_one, &at_two, "--allow-uneven"]);
    assert_eq!(shards.standings(), ["1", "1,2", "1"]);

    let report = shards.migrate(&["--allow-uneven"]).expect(0).json();
    assert_eq!(named(&report, "applied").len(), 3);
    assert_eq!(shards.standings(), ["1,2,3"; 3]);
    shards.migrate(&[]).expect(0);
}

#[test]
fn a_shard_that_cannot_be_reached_keeps_all_from_running() {
    let mut shards = Shards::new();
    let nowhere = tempfile::tempdir().expect("made");
    let path = nowhere.path().to_str().expect("UTF-8").replace('/', "%2F");
    shards
        .workspace
        .set("SHARD_1", &format!("postgres://app@{path}/shard"));
    let report = shards.migrate(&[]).expect(5).json();
    let outcomes: Vec<_> = report["targets"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|target| target["outcome"].clone())
        .collect();
    assert_eq!(outcomes, ["not_reached", "failed", "not_reached"]);
    assert_eq!(report["targets"][1]["error"]["code"], "unreachable");
    assert_eq!(shards.standings(), [""; 3]);

    let url = shards.databases[1].url();
    shards.workspace.set("SHARD_1", &url);
    shards.migrate(&[]).expect(0);
    assert_eq!(shards.standings(), ["1"; 3]);
}

#[test]
fn a_shard_that_fails_stops_the_others() {
    let shards = Shards::new();
    shards.migrate(&[]).expect(0);
    shards
        .workspace
        .migration("meter", "V2__b.sql", "create table b ();");
    shards
        .client(0)
        .batch_execute("create table b (planted int)")
        .expect("planted");
    let run = shards.migrate(&["--jobs", "1"]);
    let report = run.json();
    assert_eq!(named(&report, "failed"), [shards.name(0)]);
    assert_eq!(named(&report, "not_reached").len(), 2);
    assert_eq!(run.code, 1);
    assert_eq!(shards.standings(), ["1"; 3]);

    // None is ahead of the others: nothing has to be let pass.
    shards
        .client(0)
        .batch_execute("drop table b")
        .expect("dropped");
    shards.migrate(&[]).expect(0);
    assert_eq!(shards.standings(), ["1,2"; 3]);
}
