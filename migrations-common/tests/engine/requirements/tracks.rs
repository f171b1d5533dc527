//! Requirements between tracks, and between apps whose tenants share a database.

use std::sync::Arc;

use migrations_common::app::App;
use migrations_common::event::Event;
use migrations_common::fleet::{self, MigrateRequest, Policy};
use migrations_common::report::Report;
use migrations_common::target::Target;

use crate::support::tenancy::{self, ends, make_schemas, targets};
use crate::support::{Recorder, TestDatabase, app, target};

const TENANTS: [&str; 2] = ["acme", "beta"];

fn place() -> TestDatabase {
    let place = TestDatabase::new();
    place.run("create table log (id int generated always as identity, what text)");
    make_schemas(&place, &TENANTS);
    place
}

/// Files that note that they ran, from (path, what it requires) pairs.
fn noting(app: &str, files: &[(&str, &str)]) -> Vec<(String, String)> {
    let noting = |(file, requires): &(&str, &str)| {
        let mut header = String::new();
        for requirement in requires.split_whitespace() {
            header.extend(["-- migration: requires ", requirement, "\n"]);
        }
        let (path, _) = file.split_once("__").expect("a version");
        let version = path.rsplit('/').next().expect("a name");
        let what = format!("'{app} ' || current_schema() || ' {version}'");
        let text = format!("{header}insert into log (what) values ({what})");
        ((*file).to_owned(), text)
    };
    files.iter().map(noting).collect()
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    let pairs = files.iter();
    pairs
        .map(|(file, text)| (file.as_str(), text.as_str()))
        .collect()
}

/// An app with tenants: (path below its directory of migrations, what it requires).
fn tenants(name: &str, files: &[(&str, &str)]) -> App {
    let files = noting(name, files);
    tenancy::app(name, "search_path = [\"public\"]", &borrowed(&files))
}

/// An app with one database.
fn single(name: &str, files: &[(&str, &str)]) -> App {
    let files = noting(name, files);
    app(name, "", &borrowed(&files))
}

fn log(place: &TestDatabase) -> String {
    place.value("select coalesce(string_agg(what, ', ' order by id), '') from log")
}

/// A run that knows the series of `apps`.
fn knowing(apps: &[&App]) -> Recorder {
    let mut recorder = Recorder::new();
    let series = apps.iter().flat_map(|app| &app.series);
    recorder.context.known = series.map(Arc::clone).collect();
    recorder
}

fn run(
    wanted: &[Arc<Target>],
    others: &[Arc<Target>],
    request: &MigrateRequest,
    apps: &[&App],
) -> Report {
    // One after the other: the log is an order.
    let request = MigrateRequest {
        policy: Policy {
            jobs: Some(1),
            ..request.policy.clone()
        },
        ..request.clone()
    };
    fleet::migrate(wanted, others, &request, &knowing(apps).context)
}

fn plain() -> MigrateRequest {
    MigrateRequest::default()
}

fn with() -> MigrateRequest {
    MigrateRequest {
        with_requirements: true,
        ..plain()
    }
}

#[test]
fn an_app_may_require_each_track_of_another() {
    let place = place();
    let base = tenants(
        "base",
        &[("global/V1__a.sql", ""), ("tenant/V1__a.sql", "")],
    );
    let shop = single(
        "shop",
        &[
            ("V1__a.sql", "base/core/global/V1"),
            ("V2__b.sql", "base/core/tenant/V1"),
        ],
    );
    let of_base = targets(&base, &place, &TENANTS);
    let of_shop = [target(&shop, &place)];
    let apps = [&base, &shop];
    let refused = run(&of_shop, &of_base, &plain(), &apps);
    assert_eq!(
        ends(&refused),
        ["public failed: missing-requirement: missing-requirement"]
    );
    assert_eq!(log(&place), "");
    let report = run(&of_shop, &of_base, &with(), &apps);
    assert_eq!(report.exit_code(), 0, "{report:#?}");
    assert_eq!(
        ends(&report),
        [
            "public applied 1 2",
            "public applied 1",
            "acme applied 1",
            "beta applied 1"
        ]
    );
    assert_eq!(
        log(&place),
        "base public V1, shop public V1, base acme V1, base beta V1, shop public V2"
    );
}

#[test]
fn one_tenant_behind_keeps_a_requirement_unmet() {
    let place = place();
    let base = tenants("base", &[("V1__a.sql", "")]);
    let shop = single("shop", &[("V1__a.sql", "base/core/V1")]);
    let of_base = targets(&base, &place, &TENANTS);
    let of_shop = [target(&shop, &place)];
    let apps = [&base, &shop];
    assert_eq!(run(&of_base[..1], &[], &plain(), &apps).exit_code(), 0);
    let refused = run(&of_shop, &of_base, &plain(), &apps);
    assert_eq!(ends(&refused), ["public failed: missing-requirement"]);
    // Those that are there already are left alone.
    let report = run(&of_shop, &of_base, &with(), &apps);
    assert_eq!(ends(&report), ["public applied 1", "beta applied 1"]);
    assert_eq!(log(&place), "base acme V1, base beta V1, shop public V1");
}

