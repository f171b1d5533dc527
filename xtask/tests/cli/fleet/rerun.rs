//! A second run touches what is behind, and nothing else.

use std::collections::BTreeMap;

use super::{Fleet, named};

const TENANTS: usize = 12;

/// Of each tenant's history the rows as they lie in the table: who wrote each, and when.
fn rows(fleet: &Fleet) -> BTreeMap<String, String> {
    let mut client = fleet.workspace.client();
    let mut rows = BTreeMap::new();
    for number in 0..TENANTS {
        let name = format!("t{number:03}");
        let query = format!(
            "select string_agg(ctid || ' ' || xmin || ' ' || applied_on, '; ' order by version) from {name}.fleet_core_schema_history"
        );
        let row = client.query_one(&query, &[]).expect("answers");
        rows.insert(name, row.get(0));
    }
    rows
}

#[test]
fn a_second_run_touches_only_what_is_behind() {
    let fleet = Fleet::of(TENANTS, "");
    fleet.steps(2);
    fleet.migrate(&[]).expect(0);
    fleet.step(3, "");
    fleet.migrate(&["--tenant", "t00*"]).expect(0);
    let before = rows(&fleet);

    let report = fleet.migrate(&[]).expect(0).json();
    let behind = ["t010", "t011"];
    assert_eq!(named(&report, "applied"), behind);
    fleet.expect_all_at(TENANTS, 3);
    for (name, now) in rows(&fleet) {
        let was = &before[&name];
        if behind.contains(&name.as_str()) {
            assert!(
                now.starts_with(&format!("{was}; ")),
                "{name}: {was}, then {now}"
            );
        } else {
            assert_eq!(&now, was, "{name}");
        }
    }
}

#[test]
fn a_run_with_nothing_to_do_writes_nothing() {
    let fleet = Fleet::of(TENANTS, "");
    fleet.steps(2);
    fleet.migrate(&[]).expect(0);
    let before = rows(&fleet);
    let report = fleet.migrate(&[]).expect(0).json();
    assert_eq!(named(&report, "at_head").len(), TENANTS);
    assert_eq!(rows(&fleet), before);
}
