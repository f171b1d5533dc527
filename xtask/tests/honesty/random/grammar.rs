//! `grammar.txt` -> statements.

use std::collections::BTreeMap;

use super::draw::Draw;

/// Productions and words.
pub(super) struct Grammar {
    productions: BTreeMap<&'static str, Vec<&'static str>>,
    kinds: Vec<&'static str>,
    words: BTreeMap<&'static str, Vec<&'static str>>,
}

/// A table and some kinds of statements: two sides that draw from all would have nothing to do with each other.
pub(super) struct Theme {
    table: &'static Table,
    kinds: [&'static str; 5],
}

/// A table of the base, as far as statements name its columns.
struct Table {
    name: &'static str,
    key: &'static str,
    texts: &'static [&'static str],
    numbers: &'static [&'static str],
    others: &'static [&'static str],
}

const TABLES: &[Table] = &[
    Table {
        name: "users",
        key: "id",
        texts: &["name", "email", "bio"],
        numbers: &["id", "age"],
        others: &["status"],
    },
    Table {
        name: "orders",
        key: "id",
        texts: &["note"],
        numbers: &["id", "user_id", "total"],
        others: &["placed"],
    },
    Table {
        name: "lines",
        key: "order_id",
        texts: &["product"],
        numbers: &["order_id", "quantity", "price"],
        others: &["address"],
    },
    Table {
        name: "tags",
        key: "id",
        texts: &["label", "color"],
        numbers: &["id", "weight"],
        others: &[],
    },
    Table {
        name: "notes",
        key: "id",
        texts: &["body", "author"],
        numbers: &["id", "size"],
        others: &[],
    },
    Table {
        name: "events",
        key: "id",
        texts: &["kind"],
        numbers: &["id", "size"],
        others: &["at"],
    },
    Table {
        name: "things",
        key: "id",
        texts: &["label"],
        numbers: &["id"],
        others: &[],
    },
];

impl Grammar {
    pub(super) fn new() -> Grammar {
        let mut grammar = Grammar {
            productions: BTreeMap::new(),
            kinds: Vec::new(),
            words: BTreeMap::new(),
        };
        let lines = include_str!("grammar.txt").lines();
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some((word, values)) = line
                .strip_prefix("word ")
                .and_then(|line| line.split_once(" = "))
            {
                grammar.words.insert(word, values.split(" | ").collect());
            } else {
                let (kind, production) = line.split_once(": ").expect("`kind: statement`");
                grammar
                    .productions
                    .entry(kind)
                    .or_default()
                    .push(production);
            }
        }
        grammar.kinds = grammar.productions.keys().copied().collect();
        grammar
    }

    /// All kinds of statements.
    pub(super) fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.kinds.iter().copied()
    }

    /// What both sides of a pair are mostly about.
    pub(super) fn a_theme(&self, draw: &mut Draw) -> Theme {
        Theme {
            table: draw.one(TABLES),
            kinds: [(); 5].map(|()| *draw.one(&self.kinds)),
        }
    }

    /// The statements of some production, mostly of the theme, and its kind.
    pub(super) fn statements(&self, draw: &mut Draw, theme: &Theme) -> (&'static str, Vec<String>) {
        let kind = if draw.below(3) == 0 {
            *draw.one(&self.kinds)
        } else {
            *draw.one(&theme.kinds)
        };
        let production = *draw.one(&self.productions[kind]);
        let table = if draw.below(4) == 0 {
            draw.one(TABLES)
        } else {
            theme.table
        };
        let mut writer = Writer {
            grammar: self,
            draw,
            table,
            chosen: BTreeMap::new(),
        };
        let text = writer.written(production);
        (kind, text.split(" ;; ").map(str::to_owned).collect())
    }
}

/// Fills a production's holes.
struct Writer<'g> {
    grammar: &'g Grammar,
    draw: &'g mut Draw,
    table: &'static Table,
    chosen: BTreeMap<String, &'static str>,
}

impl Writer<'_> {
    fn written(&mut self, template: &str) -> String {
        let mut text = String::new();
        let mut rest = template;
        while let Some(at) = rest.find(['[', '{']) {
            text.push_str(&rest[..at]);
            let inside = &rest[at + 1..];
            if rest[at..].starts_with('{') {
                let (hole, after) = inside.split_once('}').expect("`}`");
                text.push_str(self.filled(hole));
                rest = after;
            } else {
                let (choices, after) = choices(inside);
                let chosen = *self.draw.one(&choices);
                text.push_str(&self.written(chosen));
                rest = after;
            }
        }
        text + rest
    }

    fn filled(&mut self, hole: &str) -> &'static str {
        if let Some(chosen) = self.chosen.get(hole) {
            return chosen;
        }
        let table = self.table;
        let word = hole.trim_end_matches(|c: char| c.is_ascii_digit());
        let value = match word {
            "table" => table.name,
            "text" => self.draw.one(table.texts),
            "number" => self.draw.one(table.numbers),
            "column" => {
                let all = [table.texts, table.numbers, table.others].concat();
                *self.draw.one(&all)
            }
            "other" => {
                let other = self.draw.one(TABLES);
                self.chosen.insert("key".to_owned(), other.key);
                other.name
            }
            "key" => table.key,
            word => self.draw.one(&self.grammar.words[word]),
        };
        self.chosen.insert(hole.to_owned(), value);
        value
    }
}

/// `a|b[c|d]]rest` -> `a`, `b[c|d]`, and `rest`.
fn choices(text: &str) -> (Vec<&str>, &str) {
    let (mut choices, mut start, mut depth) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' if depth > 0 => depth -= 1,
            ']' => {
                choices.push(&text[start..at]);
                return (choices, &text[at + 1..]);
            }
            '|' if depth == 0 => {
                choices.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    panic!("`]` is missing in [{text}");
}

#[test]
fn a_choice_may_hold_another() {
    assert_eq!(choices("a|b[c|d]] e"), (vec!["a", "b[c|d]"], " e"));
}

#[test]
fn every_production_can_be_written() {
    let grammar = Grammar::new();
    for (kind, productions) in &grammar.productions {
        for production in productions {
            for number in 0..20 {
                let mut draw = Draw::new(0, number);
                let table = grammar.a_theme(&mut draw).table;
                let mut writer = Writer {
                    grammar: &grammar,
                    draw: &mut draw,
                    table,
                    chosen: BTreeMap::new(),
                };
                let text = writer.written(production);
                assert!(!text.contains(['{', '}', '|']), "{kind}: {text}");
            }
        }
    }
}
