//! Requirements over tracks: which series a name means, where it is looked up, and what comes first.

use super::*;
use crate::app::{App, Embedded};
use crate::placeholder::Values;
use crate::problem::{Kind, Problem};
use crate::program::Program;

const TENANTS: &str = "[databases.core]\nshared = \"main\"\nlayout = \"schema-per-tenant\"\n";
const SINGLE: &str = "[databases.core]\nshared = \"main\"\n";

/// The series of app `name`. Each file is a path below `migrations/core`, and what it requires.
fn series(name: &str, config: &str, files: &[(&str, &str)]) -> Vec<Arc<Series>> {
    let mut all: Vec<(&'static str, &'static [u8])> = files
        .iter()
        .map(|(file, requires)| {
            let mut text = String::new();
            for requirement in requires.split_whitespace() {
                text.extend(["-- migration: requires ", requirement, "\n"]);
            }
            let path: &'static str = format!("migrations/core/{file}").leak();
            (path, (text + "select 1").into_bytes().leak() as &[u8])
        })
        .collect();
    all.push(("migrations.toml", config.to_owned().into_bytes().leak()));
    let embedded = Embedded {
        name: name.to_owned().leak(),
        path: "apps/x",
        files: all.leak(),
    };
    App::embedded(&embedded).expect("valid").series
}

/// Nothing is applied, and everything pending.
fn fresh(series: &Arc<Series>) -> Progress<'_> {
    Progress {
        series,
        applied: BTreeSet::new(),
        pending: series.migrations.iter().collect(),
        left_out: BTreeSet::new(),
    }
}

/// Everything is applied.
fn done(series: &Arc<Series>) -> Progress<'_> {
    Progress {
        series,
        applied: series.migrations.iter().map(|m| m.version).collect(),
        pending: Vec::new(),
        left_out: BTreeSet::new(),
    }
}

