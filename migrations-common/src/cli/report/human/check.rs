//! What `check` found: each finding as a problem, and one line that sums up.

use std::collections::BTreeSet;

use super::super::finding::{Check, Finding};
use super::super::problem::{Look, Severity, render};
use super::super::wording::{BAD, GOOD, WAITS, count, paint};

pub(super) fn text(check: &Check, look: Look) -> String {
    let mut blocks: Vec<String> = (check.findings.iter())
        .map(|finding| render(&finding.problem, finding.severity, look))
        .collect();
    blocks.push(summary(check));
    blocks.join("\n")
}

/// `3 new migrations in 2 apps, 1 shared table · 2 errors`.
fn summary(check: &Check) -> String {
    let here = || check.new_migrations.iter().filter(|one| one.on.is_none());
    let apps: BTreeSet<&str> = here().map(|one| one.series.app.as_str()).collect();
    let mut parts = vec![match here().count() {
        0 => "no new migration".to_owned(),
        number => format!(
            "{} in {}",
            count(number, "new migration"),
            count(apps.len(), "app")
        ),
    }];
    if check.shared_tables > 0 {
        parts.push(count(check.shared_tables, "shared table"));
    }
    let elsewhere = check.new_migrations.len() - here().count();
    if elsewhere > 0 {
        let branches: BTreeSet<_> = check
            .new_migrations
            .iter()
            .filter_map(|one| one.on.as_ref())
            .collect();
        parts.push(format!(
            "compared with {elsewhere} on {}",
            branches_of(branches.len())
        ));
    }
    let number = |severity| {
        let of = |finding: &&Finding| finding.severity == severity;
        check.findings.iter().filter(of).count()
    };
    let verdict = match (number(Severity::Error), number(Severity::Warning)) {
        (0, 0) => paint(GOOD, "nothing to settle"),
        (0, warnings) => paint(WAITS, count(warnings, "warning")),
        (errors, 0) => paint(BAD, count(errors, "error")),
        (errors, warnings) => format!(
            "{}, {}",
            paint(BAD, count(errors, "error")),
            paint(WAITS, count(warnings, "warning"))
        ),
    };
    format!("{} · {verdict}\n", parts.join(", "))
}

fn branches_of(number: usize) -> String {
    match number {
        1 => "1 other branch".to_owned(),
        many => format!("{many} other branches"),
    }
}
