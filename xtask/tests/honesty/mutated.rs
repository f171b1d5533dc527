//! SQL that nobody wrote: whatever is in a file, reading it neither panics nor points outside of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::Config;

use crate::case;
use migrations_effects::verdict::between;
use migrations_effects::{Known, Surroundings, read};

/// What is done to a text, at a token that `at` chooses.
#[derive(Clone, Debug)]
enum Mutation {
    Delete {
        at: usize,
    },
    Duplicate {
        at: usize,
    },
    Swap {
        at: usize,
        with: usize,
    },
    Truncate {
        at: usize,
    },
    Insert {
        at: usize,
        text: String,
    },
    Splice {
        at: usize,
        from: usize,
        tokens: usize,
    },
}

const MUTANTS: u32 = 4000;

/// What confuses readers: delimiters without their other half, odd characters, words that open something.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "'",
    "''",
    "\"",
    "\"\"",
    "$$",
    "$a$",
    "$1",
    "${schema}",
    "${",
    "E'\\",
    "U&'\\",
    "U&\"\\00",
    "/*",
    "*/",
    "--",
    "\\",
    ";",
    ":",
    "::",
    ",",
    ".",
    "..",
    "*",
    "=",
    "=>",
    ":=",
    "<<a>>",
    "1e",
    "0x",
    "99999999999999999999",
    "\0",
    "\u{feff}",
    "\u{a0}",
    "é",
    "𝒳",
    "begin",
    "end",
    "as",
    "select",
    "from",
    "if",
    "loop",
    "case",
    "when",
    "execute",
    "with",
    "not",
    "table",
    "on",
    "only",
    "using",
    "values",
    "language sql as '",
    "do $$",
    "begin atomic",
    "set search_path to",
    "alter table",
    "\n",
    "\r\n",
    "\t",
];

/// What a parser may recurse into.
const NESTS: &[&str] = &[
    "(",
    "select (",
    "[",
    "case when ",
    "not ",
    "begin ",
    "if a then ",
    "- ",
    "a.",
    "a[",
    "array[",
    "select * from (",
    "with a as (",
    "f(",
    "/*",
    "$$",
    "do $$ begin ",
];

proptest! {
    #![proptest_config(Config { cases: MUTANTS, failure_persistence: None, ..Config::default() })]

    #[test]
    fn reading_never_panics(text in mutant(), placeholders in any::<bool>()) {
        let surroundings = Surroundings {
            search_path: vec!["public".to_owned()],
            placeholders,
        };
        let mut script = read(&text, &surroundings);
        for effect in &script.effects {
            prop_assert!(text.get(effect.span.clone()).is_some(), "{effect} at {:?}", effect.span);
        }
        for statement in &script.statements {
            prop_assert!(text.get(statement.clone()).is_some(), "a statement at {statement:?}");
        }
        Known::default().apply(&mut script);
        for clash in between(&script.effects, &script.effects).clashes {
            prop_assert!(!clash.ruling.words("a", "b").is_empty());
        }
    }
}

fn mutant() -> impl Strategy<Value = String> {
    let mutations = vec(mutation(), 1..6);
    (select(texts()), mutations).prop_map(|(text, mutations)| {
        let mut tokens: Vec<String> = tokens(&text).map(str::to_owned).collect();
        for mutation in &mutations {
            apply(&mut tokens, mutation);
        }
        tokens.concat()
    })
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = || any::<usize>();
    let piece = prop_oneof![
        6 => select(PIECES).prop_map(str::to_owned),
        1 => (select(NESTS), 1..2000_usize).prop_map(|(nest, times)| nest.repeat(times)),
        1 => any::<String>(),
    ];
    prop_oneof![
        at().prop_map(|at| Mutation::Delete { at }),
        at().prop_map(|at| Mutation::Duplicate { at }),
        (at(), at()).prop_map(|(at, with)| Mutation::Swap { at, with }),
        at().prop_map(|at| Mutation::Truncate { at }),
        (at(), piece).prop_map(|(at, text)| Mutation::Insert { at, text }),
        (at(), at(), 1..20_usize).prop_map(|(at, from, tokens)| Mutation::Splice {
            at,
            from,
            tokens
        }),
    ]
}

fn apply(tokens: &mut Vec<String>, mutation: &Mutation) {
    let length = tokens.len();
    if length == 0 {
        return;
    }
    match mutation {
        Mutation::Delete { at } => {
            tokens.remove(at % length);
        }
        Mutation::Duplicate { at } => {
            let token = tokens[at % length].clone();
            tokens.insert(at % length, token);
        }
        Mutation::Swap { at, with } => tokens.swap(at % length, with % length),
        Mutation::Truncate { at } => {
            // In the middle of a token.
            tokens.truncate(at % length + 1);
            if let Some(last) = tokens.last_mut() {
                let middle = last.chars().count() / 2;
                *last = last.chars().take(middle).collect();
            }
        }
        Mutation::Insert { at, text } => tokens.insert(at % length, text.clone()),
        Mutation::Splice {
            at,
            from,
            tokens: count,
        } => {
            let start = from % length;
            let piece: Vec<String> = tokens[start..length.min(start + count)].to_vec();
            let at = at % length;
            tokens.splice(at..at, piece);
        }
    }
}

/// Words, runs of blanks, and every other character by itself.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let class = |c: char| match c {
        _ if c.is_alphanumeric() || c == '_' => 1,
        _ if c.is_whitespace() => 2,
        _ => 0,
    };
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let more = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| class(first) == 0 || class(*c) != class(first));
        let (token, after) = rest.split_at(more.map_or(rest.len(), |(at, _)| at));
        rest = after;
        Some(token)
    })
}

/// The SQL of all cases and of the example apps.
fn texts() -> &'static [String] {
    static TEXTS: OnceLock<Vec<String>> = OnceLock::new();
    TEXTS.get_or_init(|| {
        let cases = case::all().into_iter();
        let mut texts: Vec<String> = cases.flat_map(|case| [case.base, case.a, case.b]).collect();
        texts.push(include_str!("random/base.sql").to_owned());
        let apps = Path::new(env!("CARGO_MANIFEST_DIR")).join("../apps");
        let count = texts.len();
        add_files(&apps, &mut texts);
        assert!(texts.len() > count, "the apps have migrations");
        texts
    })
}

fn add_files(directory: &Path, texts: &mut Vec<String>) {
    let mut entries: Vec<PathBuf> = (fs::read_dir(directory).expect("a directory"))
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            add_files(&path, texts);
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            texts.push(fs::read_to_string(&path).expect("a text"));
        }
    }
}
