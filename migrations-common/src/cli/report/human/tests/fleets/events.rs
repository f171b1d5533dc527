//! What happens to many targets.

use insta::assert_snapshot;

use super::*;

#[test]
fn a_step_tells_of_its_targets_instead_of_their_migrations() {
    let app = fleet("app3", "schema-per-tenant");
    let some = tenants(&app, 3);
    let text = shown(|human| {
        human.event(&Event::Fleet {
            series: Arc::clone(&app.series[0]),
            targets: some.len(),
            jobs: 8,
            canary: false,
        });
        for target in &some {
            human.event(&Event::Planned {
                target: Arc::clone(target),
                pending: 2,
                known: 3,
            });
            done(human, target, 2, How::InTransaction, 12);
            done(human, target, 3, How::InTransaction, 7);
            human.event(&Event::Ended {
                target: Arc::clone(target),
                outcome: Outcome::Applied,
                applied: 2,
                elapsed: Duration::from_millis(40),
            });
        }
    });
    assert_snapshot!(text, @r"
    app3 workspaces  3 tenants, 3 at a time
         t0                     V2 to V3       40 ms
         t1                     V2 to V3       40 ms
         t2                     V2 to V3       40 ms
    ");
}

#[test]
fn what_happens_to_a_thousand_at_once_is_told_once() {
    let app = fleet("app3", "schema-per-tenant");
    let all = tenants(&app, 1_000);
    let text = shown(|human| {
        human.event(&Event::Fleet {
            series: Arc::clone(&app.series[0]),
            targets: all.len(),
            jobs: 8,
            canary: false,
        });
        std::thread::scope(|scope| {
            for some in all.chunks(250) {
                scope.spawn(move || some.iter().for_each(|target| many_events(human, target)));
            }
        });
        human.report(&report(Vec::new()), None);
    });
    // Which tenant comes first is for the threads to say.
    let lines: Vec<String> = text
        .lines()
        .map(|line| line.split(" (t").next().unwrap_or(line).trim().to_owned())
        .collect();
    let count = |begin: &str| lines.iter().filter(|line| line.starts_with(begin)).count();
    assert_eq!(count("2>     Waiting app3 workspaces"), 1, "{text}");
    assert_eq!(count("2>    Retrying app3 workspaces"), 1, "{text}");
    assert_eq!(count("2>     Pausing postgres://"), 1, "{text}");
    assert_eq!(count("2>     WARNING app3 workspaces"), 1, "{text}");
    assert_eq!(count("2>warning[line-ends]"), 1, "{text}");
    assert_eq!(count("2>warning[odd]"), 20, "{text}");
    assert_eq!(
        count("2>             and 980 more warnings of odd"),
        1,
        "{text}"
    );
    assert!(text.lines().count() < 40, "{text}");
}

/// All that may happen to a target while it waits for others.
fn many_events(human: &Human, target: &Arc<Target>) {
    human.event(&Event::Waiting {
        target: Arc::clone(target),
        holder: None,
    });
    human.event(&Event::Retrying {
        target: Arc::clone(target),
        migration: Arc::clone(&target.series.migrations[0]),
        cause: "canceling statement due to lock timeout".to_owned(),
        pause: Duration::from_millis(400),
    });
    human.event(&Event::Pausing {
        server: "postgres://app@localhost".to_owned(),
        cause: "sorry, too many clients already".to_owned(),
        pause: Duration::from_secs(1),
    });
    human.event(&Event::Notice {
        target: Arc::clone(target),
        severity: "WARNING".to_owned(),
        message: "wal_level is insufficient".to_owned(),
    });
    human.event(&Event::Warning(Problem::verification(
        "line-ends",
        "V1__members has other line ends",
    )));
    human.event(&Event::Warning(Problem::verification(
        "odd",
        target.label(),
    )));
}
