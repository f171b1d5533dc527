use super::*;
use crate::config::TenantSource;

const TENANTS: &str = "[databases.core]\nlayout = \"schema-per-tenant\"\n";

/// The app with `config` and migrations called `files`, below its directory of migrations.
fn app(config: &str, files: &[&'static str]) -> App {
    let mut all: Vec<(&'static str, &'static [u8])> = files
        .iter()
        .map(|file| (*file, b"select 1".as_slice()))
        .collect();
    let config: &'static str = config.to_owned().leak();
    all.push(("migrations.toml", config.as_bytes()));
    let embedded = Embedded {
        name: "app3",
        path: "apps/app3",
        files: all.leak(),
    };
    App::embedded(&embedded).expect("valid")
}

/// Each series as `label in directory: V1__a, V2__b`.
fn check(config: &str, files: &[&'static str], expected: &[&str]) {
    let app = app(config, files);
    let series: Vec<String> = app
        .series
        .iter()
        .map(|series| {
            let labels: Vec<String> = series.migrations.iter().map(|m| m.label()).collect();
            let labels = labels.join(", ");
            format!("{} in {}: {labels}", series.label(), series.directory)
        })
        .collect();
    assert_eq!(series, expected, "{files:?}");
}

/// What is wrong with each series, as `label: path: code`.
fn problems(files: &[&'static str]) -> Vec<String> {
    let of = |series: &Arc<Series>| -> Vec<String> {
        let problems = series.problems.iter();
        problems
            .map(|malformed| {
                let problem = &malformed.0;
                let path = &problem.places[0].path;
                format!("{}: {path}: {}", series.label(), problem.code)
            })
            .collect()
    };
    app(TENANTS, files).series.iter().flat_map(of).collect()
}

#[test]
fn directories_are_tracks_and_the_global_one_comes_first() {
    check(
        TENANTS,
        &[
            "migrations/core/tenant/V1__a.sql",
            "migrations/core/tenant/nested/V3__c.sql",
            "migrations/core/global/V7__g.sql",
            "migrations/core/README.md",
        ],
        &[
            "app3/core/global in apps/app3/migrations/core/global: V7__g",
            "app3/core/tenant in apps/app3/migrations/core/tenant: V1__a, V3__c",
        ],
    );
}

#[test]
fn without_directories_all_files_are_the_tenants() {
    check(
        TENANTS,
        &[
            "migrations/core/V1__a.sql",
            "migrations/core/more/V2__b.sql",
        ],
        &["app3/core/tenant in apps/app3/migrations/core: V1__a, V2__b"],
    );
}

#[test]
fn a_track_may_be_alone() {
    check(
        TENANTS,
        &["migrations/core/tenant/V1__a.sql"],
        &["app3/core/tenant in apps/app3/migrations/core/tenant: V1__a"],
    );
    // The tenants have no migrations yet, and are a series all the same.
    check(
        TENANTS,
        &["migrations/core/global/V1__a.sql"],
        &[
            "app3/core/global in apps/app3/migrations/core/global: V1__a",
            "app3/core/tenant in apps/app3/migrations/core/tenant: ",
        ],
    );
}

#[test]
fn other_layouts_have_one_series() {
    for layout in ["single", "database-per-tenant", "sharded"] {
        check(
            &format!("[databases.core]\nlayout = \"{layout}\"\n"),
            &["migrations/core/V1__a.sql"],
            &["app3/core in apps/app3/migrations/core: V1__a"],
        );
    }
}

#[test]
fn each_database_has_its_own_tracks() {
    check(
        "[databases.b]\nlayout = \"schema-per-tenant\"\n[databases.a]\npath = \"sql\"\n",
        &[
            "migrations/b/global/V1__a.sql",
            "migrations/b/tenant/V1__b.sql",
            "sql/V1__c.sql",
        ],
        &[
            "app3/b/global in apps/app3/migrations/b/global: V1__a",
            "app3/b/tenant in apps/app3/migrations/b/tenant: V1__b",
            "app3/a in apps/app3/sql: V1__c",
        ],
    );
}

#[test]
fn beside_the_tracks_no_migration_is_left_out_unseen() {
    let global = "migrations/core/global/V1__a.sql";
    let of = |stray: &[&'static str]| problems(&[&[global], stray].concat());
    let at = |path: &str, code: &str| {
        format!("app3/core/tenant: apps/app3/migrations/core/{path}: {code}")
    };
    assert_eq!(
        of(&["migrations/core/V2__b.sql"]),
        [at("V2__b.sql", "no-track")]
    );
    assert_eq!(
        of(&["migrations/core/tennant/V2__b.sql"]),
        [at("tennant/V2__b.sql", "no-track")]
    );
    // A name or a version that is wrong is no reason to overlook it.
    assert_eq!(
        of(&["migrations/core/V2_b.sql"]),
        [at("V2_b.sql", "misnamed-migration")]
    );
    assert_eq!(
        of(&["migrations/core/V2__b.sql", "migrations/core/V2__c.sql"]),
        [at("V2__b.sql", "duplicate-version")]
    );
    assert_eq!(
        of(&["migrations/core/V2__b.down.sql"]),
        [at("V2__b.down.sql", "down-without-migration")]
    );
    assert_eq!(of(&["migrations/core/README.md"]), [""; 0]);
    let app = app(TENANTS, &[global, "migrations/core/V2__b.sql"]);
    let problem = &app.series[1].problems[0].0;
    assert_eq!(problem.message, "V2__b belongs to no track");
    assert_eq!(
        problem.helps,
        [
            "move it to apps/app3/migrations/core/global (once per database) or \
          apps/app3/migrations/core/tenant (once per tenant)"
        ]
    );
}

#[test]
fn one_version_may_be_in_both_tracks() {
    let found = problems(&[
        "migrations/core/global/V1__a.sql",
        "migrations/core/tenant/V1__a.sql",
    ]);
    assert_eq!(found, [""; 0]);
}

#[test]
fn what_is_read_from_disk_is_what_is_embedded() {
    let files = [
        "migrations/core/global/V1__a.sql",
        "migrations/core/tenant/V1__b.sql",
        "migrations/core/V3__stray.sql",
    ];
    let directory = tempfile::tempdir().expect("made");
    for file in files {
        let path = directory.path().join(file);
        std::fs::create_dir_all(path.parent().expect("below")).expect("made");
        std::fs::write(path, "select 1").expect("written");
    }
    let config = format!("{TENANTS}tenants = [\"a\"]\n");
    std::fs::write(directory.path().join("migrations.toml"), &config).expect("written");
    let on_disk = App::from_disk("app3", "apps/app3", directory.path()).expect("valid");
    assert_eq!(on_disk, app(&config, &files));
    assert!(matches!(
        on_disk.config.databases[0].tenants,
        Some(TenantSource::List(_))
    ));
}

#[test]
fn a_fleet_is_what_has_a_target_for_each_tenant_or_shard() {
    let fleets = |layout: &str, file: &'static str| -> Vec<bool> {
        let config = format!("[databases.core]\nlayout = \"{layout}\"\n");
        let series = app(&config, &[file]).series;
        series.iter().map(|series| series.is_fleet()).collect()
    };
    let flat = "migrations/core/V1__a.sql";
    assert_eq!(fleets("single", flat), [false]);
    assert_eq!(fleets("sharded", flat), [true]);
    assert_eq!(fleets("database-per-tenant", flat), [true]);
    assert_eq!(fleets("schema-per-tenant", flat), [true]);
    assert_eq!(
        fleets("schema-per-tenant", "migrations/core/global/V1__a.sql"),
        [false, true]
    );
}
