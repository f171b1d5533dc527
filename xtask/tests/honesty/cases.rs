//! Every case, by both judges.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::case::{self, Case};
use crate::judge::{Reader, shadow};
use crate::tally::Tally;
use migrations_effects::verdict::Verdict;

/// Fewer would not be every interesting pair of effects.
const AT_LEAST: usize = 100;

/// At most one in so many cases may have a verdict that is weaker than what the server says.
const WEAKER: usize = 10;

/// What the threads found.
#[derive(Default)]
struct Found {
    tally: Tally,
    weaker: Vec<String>,
    wrong: Vec<String>,
}

#[test]
fn every_case_is_judged_as_the_server_does() {
    let only = std::env::var("HONESTY_CASE").ok();
    let cases: Vec<Case> = (case::all().into_iter())
        .filter(|case| {
            only.as_ref()
                .is_none_or(|only| case.name.contains(only.as_str()))
        })
        .collect();
    // Cases with one base share a shadow database.
    let mut by_base: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
    for case in &cases {
        by_base.entry(&case.base).or_default().push(case);
    }
    let found = judge_all(by_base);
    println!("{}", found.tally);
    println!("weaker: {}", found.weaker.join(", "));
    assert!(
        found.wrong.is_empty(),
        "{} of {} cases are judged wrongly\n\n{}",
        found.wrong.len(),
        cases.len(),
        found.wrong.join("\n\n")
    );
    if only.is_none() {
        assert!(cases.len() >= AT_LEAST, "{} cases", cases.len());
        assert!(
            found.tally.weaker() * WEAKER <= cases.len(),
            "too many cases whose verdict is weaker than the server's"
        );
    }
}

fn judge_all(by_base: BTreeMap<&str, Vec<&Case>>) -> Found {
    let mut groups: Vec<(&str, Vec<&Case>)> = by_base.into_iter().collect();
    // The large ones first, in pieces: the threads end together.
    groups.sort_by_key(|(_, cases)| usize::MAX - cases.len());
    let pieces: Vec<(&str, &[&Case])> = (groups.iter())
        .flat_map(|(base, cases)| cases.chunks(8).map(|piece| (*base, piece)))
        .collect();
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Found::default());
    let threads = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((base, cases)) = pieces.get(next.fetch_add(1, Ordering::Relaxed)) {
                    judge_on(base, cases, &found);
                }
            });
        }
    });
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn judge_on(base: &str, cases: &[&Case], found: &Mutex<Found>) {
    let reader = Reader::of(base);
    let mut shadow = shadow(base);
    for case in cases {
        let judgement = reader.judge(&case.a, &case.b);
        let finding = reader.prove(&mut shadow, &case.a, &case.b);
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        let mut wrong = Vec::new();
        let (verdict, expected) = (judgement.verdict, case.expected);
        if verdict != expected.verdict {
            let reasons: Vec<String> = (judgement.clashes.iter())
                .map(|clash| {
                    format!(
                        "  {}: {}",
                        clash.ruling.verdict.name(),
                        clash.ruling.words("a", "b")
                    )
                })
                .collect();
            wrong.push(format!(
                "{}: the text tells {}, expected is {}\n{}",
                case.name,
                verdict.name(),
                expected.verdict.name(),
                reasons.join("\n")
            ));
        }
        match finding.server {
            Some(server) => {
                found.tally.add(verdict, server);
                if verdict == Verdict::Commutes && server != crate::judge::Server::Equal {
                    wrong.push(format!(
                        "{}: the text tells that the order does not matter, which is untrue: {}",
                        case.name, finding.words
                    ));
                }
                if server != expected.server {
                    wrong.push(format!(
                        "{}: the server says {}, expected is {}: {}",
                        case.name,
                        server.name(),
                        expected.server.name(),
                        finding.words
                    ));
                }
                if verdict != Verdict::Commutes && server == crate::judge::Server::Equal {
                    found.weaker.push(case.name.clone());
                }
            }
            None => wrong.push(format!(
                "{}: nothing is proved: {}",
                case.name, finding.words
            )),
        }
        found.wrong.extend(wrong);
    }
}
