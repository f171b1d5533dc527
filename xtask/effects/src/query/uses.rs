//! What the parts of one statement use, gathered so that each object is named once.

use std::collections::{BTreeSet, HashSet};

use squawk_syntax::SyntaxNode;

use crate::effect::{Action, Certainty, Columns, Need, Object};
use crate::name::Name;
use crate::query::catalog;
use crate::reader::Reader;

/// Why something is read.
#[derive(Clone, Copy)]
pub(crate) struct Usage {
    /// What is needed of the columns that it names.
    pub(crate) need: Need,
    /// When its rows are read and its functions called; never, if it is only defined.
    pub(crate) runs: Option<Certainty>,
}

impl Usage {
    /// A statement that runs.
    pub(crate) const RUN: Usage = Usage {
        need: Need::Existence,
        runs: Some(Certainty::Certain),
    };
    /// A view's query.
    pub(crate) const VIEW: Usage = Usage::definition(Need::Type);
    /// The query of a materialized view or a table that is filled at once: its columns take their types from it.
    pub(crate) const FILLED_VIEW: Usage = Usage {
        need: Need::Type,
        runs: Some(Certainty::Certain),
    };
    /// A routine's body that PostgreSQL keeps parsed.
    pub(crate) const ATOMIC_BODY: Usage = Usage {
        need: Need::Type,
        runs: Some(Certainty::Late),
    };

    /// Something that is kept, and not run.
    pub(crate) const fn definition(need: Need) -> Usage {
        Usage { need, runs: None }
    }

    /// Whether what it names must stay: PostgreSQL keeps it, rather than running it.
    pub(crate) fn keeps(self) -> bool {
        self.need != Need::Existence || self.runs.is_none()
    }
}

/// What one statement uses. Nothing is emitted before [`Uses::finish`].
pub(crate) struct Uses<'r> {
    pub(crate) reader: &'r mut Reader,
    pub(crate) usage: Usage,
    variables: bool,
    certainty: Certainty,
    found: Vec<Found>,
    /// WITH clauses that have been read: that of a set operation belongs to both of its sides.
    read: HashSet<SyntaxNode>,
    /// Relations that a definition names.
    mentioned: Vec<(Name, SyntaxNode)>,
}

struct Found {
    object: Object,
    action: Action,
    certainty: Certainty,
    node: SyntaxNode,
}

impl<'r> Uses<'r> {
    pub(crate) fn new(reader: &'r mut Reader, usage: Usage) -> Self {
        Uses {
            reader,
            usage,
            variables: true,
            certainty: Certainty::Certain,
            found: Vec::new(),
            read: HashSet::new(),
            mentioned: Vec::new(),
        }
    }

    /// PL/pgSQL puts no variables into definitions.
    pub(crate) fn ignore_variables(&mut self) {
        self.variables = false;
    }

    /// Whether `name` is a variable or a parameter here: `None` if not, else whether a column of that name hides it.
    pub(crate) fn variable(&self, name: &str) -> Option<bool> {
        self.reader
            .variables
            .hidden_by_columns(name)
            .filter(|_| self.variables)
    }

    /// Whether `name` before a dot is a record, or qualifies variables.
    pub(crate) fn qualifies_variables(&self, name: &str) -> bool {
        self.variables && self.reader.variables.qualify(name)
    }

    /// What `gather` finds only may be so.
    pub(crate) fn less_certain(&mut self, certainty: Certainty, gather: impl FnOnce(&mut Self)) {
        let outer = self.certainty;
        self.certainty = outer.max(certainty);
        gather(self);
        self.certainty = outer;
    }

    /// An effect, once. PostgreSQL's own relations are no concern of a migration, as long as nothing writes to them.
    pub(crate) fn add(&mut self, object: Object, action: Action, node: &SyntaxNode) {
        if (object.relation()).is_some_and(catalog::holds) {
            if matches!(action, Action::Write { .. }) {
                self.unknown(node, "it changes PostgreSQL's catalogs");
            }
            return;
        }
        // What is unknown is so at each of its places.
        let everywhere = object == Object::Anything;
        let same = |found: &&mut Found| {
            let here = !everywhere || found.node == *node;
            here && found.object == object && found.action == action
        };
        match self.found.iter_mut().find(same) {
            Some(known) => known.certainty = known.certainty.min(self.certainty),
            None => self.found.push(Found {
                object,
                action,
                certainty: self.certainty,
                node: node.clone(),
            }),
        }
    }

