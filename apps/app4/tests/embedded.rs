//! What the binary holds is what the source tree holds.

use std::path::Path;

use migrations_common::app::App;

#[test]
fn the_embedded_app_is_the_one_on_disk() {
    let embedded = App::embedded(&app4::MIGRATIONS).expect("a valid config");
    let on_disk = App::from_disk("app4", "apps/app4", Path::new(env!("CARGO_MANIFEST_DIR")))
        .expect("a valid config");
    assert!(
        embedded
            .series
            .iter()
            .all(|database| !database.migrations.is_empty())
    );
    assert_eq!(embedded, on_disk);
}
