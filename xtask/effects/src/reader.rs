//! What collects the effects of a file: where a statement emits them, and where its names are resolved.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::rc::Rc;

use rowan::{NodeOrToken, TextRange};
use squawk_syntax::ast::{self, AstNode, NameLike};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::effect::{Action, Certainty, Effect, Need, Object, Part, Script};
use crate::mask;
use crate::name::Name;
use crate::read::Surroundings;
use crate::variables::Variables;

/// The schema of temporary tables. What happens in it ends with the session, and is no effect.
pub(crate) const TEMPORARY: &str = "pg_temp";

/// Collects the effects of one file, statement by statement.
pub(crate) struct Reader {
    /// The schemas of names without one; `SET search_path` changes it for the rest of the file.
    pub(crate) search_path: Vec<String>,
    /// The search path that the file began with.
    pub(crate) first_search_path: Vec<String>,
    /// What the names in the body that is read now may mean instead of columns.
    pub(crate) variables: Variables,
    /// How many bodies surround what is read now.
    pub(crate) depth: usize,
    /// What holds for the effects that are emitted now.
    pub(crate) certainty: Certainty,
    /// From bytes of the body that is read now to bytes of the file.
    place: Option<Place>,
    /// The temporary relations of this session, which hide others of the same name, and whether they are surely there.
    temporary: BTreeMap<String, Certainty>,
    /// Names that the file has given to relations.
    relations: HashSet<Name>,
    /// Names that the file has given to constraints.
    constraints: HashSet<Name>,
    script: Script,
}

/// From bytes of a body to bytes of the file.
type Place = Rc<dyn Fn(TextRange) -> TextRange>;

impl Reader {
    pub(crate) fn new(surroundings: &Surroundings) -> Self {
        let masked = |schema: &String| match schema.as_str() {
            mask::SCHEMA if surroundings.placeholders => mask::schema(),
            _ => schema.clone(),
        };
        let search_path: Vec<String> = surroundings.search_path.iter().map(masked).collect();
        Reader {
            first_search_path: search_path.clone(),
            search_path,
            variables: Variables::default(),
            depth: 0,
            certainty: Certainty::Certain,
            place: None,
            temporary: BTreeMap::new(),
            relations: HashSet::new(),
            constraints: HashSet::new(),
            script: Script::default(),
        }
    }

    /// The next statement of the file.
    pub(crate) fn begin(&mut self, statement: &SyntaxNode) {
        let span = self.span(statement);
        self.script.statements.push(span);
    }

    /// The next statement of the file, which cannot be read.
    pub(crate) fn skip(&mut self, statement: Range<usize>, why: impl Into<String>) {
        let why = why.into();
        self.script.statements.push(statement.clone());
        self.push(Object::Anything, Action::Unknown { why }, statement);
    }

    /// What was collected.
    pub(crate) fn finish(self) -> Script {
        self.script
    }

    /// `node` does `action` to `object`; the caret shows the node.
    pub(crate) fn emit(&mut self, object: Object, action: Action, node: &SyntaxNode) {
        let span = self.span(node);
        self.push(object, action, span);
    }

    /// `node` needs `object`.
    pub(crate) fn need(&mut self, object: Object, need: Need, node: &SyntaxNode) {
        self.emit(object, Action::Need(need), node);
    }

    /// What `node` does cannot be told; `why` ends the sentence "what this does cannot be read: …".
    pub(crate) fn unknown(&mut self, node: &SyntaxNode, why: impl Into<String>) {
        self.unread(significant(node), why);
    }

    /// As [`Reader::unknown`], for text that is no node.
    pub(crate) fn unread(&mut self, range: TextRange, why: impl Into<String>) {
        let why = why.into();
        let span = self.bytes(range);
        // The parser stumbles more than once over the same token.
        let said = self.script.effects.last().is_some_and(|last| {
            last.span == span
                && matches!(&last.action, Action::Unknown { why: other } if *other == why)
        });
        if !said {
            self.push(Object::Anything, Action::Unknown { why }, span);
        }
    }

    /// Reads a part of the file whose effects are less certain, such as a branch.
    pub(crate) fn with_certainty(&mut self, certainty: Certainty, read: impl FnOnce(&mut Self)) {
        let outer = self.certainty;
        self.certainty = outer.max(certainty);
        // Who calls a function later has other temporary tables.
        let later = outer < Certainty::Late && self.certainty == Certainty::Late;
        let temporary = later.then(|| std::mem::take(&mut self.temporary));
        read(self);
        if let Some(temporary) = temporary {
            self.temporary = temporary;
        }
        self.certainty = outer;
    }

