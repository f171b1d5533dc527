//! Two tenants with equal schemas have equal facts, whatever they are called.

use migrations_common::catalog;

use super::{Specimen, words};

#[test]
fn tenants_of_any_name_have_equal_facts() {
    let long = "ü".repeat(31) + "x";
    let names = [
        "a",
        "Größe \"1\"",
        "with space",
        "o'brien\\",
        "select",
        "ext.a",
        &long,
        "a, b",
        "$1",
    ];
    let mut specimen = Specimen::in_schemas(&names);
    let first = catalog::read(&mut specimen.client, names[0]).expect("read");
    assert!(first.len() > 100);
    for name in names {
        let facts = catalog::read(&mut specimen.client, name).expect("read");
        let differences = catalog::compare(&first, &facts);
        assert_eq!(words(&differences), [""; 0], "{name}");
        assert_eq!(first, facts, "{name}");
        assert_eq!(catalog::fingerprint(&first), catalog::fingerprint(&facts));
    }
}