/// The steps over `progress`, as `label V2`.
fn steps(progress: &[Progress<'_>], known: &[Arc<Series>]) -> Result<Vec<String>, Vec<Problem>> {
    let steps = order(progress, known, &Program::xtask())?;
    let step = |step: &Step| {
        let label = progress[step.series].series.label();
        format!("{label} V{}", step.up_to)
    };
    Ok(steps.iter().map(step).collect())
}

/// The requirement of the only migration of `series`.
fn requirement_of(series: &Series) -> &Requirement {
    &series.migrations[0].directives.requires[0]
}

#[test]
fn the_global_track_is_first_whatever_the_versions_are() {
    let workspaces = series(
        "app3",
        TENANTS,
        &[
            ("global/V8__a.sql", ""),
            ("global/V9__b.sql", ""),
            ("tenant/V1__a.sql", ""),
        ],
    );
    let [global, tenant] = workspaces.as_slice() else {
        panic!("two tracks");
    };
    // Also when the tenants were asked for before it.
    for progress in [
        [fresh(global), fresh(tenant)],
        [fresh(tenant), fresh(global)],
    ] {
        assert_eq!(
            steps(&progress, &workspaces).expect("an order"),
            ["app3/core/global V9", "app3/core/tenant V1"]
        );
    }
    assert_eq!(
        steps(&[done(global), fresh(tenant)], &workspaces).expect("an order"),
        ["app3/core/tenant V1"]
    );
}

#[test]
fn apps_take_turns_with_tracks() {
    let workspaces = series(
        "app3",
        TENANTS,
        &[
            ("global/V1__a.sql", ""),
            ("global/V2__b.sql", "bill/core/V1"),
            ("tenant/V1__a.sql", ""),
            ("tenant/V2__b.sql", "bill/core/V2"),
        ],
    );
    let bill = series(
        "bill",
        SINGLE,
        &[
            ("V1__a.sql", "app3/core/global/V1"),
            ("V2__b.sql", ""),
            ("V3__c.sql", "app3/core/tenant/V2"),
        ],
    );
    let known = [workspaces.clone(), bill.clone()].concat();
    let progress = [
        fresh(&workspaces[0]),
        fresh(&workspaces[1]),
        fresh(&bill[0]),
    ];
    assert_eq!(
        steps(&progress, &known).expect("an order"),
        [
            "app3/core/global V1",
            "bill/core V2",
            "app3/core/global V2",
            "app3/core/tenant V2",
            "bill/core V3",
        ]
    );
}

/// `requires`, from an app that shares the database, where app3 has both tracks applied or none.
fn check_name(requires: &str, expected: Result<(), &str>) {
    let workspaces = series(
        "app3",
        TENANTS,
        &[("global/V1__a.sql", ""), ("tenant/V1__a.sql", "")],
    );
    let bill = series("bill", SINGLE, &[("V1__a.sql", requires)]);
    let known = [workspaces.clone(), bill.clone()].concat();
    let progress = [done(&workspaces[0]), done(&workspaces[1]), fresh(&bill[0])];
    match (steps(&progress, &known), expected) {
        (Ok(_), Ok(())) => {}
        (Err(problems), Err(expected)) => {
            let problem = &problems[0];
            assert_eq!(
                (problem.kind, problem.code),
                (Kind::Requirement, "missing-requirement")
            );
            let said = format!("{} => {}", problem.message, problem.helps.join(" | "));
            assert_eq!(said, expected, "{requires}");
            assert_eq!(problem.places[0].line_column(), (1, 24), "{requires}");
        }
        (found, _) => panic!("{requires}: {found:?}"),
    }
}

#[test]
fn a_name_means_one_series() {
    check_name("app3/core/global/V1", Ok(()));
    check_name("app3/core/tenant/V1", Ok(()));
    check_name(
        "app3/core/V1",
        Err(
            "bill/core V1__a requires app3/core/V1, and app3/core has two tracks => \
             write app3/core/global/V1 or app3/core/tenant/V1",
        ),
    );
    check_name(
        "app3/core/tenant/V7",
        Err(
            "bill/core V1__a requires app3/core/tenant/V7, which does not exist; the newest is V1 => ",
        ),
    );
    check_name(
        "app3/cor/tenant/V1",
        Err(
            "bill/core V1__a requires app3/cor/tenant/V1, and there is no database `app3/cor/tenant`; \
             did you mean `app3/core/tenant`?  (databases: app3/core/global, app3/core/tenant, bill/core) => ",
        ),
    );
}

#[test]
fn a_track_that_is_alone_needs_no_name() {
    let flat = series("app3", TENANTS, &[("V1__a.sql", "")]);
    let single = series("one", SINGLE, &[("V1__a.sql", "")]);
    let bill = series(
        "bill",
        SINGLE,
        &[("V1__a.sql", "app3/core/V1 app3/core/tenant/V1 one/core/V1")],
    );
    let known = [flat.clone(), single.clone(), bill.clone()].concat();
    let progress = [done(&flat[0]), done(&single[0]), fresh(&bill[0])];
    assert_eq!(
        steps(&progress, &known).expect("an order"),
        ["bill/core V1"]
    );
    // Where there are no tracks, one that is named is a mistake.
    let wrong = series("bill", SINGLE, &[("V1__a.sql", "one/core/global/V1")]);
    let known = [single.clone(), wrong.clone()].concat();
    let problems = steps(&[done(&single[0]), fresh(&wrong[0])], &known).expect_err("no track");
    assert_eq!(
        (problems[0].message.as_str(), problems[0].helps.as_slice()),
        (
            "bill/core V1__a requires one/core/global/V1, and one/core has no track `global`",
            ["write one/core/V1".to_owned()].as_slice()
        )
    );
}

#[test]
fn what_is_not_applied_is_told_with_its_track() {
    let workspaces = series(
        "app3",
        TENANTS,
        &[("global/V1__a.sql", ""), ("tenant/V1__a.sql", "")],
    );
    let bill = series("bill", SINGLE, &[("V1__a.sql", "app3/core/tenant/V1")]);
    let known = [workspaces.clone(), bill.clone()].concat();
    // On one tenant it is applied, on another pending, and it is not asked for.
    let behind = Progress {
        series: &workspaces[1],
        applied: BTreeSet::new(),
        pending: Vec::new(),
        left_out: BTreeSet::new(),
    };
    let problems = steps(&[behind, fresh(&bill[0])], &known).expect_err("a tenant is behind");
    assert_eq!(
        problems[0].helps,
        [
            "apply it first: cargo xtask migrate app3 --database core --track tenant --to 1",
            "or let this run do it: --with-requirements"
        ]
    );
}

#[test]
fn what_runs_on_one_tenant_and_is_left_out_on_another_meets_nothing() {
    let flat = series("app3", TENANTS, &[("V1__a.sql", ""), ("V2__b.sql", "")]);
    let check = |requires: &str, is_met: bool| {
        let bill = series("bill", SINGLE, &[("V1__a.sql", requires)]);
        let known = [flat.clone(), bill.clone()].concat();
        let some = Progress {
            left_out: BTreeSet::from([2]),
            ..fresh(&flat[0])
        };
        let found = steps(&[some, fresh(&bill[0])], &known);
        assert_eq!(found.is_ok(), is_met, "{requires}: {found:?}");
    };
    check("app3/core/V1", true);
    check("app3/core/V2", false);
}

#[test]
fn what_lives_in_another_database_cannot_be_required() {
    let apart = "[databases.core]\nlayout = \"schema-per-tenant\"\n";
    let workspaces = series("app3", apart, &[("V1__a.sql", "")]);
    let bill = series("bill", SINGLE, &[("V1__a.sql", "app3/core/V1")]);
    let known = [workspaces.clone(), bill.clone()].concat();
    let problems =
        steps(&[done(&workspaces[0]), fresh(&bill[0])], &known).expect_err("another database");
    assert_eq!(
        problems[0].message,
        "bill/core V1__a requires app3/core/V1, which lives in another database"
    );
}

#[test]
fn the_global_track_cannot_wait_for_its_own_tenants() {
    let workspaces = series(
        "app3",
        TENANTS,
        &[
            ("global/V1__a.sql", "app3/core/tenant/V1"),
            ("tenant/V1__a.sql", ""),
        ],
    );
    let [global, tenant] = workspaces.as_slice() else {
        panic!("two tracks");
    };
    let problems = steps(&[fresh(global), fresh(tenant)], &workspaces).expect_err("a cycle");
    assert_eq!(problems[0].code, "requirement-cycle");
    assert_eq!(
        problems[0].message,
        "each of these waits for another: app3/core/global V1, app3/core/tenant V1"
    );
}

#[test]
fn a_guard_looks_where_the_requirement_is_recorded() {
    let config = |extra: &str| format!("{TENANTS}schema = \"hub\"\n{extra}");
    let base = series(
        "base",
        &config("history_table = \"h\""),
        &[("global/V1__a.sql", ""), ("tenant/V1__a.sql", "")],
    );
    let check = |requires: &str, expected: Option<&str>| {
        let tenants = series("app3", &config(""), &[("V1__a.sql", requires)]);
        let scope = Scope::of_tenant(&tenants[0], "ac\"me", Values::new());
        let known = [base.clone(), tenants.clone()].concat();
        let found = required(&scope, requirement_of(&tenants[0]), &known);
        let table = found.as_ref().map(|required| required.table.sql());
        assert_eq!(table.as_deref(), expected, "{requires}");
    };
    check("base/core/global/V1", Some("\"hub\".\"h\""));
    check("base/core/tenant/V1", Some("\"ac\"\"me\".\"h\""));
    // Of an app that is not known here, its config's defaults are supposed.
    check(
        "other/core/V1",
        Some("\"public\".\"other_core_schema_history\""),
    );
    check(
        "other/core/tenant/V1",
        Some("\"ac\"\"me\".\"other_core_schema_history\""),
    );

    // What is not a tenant requires it of all tenants.
    let single = |requires: &str| series("bill", SINGLE, &[("V1__a.sql", requires)]);
    let found = |requires: &str| {
        let bill = single(requires);
        let scope = Scope::of(&bill[0], Values::new());
        let known = [base.clone(), bill.clone()].concat();
        let found = required(&scope, requirement_of(&bill[0]), &known)?;
        Some(found.table.sql())
    };
    assert_eq!(
        found("base/core/global/V1").as_deref(),
        Some("\"hub\".\"h\"")
    );
    assert_eq!(found("base/core/tenant/V1"), None);
}

#[test]
fn what_is_required_is_found_through_tracks() {
    let deep = series("deep", SINGLE, &[("V1__a.sql", ""), ("V2__b.sql", "")]);
    let base = series(
        "base",
        TENANTS,
        &[
            ("V1__a.sql", "deep/core/V1"),
            ("V2__b.sql", ""),
            ("V3__c.sql", "deep/core/V2"),
        ],
    );
    let bill = series("bill", SINGLE, &[("V1__a.sql", "base/core/V2")]);
    let known = [deep, base, bill.clone()].concat();
    let found: Vec<String> = closure(&bill[0].migrations, &known)
        .into_iter()
        .map(|(name, version)| format!("{name} V{version}"))
        .collect();
    assert_eq!(found, ["base/core/tenant V2", "deep/core V1"]);
}

#[test]
fn what_was_required_of_one_track_says_nothing_of_the_other() {
    let workspaces = series(
        "app3",
        TENANTS,
        &[("global/V1__a.sql", ""), ("tenant/V1__a.sql", "")],
    );
    let bill = series("bill", SINGLE, &[("V1__a.sql", "app3/core/tenant/V1")]);
    let of = |series: &Arc<Series>| {
        let found = dependents(series, &BTreeSet::from([1]), &[done(&bill[0])]);
        let named = |(node, version): &(Node, Version)| {
            format!("{} V{} on V{version}", node.series, node.version)
        };
        found.iter().map(named).collect::<Vec<_>>()
    };
    assert_eq!(of(&workspaces[1]), ["bill/core V1 on V1"]);
    assert_eq!(of(&workspaces[0]), [""; 0]);
}
