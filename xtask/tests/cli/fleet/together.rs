//! Two runners over one fleet at once: each migration is applied once everywhere, and what both tell adds up.

use super::{Fleet, applied, document, tenants};
use crate::support::Run;

const TENANTS: usize = 60;
const ROUNDS: usize = 5;

#[test]
fn two_runners_at_once_apply_each_migration_once_everywhere() {
    for round in 0..ROUNDS {
        let fleet = Fleet::of(TENANTS, "");
        fleet.steps(3);
        fleet.step(3, "-- migration: commit-before");
        let runners = [fleet.start(&[]), fleet.start(&[])];
        let reports = runners.map(|runner| document(&Run::end(runner).expect(0)));
        fleet.expect_all_at(TENANTS, 3);
        let [first, second] = reports.each_ref().map(tenants);
        assert_eq!(first.len(), TENANTS);
        for (name, one) in &first {
            let other = &second[name];
            let mut all = [applied(one), applied(other)].concat();
            all.sort_unstable();
            assert_eq!(all, [1, 2, 3], "round {round}, {name}: {one} and {other}");
            for target in [one, other] {
                let outcome = if applied(target).is_empty() {
                    "at_head"
                } else {
                    "applied"
                };
                assert_eq!(target["outcome"], outcome, "{name}");
            }
        }
    }
}

#[test]
fn two_runners_at_once_on_a_fresh_database_share_the_global_track_too() {
    for _ in 0..ROUNDS {
        let fleet = Fleet::without_registry("");
        fleet.migration("global/V1__tenants.sql", super::global::REGISTRY);
        fleet.steps(2);
        let runners = [fleet.start(&[]), fleet.start(&[]), fleet.start(&[])];
        let reports = runners.map(|runner| document(&Run::end(runner).expect(0)));
        fleet.expect_all_at(3, 2);
        let of = |name: &str| -> Vec<i64> {
            let targets = reports
                .iter()
                .filter_map(|report| report["targets"].as_array());
            let own = targets.flatten().filter(|target| target["target"] == name);
            own.flat_map(applied).collect()
        };
        assert_eq!(of("public"), [1]);
        for name in ["acme", "globex", "initech"] {
            let mut all = of(name);
            all.sort_unstable();
            assert_eq!(all, [1, 2], "{name}");
        }
    }
}
