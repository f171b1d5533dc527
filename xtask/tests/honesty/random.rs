//! Random pairs of migrations, by both judges: where the text says that the order does not matter, it must not.

mod draw;
mod grammar;
mod pair;
mod shrink;
mod trial;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::judge::{Reader, Server, shadow};
use crate::tally::Tally;
use draw::Draw;
use grammar::Grammar;
use migrations_common::shadow::Shadow;
use migrations_effects::verdict::Verdict;
use pair::Pair;
use trial::Trial;

const BASE: &str = include_str!("random/base.sql");

/// As many as two cores judge in three minutes.
const PAIRS: u64 = 2000;
const SEED: u64 = 4;

/// All pairs are tried in both orders. What works is compared too, where the text says that the order does not matter and
/// both name something in common; of the other pairs one in so many is.
const COMPARED: u64 = 8;

/// After so many shadow databases' worth of pairs a thread takes a fresh one: roles and settings pile up.
const PER_SHADOW: u64 = 500;

/// What the threads found.
#[derive(Default)]
struct Found {
    tally: Tally,
    /// Pairs that work in both orders, and what they leave was not compared.
    not_compared: BTreeMap<Verdict, usize>,
    /// Statements that ran, and that did not, by kind.
    kinds: BTreeMap<&'static str, Tried>,
    unproven: BTreeMap<String, usize>,
    untrue: Vec<String>,
    weaker: BTreeMap<String, usize>,
}

#[derive(Clone, Copy, Default)]
struct Tried {
    ran: usize,
    refused: usize,
}

/// One thread's means.
struct Worker {
    reader: Reader,
    trial: Trial,
    shadow: Shadow,
}

#[test]
fn no_random_pair_is_said_to_commute_that_does_not() {
    let (seed, pairs) = (number("HONESTY_SEED", SEED), number("HONESTY_PAIRS", PAIRS));
    let grammar = Grammar::new();
    let next = AtomicU64::new(0);
    let found = Mutex::new(Found::default());
    let threads = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut worker = None;
                for done in 0.. {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= pairs {
                        break;
                    }
                    if done % PER_SHADOW == 0 {
                        worker = None;
                    }
                    let worker = worker.get_or_insert_with(Worker::new);
                    // Each pair has a seed of its own: whichever thread takes it, it is the same.
                    let mut draw = Draw::new(seed, number);
                    let pair = worker.draw_pair(&grammar, &mut draw, &found);
                    worker.judge(number, &pair, &found);
                }
            });
        }
    });
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.print(seed);
    assert!(
        found.untrue.is_empty(),
        "{} pairs are said to commute and do not\n\n{}",
        found.untrue.len(),
        found.untrue.join("\n\n")
    );
    if pairs >= PAIRS {
        let silent: Vec<&str> = (grammar.kinds())
            .filter(|kind| found.kinds.get(kind).is_none_or(|tried| tried.ran == 0))
            .collect();
        assert!(silent.is_empty(), "no statement of {silent:?} ever ran");
    }
}

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |value| {
        (value.parse()).unwrap_or_else(|_| panic!("{variable}={value} is not a number"))
    })
}

impl Worker {
    fn new() -> Worker {
        Worker {
            reader: Reader::of(BASE),
            trial: Trial::on(BASE),
            shadow: shadow(BASE),
        }
    }

    /// Two migrations that run alone.
    fn draw_pair(&mut self, grammar: &Grammar, draw: &mut Draw, found: &Mutex<Found>) -> Pair {
        let theme = grammar.a_theme(draw);
        let mut sides = [(); 2].map(|()| {
            let mut statements = Vec::new();
            self.trial.begin();
            let wanted = 1 + draw.below(3);
            for _ in 0..wanted * 4 {
                if statements.len() >= wanted {
                    break;
                }
                let (kind, production) = grammar.statements(draw, &theme);
                let ran = self.trial.accepts(&production);
                let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                let tried = found.kinds.entry(kind).or_default();
                if ran {
                    tried.ran += 1;
                    statements.extend(production);
                } else {
                    tried.refused += 1;
                }
            }
            self.trial.forget();
            statements
        });
        let b = std::mem::take(&mut sides[1]);
        let a = std::mem::take(&mut sides[0]);
        Pair { a, b }
    }