    /// What `read` emits, held back for a decision that depends on it; [`Reader::append`] emits it after all.
    pub(crate) fn gather(&mut self, read: impl FnOnce(&mut Self)) -> Vec<Effect> {
        let before = std::mem::take(&mut self.script.effects);
        read(self);
        std::mem::replace(&mut self.script.effects, before)
    }

    /// Emits what was gathered.
    pub(crate) fn append(&mut self, effects: impl IntoIterator<Item = Effect>) {
        self.script.effects.extend(effects);
    }

    /// Reads a body that was parsed on its own: `place` says where its bytes stand in the text around it.
    pub(crate) fn within_body(
        &mut self,
        place: impl Fn(TextRange) -> TextRange + 'static,
        read: impl FnOnce(&mut Self),
    ) {
        let outer = self.place.clone();
        let search_path = self.search_path.clone();
        self.place = Some(match outer.clone() {
            None => Rc::new(place),
            Some(outer) => Rc::new(move |range| outer(place(range))),
        });
        self.depth += 1;
        read(self);
        self.depth -= 1;
        self.place = outer;
        self.search_path = search_path;
    }

    /// An object that exists, by the path of its name: `users`, `stage.users`.
    pub(crate) fn name(&self, path: &SyntaxNode) -> Name {
        self.resolve(segments(path))
    }

    /// An object that exists, by the parts of its name.
    pub(crate) fn resolve(&self, mut parts: Vec<String>) -> Name {
        let name = parts.pop().unwrap_or_default();
        let schemas = match parts.pop() {
            Some(schema) => vec![schema],
            None => self.path_of(&name),
        };
        Name { schemas, name }
    }

    /// An object that is made: without a schema it goes to the first of the search path.
    pub(crate) fn new_name(&self, path: &SyntaxNode) -> Name {
        let mut segments = segments(path);
        let name = segments.pop().unwrap_or_default();
        let schema = segments.pop().or_else(|| self.search_path.first().cloned());
        Name {
            schemas: schema.into_iter().collect(),
            name,
        }
    }

    /// A temporary relation that is made: from here on it hides others of its name, and its effects are none.
    pub(crate) fn new_temporary(&mut self, path: &SyntaxNode) -> Name {
        let name = segments(path).pop().unwrap_or_default();
        let certainty = (self.certainty).min(self.temporary_certainty(&name));
        self.temporary.insert(name.clone(), certainty);
        Name::qualified(TEMPORARY, name)
    }

    /// The relation is gone from its name; if it is temporary, it hides others no more.
    pub(crate) fn reveal(&mut self, name: &Name) {
        if !is_temporary(name) {
            return;
        }
        match self.certainty {
            Certainty::Certain => {
                self.temporary.remove(&name.name);
            }
            perhaps => {
                self.temporary.insert(name.name.clone(), perhaps);
            }
        }
    }

    /// A temporary relation has another name now; nothing happens to one that is not temporary.
    pub(crate) fn rename_temporary(&mut self, old: &Name, new: &str) {
        if let Some(certainty) = self.temporary.get(&old.name).copied()
            && is_temporary(old)
        {
            self.temporary.insert(new.to_owned(), certainty);
            self.reveal(old);
        }
    }

    /// Whether the file has given this name to a relation before.
    pub(crate) fn is_relation(&self, name: &Name) -> bool {
        self.relations.contains(name)
    }

    /// Whether the file has given this name to a constraint of a table in the same schema before.
    pub(crate) fn is_constraint(&self, name: &Name) -> bool {
        self.constraints.contains(name)
    }

    /// A new table has a constraint of this name. It has no effect of its own, but its name is taken.
    pub(crate) fn has_constraint(&mut self, name: Name) {
        self.constraints.insert(name);
    }

    /// The other relation of `name`'s schema that is called `sibling`: an index lies where its table does.
    pub(crate) fn beside(name: &Name, sibling: impl Into<String>) -> Name {
        Name {
            schemas: name.schemas.clone(),
            name: sibling.into(),
        }
    }

    /// Where a relation without a schema is looked for: temporary ones first.
    fn path_of(&self, name: &str) -> Vec<String> {
        let temporary = || TEMPORARY.to_owned();
        match self.temporary.get(name) {
            None => self.search_path.clone(),
            Some(Certainty::Certain) => vec![temporary()],
            Some(_) => {
                (std::iter::once(temporary()).chain(self.search_path.iter().cloned())).collect()
            }
        }
    }

