use super::super::super::fixtures::{applied, fleet, tenant};
use super::*;
use crate::app::App;
use crate::event::How;

fn begin(app: &App, targets: usize, canary: bool) -> Event {
    Event::Fleet {
        series: Arc::clone(app.series.last().expect("one")),
        targets,
        jobs: 8,
        canary,
    }
}

fn end(target: &Arc<Target>, outcome: Outcome) -> Event {
    Event::Ended {
        target: Arc::clone(target),
        outcome,
        applied: 1,
        elapsed: Duration::from_millis(40),
    }
}

/// The lines of `steps` while `number` targets end in `seconds` each.
fn lines(number: usize, seconds: f64) -> Vec<String> {
    let app = fleet("app3", "schema-per-tenant");
    let start = Instant::now();
    let mut steps = Steps::default();
    steps.event(&begin(&app, number, false), start, false);
    let acme = tenant(&app, "acme");
    (1..=number)
        .filter_map(|n| {
            let outcome = if n == 2 {
                Outcome::Failed
            } else {
                Outcome::Applied
            };
            let passed = seconds * f64::from(u32::try_from(n).expect("small"));
            let now = start + Duration::from_secs_f64(passed);
            steps.event(&end(&acme, outcome), now, false)
        })
        .map(|(_, text)| text)
        .collect()
}

#[test]
fn a_log_gets_a_line_a_tenth_and_not_too_often() {
    let slow = lines(1_000, 0.25);
    assert_eq!(slow.len(), 9, "{slow:?}");
    assert_eq!(
        slow[3],
        "             400 of 1000 tenants  4.0/s  1 failed  eta 2 min 30 s\n"
    );
    let fast = lines(1_000, 0.015);
    assert_eq!(
        fast,
        ["             667 of 1000 tenants  67/s  1 failed  eta 5 s\n"]
    );
    assert_eq!(lines(10_000, 0.000_1), [""; 0]);
    assert_eq!(lines(21, 60.0).len(), 9);
}

#[test]
fn few_targets_get_a_line_each() {
    let app = fleet("app3", "schema-per-tenant");
    let now = Instant::now();
    let mut steps = Steps::default();
    let heading = steps
        .event(&begin(&app, 4, true), now, true)
        .expect("a line");
    assert_eq!(
        anstream::adapter::strip_str(&heading.1).to_string(),
        "        app3 workspaces  4 tenants first, as canaries, 4 at a time\n"
    );
    let names = ["acme", "hooli", "initech", "umbrella"];
    let [acme, hooli, initech, umbrella] = names.map(|name| tenant(&app, name));
    for (target, version) in [(&acme, 1), (&hooli, 1), (&acme, 2), (&acme, 3)] {
        let done = Event::Done {
            target: Arc::clone(target),
            applied: applied(target, version, How::InTransaction, 1),
        };
        assert!(steps.event(&done, now, true).is_none());
    }
    let mut line = |target, outcome| {
        let told = steps.event(&end(target, outcome), now, true);
        told.expect("a line").1
    };
    assert_eq!(
        line(&acme, Outcome::Applied),
        "             acme                   V1 to V3       40 ms\n"
    );
    assert_eq!(
        line(&hooli, Outcome::Failed),
        "             hooli                  V1, then failed     40 ms\n"
    );
    assert_eq!(
        line(&initech, Outcome::AtHead),
        "             initech                already at head     40 ms\n"
    );
    assert_eq!(
        line(&umbrella, Outcome::Busy),
        "             umbrella               busy           40 ms\n"
    );
}

#[test]
fn the_bar_fits_the_terminal() {
    let app = fleet("app3", "schema-per-tenant");
    let start = Instant::now();
    let mut steps = Steps::default();
    assert_eq!(steps.bar(start, 80), None);
    steps.event(&begin(&app, 1_000, false), start, true);
    let shown =
        |steps: &Steps, millis, width| steps.bar(start + Duration::from_millis(millis), width);
    assert_eq!(
        shown(&steps, 0, 80).expect("a bar"),
        "  workspaces                            0/1000  8 connections"
    );
    let acme = tenant(&app, "acme");
    steps.event(&end(&acme, Outcome::Failed), start, true);
    for _ in 0..811 {
        steps.event(&end(&acme, Outcome::Applied), start, true);
    }
    assert_eq!(
        shown(&steps, 8_458, 90).expect("a bar"),
        "  workspaces  ███████████████████▍      812/1000  8 connections  96/s  1 failed  eta 2 s"
    );
    assert_eq!(
        shown(&steps, 8_458, 66).expect("a bar"),
        "  workspaces  812/1000  8 connections  96/s  1 failed  eta 2 s"
    );
    for width in 0..100 {
        let bar = shown(&steps, 8_458, width).expect("a bar");
        assert!(bar.chars().count() < width.max(1), "{width}: {bar:?}");
    }
    for _ in 0..188 {
        steps.event(&end(&acme, Outcome::Applied), start, true);
    }
    assert_eq!(shown(&steps, 9_000, 80), None, "the step is over");
}
