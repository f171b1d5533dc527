//! The runner of a fleet killed with SIGKILL at random moments: no tenant inside a unit, none migrated twice, and the next
//! run finishes.

use std::hash::{BuildHasher as _, RandomState};

use super::{Fleet, follow, named, tenants, versions};
use crate::support::Run;

const TENANTS: usize = 200;
const ROUNDS: usize = 20;

/// Moments that are drawn anew in each test run, and told if it fails.
struct Moments {
    seed: u64,
    state: u64,
}

impl Moments {
    fn new() -> Self {
        let seed = RandomState::new().hash_one(());
        Moments { seed, state: seed }
    }

    /// The next number below `end`: `SplitMix64` (Steele, Lea, Flood 2014).
    fn below(&mut self, end: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let drawn = (mixed ^ (mixed >> 31)) % u64::try_from(end).expect("64 bits");
        usize::try_from(drawn).expect("below end")
    }
}

/// Starts a run and kills it once it told of `moment` events; false if it had ended before.
fn killed_after(fleet: &Fleet, moment: usize) -> bool {
    let mut runner = fleet.start(&[]);
    let mut told = 0;
    follow(&mut runner, |_| {
        told += 1;
        told > moment
    });
    runner.kill().expect("killed");
    Run::end(runner).code == -1
}

#[test]
fn a_killed_runner_leaves_no_tenant_half_done_and_none_migrated_twice() {
    let mut moments = Moments::new();
    let seed = moments.seed;
    let (mut fleet, mut head, mut killed) = (Fleet::of(TENANTS, ""), 0, 0);
    for round in 0..ROUNDS {
        let case = format!("seed {seed}, round {round}");
        if round % 5 == 0 {
            fleet = Fleet::of(TENANTS, "");
            head = 0;
        }
        // Two units: a tenant may be killed between them.
        if head == 0 {
            fleet.steps(1);
        } else {
            fleet.step(head + 1, "");
        }
        fleet.step(head + 2, "-- migration: commit-before");
        head += 2;
        // At least six events a tenant.
        let moment = moments.below(TENANTS * 6);
        killed += usize::from(killed_after(&fleet, moment));
        fleet.wait_for_silence();
        let left = fleet.whole();
        let allowed: Vec<String> = (head - 2..=head).map(versions).collect();
        let torn: Vec<_> = left
            .iter()
            .filter(|(_, at)| !allowed.contains(at))
            .collect();
        assert!(torn.is_empty(), "{case}: {torn:?}");
        let done = left.values().filter(|at| **at == versions(head)).count();

        let report = fleet.migrate(&[]).expect(0).json();
        assert_eq!(tenants(&report).len(), TENANTS, "{case}");
        assert_eq!(named(&report, "at_head").len(), done, "{case}");
        assert_eq!(named(&report, "applied").len(), TENANTS - done, "{case}");
        fleet.expect_all_at(TENANTS, head);
    }
    assert!(
        killed > ROUNDS / 2,
        "seed {seed}: {killed} of {ROUNDS} runs were killed before their end"
    );
}

#[test]
fn a_runner_killed_between_concurrent_builds_is_finished_by_the_next() {
    const TENANTS: usize = 30;
    let mut moments = Moments::new();
    let seed = moments.seed;
    let fleet = Fleet::of(TENANTS, "");
    fleet.steps(1);
    fleet.migrate(&[]).expect(0);
    for version in 2..8 {
        let case = format!("seed {seed}, V{version}");
        fleet.migration(
            &format!("tenant/V{version}__index.sql"),
            &format!("-- migration: no-transaction\ncreate index concurrently log_{version} on log (version);"),
        );
        // Planned, started, done and ended, and what is noted between.
        let moment = moments.below(TENANTS * 4);
        killed_after(&fleet, moment);
        fleet.wait_for_silence();
        let report = fleet.migrate(&[]).expect(0).json();
        assert_eq!(tenants(&report).len(), TENANTS, "{case}");
        let count = |of: &str| fleet.workspace.value(&format!("select count(*) {of}"));
        let valid = format!(
            "from pg_index where indisvalid and indexrelid::regclass::text like '%.log_{version}'"
        );
        assert_eq!(count(&valid), TENANTS.to_string(), "{case}");
        assert_eq!(count("from pg_index where not indisvalid"), "0", "{case}");
        for (name, (ran, recorded)) in fleet.standings() {
            assert_eq!(ran, "1", "{case}, {name}");
            assert_eq!(recorded, versions(version), "{case}, {name}");
        }
    }
}
