//! One script for all tenants: names in quotes of every depth, what psql would read, and schemas that are refused.

use std::path::PathBuf;

use migrations_common::history::HistoryTable;
use migrations_common::lock::LockKey;
use migrations_common::testing::TestDatabase;

use super::{dump, histories, identifier, psql, psql_command, psql_refuses};
use crate::support::Workspace;

/// Names that end every kind of quotes there is.
const TENANTS: [&str; 4] = [
    "plain",
    r#"$x$ '' "" """#,
    r"O'Neil \' \\ %s %1$I %%",
    ":\"schema\" :'schema' ${schema}",
];

const LAYOUT: &str = "layout = \"schema-per-tenant\"\ntenants = { query = \"select nspname from pg_namespace where \
                      nspname !~ '^(pg_|information_schema|public)'\" }";

fn workspace() -> Workspace {
    Workspace::new()
        .app(
            "wallet",
            LAYOUT,
            &[("V1__coins.sql", "create table coins (n int);")],
        )
        .app("shop", LAYOUT, &[
            (
                "V1__quotes.sql",
                "-- migration: placeholders\n\
                 create table a (id int, v text default ${schema:literal}, w text default 'it''s :schema $');\n\
                 create function f() returns text language plpgsql set search_path = ${schema}, pg_temp as $body$\n\
                 declare t text; -- ${schema} 100 %\n\
                 begin\n\
                 execute $q$ select v || '%' || ${schema:literal} from ${schema}.a $q$ into t;\n\
                 execute format('select %L', ${tenant:literal}) into t;\n\
                 return t || ${schema:literal};\n\
                 end $body$;\n\
                 do $$ begin perform ${schema}.f(); end $$;\n\
                 insert into ${schema}.a (id) values (1)",
            ),
            (
                "V2__read_by_psql.sql",
                "create table b as select (array[1,2,3])[1:id] as s, (array[1,2])[:id] as p, id::int as n from a;\n\
                 create function g() returns text language sql return ':id \\n' || U&'\\0061'; -- \\ :id",
            ),
            (
                "V3__unless_plain.sql",
                "-- migration: only-if select ${schema:literal} <> 'plain' and (array[true])[1:1] = '{t}'\n\
                 -- migration: placeholders\n\
                 comment on table ${schema}.a is ${tenant:literal};",
            ),
            (
                "V4__outside.sql",
                "-- migration: no-transaction\n-- migration: placeholders\n\
                 create index concurrently a_id_idx on ${schema}.a (id) where v <> ${schema:literal} -- the end",
            ),
            (
                "V5__after_coins.sql",
                "-- migration: requires wallet/core/V1\n-- migration: no-transaction\n\
                 create index concurrently coins_n_idx on coins (n);",
            ),
        ])
}

fn template(workspace: &Workspace, app: &str) -> PathBuf {
    workspace
        .run(&["migrate", app, "--sql", "out", "--template"])
        .expect(0);
    workspace.path(&format!("out/{app}.core.tenant.sql"))
}

fn tables() -> Vec<String> {
    let tables = TENANTS.iter().flat_map(|tenant| {
        ["shop", "wallet"].map(|app| {
            let schema = identifier(tenant);
            format!("{schema}.{app}_core_schema_history")
        })
    });
    tables.collect()
}

fn with_schemas(place: &TestDatabase) {
    let mut client = postgres::Client::connect(&place.url(), postgres::NoTls).expect("connects");
    for tenant in TENANTS {
        let made = client.batch_execute(&format!("create schema {}", identifier(tenant)));
        made.expect("made");
    }
}

#[test]
fn a_name_is_the_same_name_in_quotes_of_every_depth() {
    let workspace = workspace();
    let (shop, wallet) = (template(&workspace, "shop"), template(&workspace, "wallet"));
    let offline = TestDatabase::create().expect("made");
    with_schemas(&offline);
    with_schemas(&workspace.database);
    workspace.run(&["migrate", "--all"]).expect(0);
    for _ in 0..2 {
        for tenant in TENANTS {
            for script in [&wallet, &shop] {
                // Variables of the same names as what the files hold.
                let schema = format!("schema={tenant}");
                psql(&offline, script, &[&schema, "id=oops", "n=oops"]);
            }
        }
    }
    assert_eq!(
        histories(&offline, &tables()),
        histories(&workspace.database, &tables())
    );
    let dumped = dump(&workspace.database);
    assert!(dumped.contains(r"O''Neil"), "{dumped}");
    assert_eq!(dump(&offline), dumped);
}

