//! Apps whose tenants share a database: a schema for each, and tracks.

use std::path::Path;
use std::sync::Arc;

use migrations_common::Environment;
use migrations_common::app::App;
use migrations_common::connect::Parameters;
use migrations_common::placeholder::Values;
use migrations_common::report::Report;
use migrations_common::target::{Scope, Target};

use super::TestDatabase;

/// An app with one database `core` of layout `schema-per-tenant`, from more lines of its config and (path below its
/// directory of migrations, text) pairs.
pub(crate) fn app(name: &str, config: &str, files: &[(&str, &str)]) -> App {
    let directory = tempfile::tempdir().expect("made");
    let write = |path: &Path, text: &str| {
        std::fs::create_dir_all(path.parent().expect("below")).expect("made");
        std::fs::write(path, text).expect("written");
    };
    write(
        &directory.path().join("migrations.toml"),
        &format!("[databases.core]\nshared = \"core\"\nlayout = \"schema-per-tenant\"\n{config}\n"),
    );
    for (file, text) in files {
        write(&directory.path().join("migrations/core").join(file), text);
    }
    App::from_disk(name, &format!("apps/{name}"), directory.path()).expect("valid")
}

/// The targets of `app` in `place`: that of the global track if it has one, then those of `tenants`.
pub(crate) fn targets(app: &App, place: &TestDatabase, tenants: &[&str]) -> Vec<Arc<Target>> {
    targets_with(app, place, tenants, |_| {})
}

/// The same, each changed by `change`.
pub(crate) fn targets_with(
    app: &App,
    place: &TestDatabase,
    tenants: &[&str],
    change: impl Fn(&mut Target),
) -> Vec<Arc<Target>> {
    let parameters = Parameters::from_url(&place.url(), &Environment::default()).expect("valid");
    let parameters = Arc::new(parameters);
    let mut targets = Vec::new();
    for series in &app.series {
        let mut values: Values = app.config.placeholders.clone();
        values.insert("schema".to_owned(), series.config.schema.clone());
        let scopes: Vec<Scope> = if series.is_fleet() {
            let of_tenant = |name: &&str| Scope::of_tenant(series, name, values.clone());
            tenants.iter().map(of_tenant).collect()
        } else {
            vec![Scope::of(series, values)]
        };
        targets.extend(scopes.into_iter().map(|scope| {
            let mut target = Target {
                scope,
                environment: "test".into(),
                parameters: Arc::clone(&parameters),
                direct: None,
                max_connections: 4,
                made_on_demand: false,
                origin: None,
            };
            change(&mut target);
            Arc::new(target)
        }));
    }
    targets
}

/// Makes the schemas of `tenants`.
pub(crate) fn make_schemas(place: &TestDatabase, tenants: &[&str]) {
    for tenant in tenants {
        place.run(&format!(
            "create schema \"{}\"",
            tenant.replace('"', "\"\"")
        ));
    }
}

/// What became of each target: `acme applied 1 2`, `beta failed: missing-schema`.
pub(crate) fn ends(report: &Report) -> Vec<String> {
    let end = |one: &migrations_common::report::TargetReport| {
        let mut end = format!("{} {}", one.target.name(), one.outcome.word());
        for applied in &one.applied {
            end.extend([" ", &applied.migration.version.to_string()]);
        }
        for problem in &one.problems {
            end.extend([": ", problem.code]);
        }
        end
    };
    report.targets.iter().map(end).collect()
}
