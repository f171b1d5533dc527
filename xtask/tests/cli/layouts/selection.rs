//! `--tenant`, `--slice` and `--track`: which targets a command is about.

use super::{fleet, make_schemas, migrate, names, schemas, sql};
use crate::support::Workspace;

const TENANTS: [&str; 4] = ["acme", "acme_test", "beta", "zeta"];

fn four() -> Workspace {
    let workspace = schemas("{ query = \"select name from public.tenants order by 1\" }");
    make_schemas(&workspace, &TENANTS);
    sql(
        &workspace,
        "create table tenants (name text); \
         insert into tenants values ('acme'), ('acme_test'), ('beta'), ('zeta')",
    );
    workspace
}

/// The tenants that have the table `a`.
fn migrated(workspace: &Workspace) -> String {
    workspace.value(
        "select coalesce(string_agg(schemaname, ' ' order by schemaname), '') from pg_tables where tablename = 'a'",
    )
}

#[test]
fn globs_choose_tenants_for_every_command() {
    let workspace = four();
    let report = migrate(&workspace, &["--tenant", "acme*", "--tenant", "?eta"])
        .expect(0)
        .json();
    assert_eq!(names(&report), TENANTS);
    let workspace = four();
    let report = migrate(&workspace, &["--tenant", "acme*"]).expect(0).json();
    assert_eq!(names(&report), ["acme", "acme_test"]);
    assert_eq!(migrated(&workspace), "acme acme_test");
    for command in ["status", "history"] {
        let document = workspace
            .run(&[command, "--tenant", "acme", "--format", "json"])
            .expect(0)
            .json();
        assert_eq!(names(&document), ["acme"], "{command}");
    }
    workspace
        .run(&["status", "--check", "--tenant", "acme*"])
        .expect(0);
    workspace
        .run(&["status", "--check", "--tenant", "?eta"])
        .expect(3);
    let plan = migrate(&workspace, &["--dry-run", "--tenant", "*eta"])
        .expect(0)
        .json();
    let planned: Vec<&str> = plan["plans"]
        .as_array()
        .expect("plans")
        .iter()
        .filter_map(|plan| plan["target"].as_str())
        .collect();
    assert_eq!(planned, ["beta", "zeta"]);
    let baseline = ["baseline", "fleet", "1", "--tenant", "beta"];
    workspace.run(&baseline).expect(0);
    let report = migrate(&workspace, &[]).expect(0).json();
    assert_eq!(
        super::targets(&report, &["target", "outcome"]),
        [
            "acme at_head",
            "acme_test at_head",
            "beta at_head",
            "zeta applied"
        ]
    );
    assert_eq!(migrated(&workspace), "acme acme_test zeta");
}

#[test]
fn a_name_that_means_nobody_is_told_with_the_nearest_one() {
    let workspace = four();
    workspace
        .run(&[
            "migrate", "fleet", "--tenant", "acne", "--tenant", "beta", "--tenant", "x*",
        ])
        .expect(2)
        .says(&[
            "unknown-tenant",
            "no tenant `acne`; did you mean `acme`?  (tenants: acme, acme_test, beta, zeta)",
            "no tenant `x*`",
        ]);
    assert_eq!(migrated(&workspace), "");
    // A slice of which the tenant is none says nothing against its name.
    let slices: Vec<usize> = ["1/2", "2/2"]
        .iter()
        .map(|slice| {
            let report = migrate(&workspace, &["--tenant", "beta", "--slice", slice])
                .expect(0)
                .json();
            names(&report).len()
        })
        .collect();
    assert_eq!(slices.iter().sum::<usize>(), 1);
    assert_eq!(migrated(&workspace), "beta");
}

#[test]
fn slices_part_the_tenants_and_keep_them() {
    let workspace = schemas("{ pattern = \"t%\" }");
    let all: Vec<String> = (0..24).map(|number| format!("t{number:02}")).collect();
    let schemas: Vec<&str> = all.iter().map(String::as_str).collect();
    make_schemas(&workspace, &schemas);
    let slice = |slice: &str| {
        let run = workspace.run(&["status", "--slice", slice, "--format", "json"]);
        names(&run.expect(0).json())
    };
    let parts: Vec<Vec<String>> = ["1/3", "2/3", "3/3"].map(slice).into();
    assert!(parts.iter().all(|part| !part.is_empty()), "{parts:?}");
    let mut together = parts.concat();
    together.sort();
    assert_eq!(together, all);
    assert_eq!(slice("1/1"), all);
    // One leaves: the others stay where they are.
    sql(&workspace, "drop schema t00; create schema t99");
    for (before, number) in parts.iter().zip(["1/3", "2/3", "3/3"]) {
        let after = slice(number);
        let stayed = |name: &&String| *name != "t00" && *name != "t99";
        assert!(
            before.iter().filter(stayed).eq(after.iter().filter(stayed)),
            "{before:?} {after:?}"
        );
    }
    for (wrong, says) in [
        ("0/3", "there is no slice 0 of 3"),
        ("4/3", "there is no slice 4 of 3"),
        ("x", "`x` is no slice"),
    ] {
        workspace
            .run(&["status", "--slice", wrong])
            .expect(2)
            .says(&[says]);
    }
}

#[test]
fn what_chooses_among_tenants_needs_some() {
    let single = Workspace::new().app("shop", "", &[("V1__a.sql", "create table a (id int);")]);
    for flags in [["--tenant", "acme"], ["--slice", "1/2"]] {
        single
            .run(&["migrate", "shop", flags[0], flags[1]])
            .expect(2)
            .says(&[
                "no-tenants",
                "--tenant and --slice choose among tenants, and there are none",
            ]);
    }
    single
        .run(&["migrate", "shop", "--track", "tenant"])
        .expect(2)
        .says(&["unknown-track", "there is no track `tenant`"]);
    let config = "[databases.core]\nlayout = \"sharded\"\n[environments.test]\n\
                  core = { urls = [\"${CORE_URL}\", \"${CORE_URL}x\"] }\n";
    let sharded = fleet(config, &[("core/V1__a.sql", "create table a (id int);")]);
    sharded
        .run(&["migrate", "fleet", "--slice", "1/2"])
        .expect(2)
        .says(&[
            "sliced-shards",
            "--slice would leave shards at different versions",
        ]);
    assert_eq!(sharded.value("select to_regclass('a')"), "NULL");
}

/// Tenants of one app, and an app beside them.
#[test]
fn a_selection_leaves_what_has_no_tenants_as_it_is() {
    let workspace = four().app("shop", "", &[("V1__s.sql", "create table s (id int);")]);
    let report = workspace
        .run(&["migrate", "--all", "--tenant", "beta", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(names(&report), ["beta", "public"]);
}