    fn judge(&mut self, number: u64, pair: &Pair, found: &Mutex<Found>) {
        let judgement = self.reader.judge(&pair.a(), &pair.b());
        let verdict = judgement.verdict;
        let commutes = verdict == Verdict::Commutes;
        let server = match self.trial.orders(pair) {
            (Ok(()), Ok(()))
                if number.is_multiple_of(COMPARED)
                    || commutes && self.reader.meet(&pair.a(), &pair.b()) =>
            {
                self.proved(pair, found)
            }
            (Ok(()), Ok(())) => {
                let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                *found.not_compared.entry(verdict).or_default() += 1;
                None
            }
            // It may be only that both share a transaction.
            _ if commutes => self.proved(pair, found),
            (Ok(()), Err(_)) => Some(Server::AFirstOnly),
            (Err(_), Ok(())) => Some(Server::BFirstOnly),
            (Err(_), Err(_)) => Some(Server::BothFail),
        };
        let Some(server) = server else {
            return;
        };
        let untrue = (verdict == Verdict::Commutes && server != Server::Equal)
            .then(|| shrink::shrunk(pair, |smaller| self.is_untrue(smaller)));
        let words = untrue.map(|small| {
            let finding = self.reader.prove(&mut self.shadow, &small.a(), &small.b());
            format!("pair {number}: {}", small.as_case(&finding))
        });
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        found.tally.add(verdict, server);
        found.untrue.extend(words);
        if server == Server::Equal && verdict != Verdict::Commutes {
            let why = match judgement
                .clashes
                .iter()
                .max_by_key(|clash| clash.ruling.verdict)
            {
                Some(clash) => clash.ruling.words("a", "b"),
                None => self.reader.unread(&(pair.a() + &pair.b())),
            };
            *found.weaker.entry(without_names(&why)).or_default() += 1;
        }
    }

    fn proved(&mut self, pair: &Pair, found: &Mutex<Found>) -> Option<Server> {
        let finding = self.reader.prove(&mut self.shadow, &pair.a(), &pair.b());
        if finding.server.is_none() {
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            *found.unproven.entry(finding.words).or_default() += 1;
        }
        finding.server
    }

    fn is_untrue(&mut self, pair: &Pair) -> bool {
        let verdict = self.reader.judge(&pair.a(), &pair.b()).verdict;
        verdict == Verdict::Commutes
            && (self.reader)
                .prove(&mut self.shadow, &pair.a(), &pair.b())
                .server
                .is_some_and(|server| server != Server::Equal)
    }
}

impl Found {
    fn print(&self, seed: u64) {
        println!("seed {seed}\n{}", self.tally);
        for (verdict, count) in &self.not_compared {
            let verdict = verdict.name();
            println!("{count} more work in both orders, judged {verdict}, and were not compared");
        }
        println!("\nstatements that ran, and that were refused, by kind:");
        for (kind, tried) in &self.kinds {
            println!("{:6} {:6}  {kind}", tried.ran, tried.refused);
        }
        println!("\ntoo careful, by the first reason:");
        print_counts(&self.weaker);
        println!("\nunproven:");
        print_counts(&self.unproven);
    }
}

fn print_counts(counts: &BTreeMap<String, usize>) {
    let mut counts: Vec<_> = counts.iter().collect();
    counts.sort_by_key(|(_, count)| usize::MAX - **count);
    for (what, count) in counts.into_iter().take(25) {
        println!("{count:6}  {what}");
    }
}

/// A reason without what stands in backquotes.
fn without_names(why: &str) -> String {
    let parts = why.split('`').enumerate();
    parts
        .map(|(number, part)| if number % 2 == 0 { part } else { "…" })
        .collect()
}