#[test]
fn a_tenant_requires_what_its_own_schema_has() {
    let place = place();
    let base = tenants("base", &[("V1__a.sql", "")]);
    let more = tenants("more", &[("V1__a.sql", "base/core/tenant/V1")]);
    let of_base = targets(&base, &place, &TENANTS);
    let of_more = targets(&more, &place, &TENANTS);
    let apps = [&base, &more];
    assert_eq!(run(&of_base[..1], &[], &plain(), &apps).exit_code(), 0);
    // As the command line narrows both to one tenant.
    let acme = run(&of_more[..1], &of_base[..1], &plain(), &apps);
    assert_eq!(ends(&acme), ["acme applied 1"]);
    let beta = run(&of_more[1..], &of_base[1..], &plain(), &apps);
    assert_eq!(ends(&beta), ["beta failed: missing-requirement"]);
    let beta = run(&of_more[1..], &of_base[1..], &with(), &apps);
    assert_eq!(ends(&beta), ["beta applied 1", "beta applied 1"]);
}

/// Between the plan and the unit somebody takes the required migration back, of one tenant.
#[test]
fn each_tenant_looks_again_before_its_unit_runs() {
    let place = place();
    let base = tenants("base", &[("V1__a.sql", "")]);
    let more = tenants("more", &[("V1__a.sql", "base/core/V1")]);
    let of_base = targets(&base, &place, &TENANTS);
    let of_more = targets(&more, &place, &TENANTS);
    assert_eq!(run(&of_base, &[], &plain(), &[&base]).exit_code(), 0);
    let name = place.name.clone();
    let mut recorder = Recorder::reacting(move |event| {
        if matches!(event, Event::Fleet { .. }) {
            let place = TestDatabase { name: name.clone() };
            place.run("delete from beta.base_core_schema_history");
        }
    });
    recorder.context.known = knowing(&[&base, &more]).context.known;
    let report = fleet::migrate(&of_more, &of_base, &plain(), &recorder.context);
    assert_eq!(
        ends(&report),
        ["acme applied 1", "beta failed: missing-requirement"]
    );
}

#[test]
fn two_fleets_and_an_app_take_turns() {
    let place = place();
    let base = tenants(
        "base",
        &[
            ("global/V1__a.sql", ""),
            ("tenant/V1__a.sql", ""),
            ("tenant/V2__b.sql", "shop/core/V1"),
        ],
    );
    let more = tenants("more", &[("V1__a.sql", "base/core/tenant/V2")]);
    let shop = single("shop", &[("V1__a.sql", "base/core/tenant/V1")]);
    let mut all = targets(&more, &place, &TENANTS);
    all.extend(targets(&base, &place, &TENANTS));
    all.push(target(&shop, &place));
    let report = run(&all, &[], &plain(), &[&base, &more, &shop]);
    assert_eq!(report.exit_code(), 0, "{report:#?}");
    assert_eq!(
        log(&place),
        "base public V1, base acme V1, base beta V1, shop public V1, base acme V2, base beta V2, more acme V1, more beta V1"
    );
}

#[test]
fn what_another_apps_tenant_requires_is_not_taken_back_there() {
    let place = place();
    let files = [
        ("V1__a.sql", "create table a ()"),
        ("V1__a.down.sql", "drop table a"),
    ];
    let base = tenancy::app("base", "", &files);
    let more = tenants("more", &[("V1__a.sql", "base/core/V1")]);
    let of_base = targets(&base, &place, &TENANTS);
    let of_more = targets(&more, &place, &TENANTS);
    let apps = [&base, &more];
    assert_eq!(run(&of_base, &[], &plain(), &apps).exit_code(), 0);
    let acme = run(&of_more[..1], &of_base, &plain(), &apps);
    assert_eq!(acme.exit_code(), 0, "{acme:#?}");
    let context = knowing(&apps).context;
    let report = fleet::roll_back(&of_base, &of_more, 0, &Policy::default(), &context);
    assert_eq!(
        ends(&report),
        ["acme failed: still-required", "beta applied 1"]
    );
    let problem = &report.targets[0].problems[0];
    assert_eq!(
        problem.message,
        "more/core/tenant V1 is applied and requires V1__a"
    );
    assert_eq!(
        problem.helps,
        ["take that back first: cargo xtask rollback more --database core --track tenant --to 0"]
    );
}