#[test]
fn what_another_app_must_do_first_is_asked_in_the_tenants_own_schema() {
    let workspace = workspace();
    let (shop, wallet) = (template(&workspace, "shop"), template(&workspace, "wallet"));
    let place = &workspace.database;
    with_schemas(place);
    let [plain, odd, ..] = TENANTS.map(|tenant| format!("schema={tenant}"));
    psql(place, &wallet, &[&plain]);
    psql(place, &shop, &[&plain]);
    let said = psql_refuses(place, &shop, &[&odd]);
    assert!(
        said.contains("wallet/core/V1 is not applied here"),
        "{said}"
    );
    psql(place, &wallet, &[&odd]);
    psql(place, &shop, &[&odd]);
}

#[test]
fn a_schema_that_can_be_no_tenants_is_refused_before_anything_is_made() {
    let workspace = workspace();
    let script = template(&workspace, "shop");
    let place = &workspace.database;
    let longest = "x".repeat(63);
    let mut client = workspace.client();
    client
        .batch_execute(&format!("create schema {longest}; create schema \"$user\""))
        .expect("made");
    for (variables, expected) in [
        (vec![], "which schema? Say psql -v schema=NAME"),
        (
            vec!["schema=nobody's"],
            "the schema \"nobody's\" does not exist",
        ),
        (vec!["schema="], "the schema \"\" does not exist"),
        (
            vec![&*format!("schema={longest}x")],
            &*format!("the schema \"{longest}x\" does not exist"),
        ),
        (
            vec!["schema=public"],
            "public is the schema of the global track, not of a tenant",
        ),
    ] {
        let said = psql_refuses(place, &script, &variables);
        assert!(said.contains(expected), "{said}");
    }
    assert_eq!(
        workspace.value("select count(*) from pg_class where relname = 'shop_core_schema_history'"),
        "0"
    );
    let said = psql_refuses(place, &script, &["schema=$user"]);
    assert!(said.contains("role has no USAGE on it"), "{said}");
    assert_eq!(workspace.value("select to_regclass('\"$user\".a')"), "NULL");
}

#[test]
fn a_script_and_a_run_exclude_each_other() {
    let workspace = workspace();
    let script = template(&workspace, "wallet");
    let place = &workspace.database;
    with_schemas(place);
    let mut runner = workspace.client();
    for tenant in TENANTS {
        let key = LockKey::of(&HistoryTable {
            schema: tenant.to_owned(),
            name: "wallet_core_schema_history".to_owned(),
        });
        let schema = format!("schema={tenant}");
        let mut ask = |expression: &str| {
            let answer = runner.query_one(&format!("select {expression}"), &[]);
            answer.expect("answers").get::<_, bool>(0)
        };
        assert!(ask(&key.try_in_session()));
        let said = psql_refuses(place, &script, &[&schema]);
        assert!(said.contains("the target is locked"), "{said}");
        assert!(ask(&key.release_in_session()));
        psql(place, &script, &[&schema]);
    }
}

#[test]
fn a_name_that_would_end_the_quotes_of_a_body_does_not() {
    let workspace = workspace();
    let (shop, wallet) = (template(&workspace, "shop"), template(&workspace, "wallet"));
    let schema = r"$q$ || x $body$; $$ '\";
    let mut client = workspace.client();
    let schema_sql = identifier(schema);
    client
        .batch_execute(&format!("create schema {schema_sql}"))
        .expect("made");
    for script in [&wallet, &shop] {
        psql(&workspace.database, script, &[&format!("schema={schema}")]);
    }
    let answer = client.query_one(&format!("select {schema_sql}.f()"), &[]);
    assert_eq!(
        answer.expect("answers").get::<_, String>(0),
        format!("{schema}{schema}")
    );
    // A run refuses such a name where a body says it; here it finds nothing left to do.
    let run = workspace.run(&["migrate", "shop", "--tenant", "$q$*"]);
    run.expect(0);
}

#[test]
fn a_database_of_another_encoding_gets_the_same_letters() {
    let workspace = workspace();
    let script = template(&workspace, "shop");
    let wallet = template(&workspace, "wallet");
    let name = format!("{}_latin1", workspace.database.name);
    let url = format!("{}_latin1", workspace.database.url());
    workspace
        .client()
        .batch_execute(&format!(
            "create database {name} encoding 'LATIN1' locale 'C' template template0"
        ))
        .expect("made");
    let mut client = postgres::Client::connect(&url, postgres::NoTls).expect("connects");
    client
        .batch_execute("create schema \"söhne\"")
        .expect("made");
    for script in [&wallet, &script] {
        let output = psql_command(&url, script, &["schema=söhne"]).output();
        let output = output.expect("psql is there");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let answer = client.query_one("select \"söhne\".f()", &[]);
    assert_eq!(answer.expect("answers").get::<_, String>(0), "söhnesöhne");
    let answer = client.query_one("select obj_description('\"söhne\".a'::regclass)", &[]);
    assert_eq!(answer.expect("answers").get::<_, String>(0), "söhne");
}