    /// A need.
    pub(crate) fn need(&mut self, object: Object, need: Need, node: &SyntaxNode) {
        self.add(object, Action::Need(need), node);
    }

    /// The rows of `relation` are read, whatever their columns.
    pub(crate) fn rows(&mut self, relation: &Name, node: &SyntaxNode) {
        self.read(relation, Columns::Some(BTreeSet::new()), node);
    }

    /// A column of `relation` is named, and read if rows are.
    pub(crate) fn column(&mut self, relation: &Name, column: &str, node: &SyntaxNode) {
        self.need(Object::column(relation, column), self.usage.need, node);
        self.read(relation, Columns::Some([column.to_owned()].into()), node);
    }

    /// All columns of `relation` are: `*`, a whole row, columns by their position.
    pub(crate) fn all_columns(&mut self, relation: &Name, node: &SyntaxNode) {
        self.need(Object::Relation(relation.clone()), Need::Columns, node);
        if self.usage.need == Need::Type {
            self.need(Object::Relation(relation.clone()), Need::Type, node);
        }
        self.read(relation, Columns::All, node);
    }

    /// Whether `clause` is read for the first time.
    pub(crate) fn first_time(&mut self, clause: &SyntaxNode) -> bool {
        self.read.insert(clause.clone())
    }

    /// What happens here cannot be told.
    pub(crate) fn unknown(&mut self, node: &SyntaxNode, why: &str) {
        let why = why.to_owned();
        self.add(Object::Anything, Action::Unknown { why }, node);
    }

    /// Emits all of it, in the order of the text.
    pub(crate) fn finish(mut self) {
        self.mention();
        self.settle();
        self.found
            .sort_by_key(|found| found.node.text_range().start());
        for found in self.found {
            let Found {
                object,
                action,
                certainty,
                node,
            } = found;
            self.reader
                .with_certainty(certainty, |reader| reader.emit(object, action, &node));
        }
    }

    fn read(&mut self, relation: &Name, columns: Columns, node: &SyntaxNode) {
        let Some(runs) = self.usage.runs else {
            return self.mentioned.push((relation.clone(), node.clone()));
        };
        if catalog::holds(relation) {
            return;
        }
        let certainty = self.certainty.max(runs);
        let object = Object::rows(relation);
        for found in &mut self.found {
            if found.object == object
                && found.certainty == certainty
                && let Action::Read { columns: known } = &mut found.action
            {
                return unite(known, columns);
            }
        }
        self.found.push(Found {
            object,
            action: Action::Read { columns },
            certainty,
            node: node.clone(),
        });
    }

    /// A definition that names no column of a relation needs the relation itself.
    fn mention(&mut self) {
        for (relation, node) in std::mem::take(&mut self.mentioned) {
            let known = (self.found.iter()).any(|found| found.object.relation() == Some(&relation));
            if !known {
                self.need(Object::Relation(relation), self.usage.need, &node);
            }
        }
    }

    /// Drops a read that another, more certain one says already.
    fn settle(&mut self) {
        let reads: Vec<(Object, Certainty, Columns)> = (self.found.iter())
            .filter_map(|found| match &found.action {
                Action::Read { columns } => {
                    Some((found.object.clone(), found.certainty, columns.clone()))
                }
                _ => None,
            })
            .collect();
        self.found.retain(|found| match &found.action {
            Action::Read { columns } => !reads.iter().any(|(object, certainty, known)| {
                *object == found.object && *certainty < found.certainty && covers(known, columns)
            }),
            _ => true,
        });
    }
}

fn covers(known: &Columns, columns: &Columns) -> bool {
    match (known, columns) {
        (Columns::All, _) => true,
        (Columns::Some(known), Columns::Some(columns)) => known.is_superset(columns),
        (Columns::Some(_), Columns::All) => false,
    }
}

fn unite(known: &mut Columns, more: Columns) {
    match (&mut *known, more) {
        (Columns::Some(known), Columns::Some(more)) => known.extend(more),
        (_, Columns::All) => *known = Columns::All,
        (Columns::All, _) => {}
    }
}