    fn temporary_certainty(&self, name: &str) -> Certainty {
        (self.temporary.get(name)).map_or(Certainty::Late, |certainty| *certainty)
    }

    fn push(&mut self, mut object: Object, action: Action, span: Range<usize>) {
        let mut certainty = self.certainty;
        match &mut object {
            Object::Relation(name) | Object::Part(name, _) if is_temporary(name) => {
                name.schemas.remove(0);
                if name.schemas.is_empty() {
                    return;
                }
                certainty = certainty.max(Certainty::Conditional);
            }
            // Functions are never looked for among temporary objects.
            Object::Routine(name) if is_temporary(name) => {
                name.schemas.clone_from(&self.search_path);
            }
            _ => {}
        }
        self.note_name(&object, &action);
        let statement = self.script.statements.len().saturating_sub(1);
        self.script.effects.push(Effect {
            object,
            action,
            span,
            statement,
            certainty,
        });
    }

    /// Remembers which names are taken.
    fn note_name(&mut self, object: &Object, action: &Action) {
        let (names, name) = match object {
            Object::Relation(name) => (&mut self.relations, name.clone()),
            Object::Part(table, Part::Constraint(name)) => {
                (&mut self.constraints, Reader::beside(table, name.as_str()))
            }
            _ => return,
        };
        match action {
            Action::Create { .. } => {
                names.insert(name);
            }
            Action::Drop { .. } | Action::Rename { .. } | Action::Move { .. } => {
                names.remove(&name);
            }
            _ => {}
        }
    }

    fn span(&self, node: &SyntaxNode) -> Range<usize> {
        self.bytes(significant(node))
    }

    fn bytes(&self, range: TextRange) -> Range<usize> {
        let range = match &self.place {
            Some(place) => place(range),
            None => range,
        };
        range.into()
    }
}

/// Whether a name is looked for among temporary relations first.
fn is_temporary(name: &Name) -> bool {
    name.schemas.first().is_some_and(|first| first == TEMPORARY)
}

/// The parts of a path as PostgreSQL compares them.
pub(crate) fn segments(path: &SyntaxNode) -> Vec<String> {
    path.descendants()
        .filter_map(|node| {
            ast::PathSegment::cast(node.clone())
                .map(|segment| segment.text())
                .or_else(|| ast::PathSegmentRef::cast(node).map(|segment| segment.text()))
        })
        .collect()
}

/// A name without a path, if there is one: a column's, a constraint's.
pub(crate) fn text<N: NameLike>(name: Option<N>) -> Option<String> {
    name.map(|name| NameLike::text(&name))
        .filter(|text| !text.is_empty())
}

/// `node` in lower case outside of quotes, without comments, one blank between tokens: what two definitions are compared by.
pub(crate) fn normal(node: &SyntaxNode) -> String {
    let mut text = String::new();
    let mut operator_end = None;
    for token in (node.descendants_with_tokens()).filter_map(NodeOrToken::into_token) {
        if matches!(
            token.kind(),
            SyntaxKind::WHITESPACE | SyntaxKind::COMMENT | SyntaxKind::SEMICOLON
        ) {
            continue;
        }
        // The characters of an operator are tokens of their own.
        let operator = !token.text().contains(|c: char| !OPERATOR.contains(c));
        let range = token.text_range();
        let continued = operator && operator_end == Some(range.start());
        operator_end = operator.then(|| range.end());
        if !text.is_empty() && !continued {
            text.push(' ');
        }
        let quoted = token.text().contains(['"', '\'', '$']);
        if quoted {
            text.push_str(token.text());
        } else {
            text.push_str(&token.text().to_lowercase());
        }
    }
    text
}

/// What operators are made of, and `::`.
const OPERATOR: &str = "+-*/<>=~!@#%^&|`?:";

/// A node's range without blanks, comments and the semicolon around it.
fn significant(node: &SyntaxNode) -> TextRange {
    let trivial = |kind: SyntaxKind| {
        matches!(
            kind,
            SyntaxKind::WHITESPACE | SyntaxKind::COMMENT | SyntaxKind::SEMICOLON
        )
    };
    let tokens = || {
        (node.descendants_with_tokens())
            .filter_map(NodeOrToken::into_token)
            .filter(|token| !trivial(token.kind()))
    };
    match (tokens().next(), tokens().last()) {
        (Some(first), Some(last)) => {
            TextRange::new(first.text_range().start(), last.text_range().end())
        }
        _ => node.text_range(),
    }
}
