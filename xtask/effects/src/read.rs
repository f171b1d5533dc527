//! A file's text -> its statements and their effects.

use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;
use squawk_syntax::ast::AstNode;
use squawk_syntax::syntax_error::SyntaxError;
use squawk_syntax::{Parse, SourceFile, ast};

use crate::effect::Script;
use crate::mask;
use crate::nesting;
use crate::reader::Reader;
use crate::statement;

/// Where a file runs: what its text does not say.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Surroundings {
    /// The schemas in which names are looked for; new objects go to the first. `${schema}` stands for a tenant's own.
    pub search_path: Vec<String>,
    /// Whether `${…}` is replaced in the file.
    pub placeholders: bool,
}

/// The parser is recursive, and so is what walks its trees: nesting costs stack. It is reserved, not used.
const STACK: usize = 256 << 20;

/// What the statements of `text` do.
///
/// Never fails: what cannot be read is an effect that says so.
pub fn read(text: &str, surroundings: &Surroundings) -> Script {
    pool().install(|| parse(text, surroundings))
}

/// [`read`] for many files at once, on all cores.
pub fn read_all(files: &[(&str, &Surroundings)]) -> Vec<Script> {
    pool().install(|| {
        files
            .par_iter()
            .map(|(text, surroundings)| parse(text, surroundings))
            .collect()
    })
}

/// Parses on a stack that is deep enough, whoever asks.
pub(crate) fn with_stack<T: Send>(parse: impl FnOnce() -> T + Send) -> T {
    pool().install(parse)
}

fn pool() -> &'static rayon::ThreadPool {
    static POOL: OnceLock<rayon::ThreadPool> = OnceLock::new();
    POOL.get_or_init(|| {
        let built = rayon::ThreadPoolBuilder::new().stack_size(STACK).build();
        #[expect(clippy::expect_used, reason = "a machine without threads runs nothing")]
        built.expect("the system gives us threads")
    })
}

fn parse(text: &str, surroundings: &Surroundings) -> Script {
    let masked;
    let text = if surroundings.placeholders {
        masked = mask::mask(text);
        &masked
    } else {
        text
    };
    let too_deep = nesting::too_deep(text);
    let readable = nesting::without(text, &too_deep);
    let file = SourceFile::parse(&readable);
    let mut errors = errors(&file).into_iter().peekable();
    let mut reader = Reader::new(surroundings);
    let mut skipped = too_deep.into_iter().peekable();
    for stmt in file.tree().stmts() {
        if matches!(stmt, ast::Stmt::EmptyStmt(_)) {
            continue;
        }
        let end = stmt.syntax().text_range().end();
        while let Some(statement) = skipped.next_if(|it| it.start < usize::from(end)) {
            skip(&mut reader, statement);
        }
        reader.begin(stmt.syntax());
        statement::effects(&mut reader, &stmt);
        while let Some(error) = errors.next_if(|error| error.range().start() <= end) {
            reader.unread(error.range(), UNKNOWN_SYNTAX);
        }
    }
    for statement in skipped {
        skip(&mut reader, statement);
    }
    for error in errors {
        reader.unread(error.range(), UNKNOWN_SYNTAX);
    }
    let mut script = reader.finish();
    if surroundings.placeholders {
        mask::unmask(&mut script);
    }
    script.effects.shrink_to_fit();
    script
}

fn skip(reader: &mut Reader, statement: Range<usize>) {
    reader.skip(
        statement,
        format!("it is nested deeper than {}", nesting::DEEPEST),
    );
}

/// Why a syntax error leaves a statement unread.
pub(crate) const UNKNOWN_SYNTAX: &str = "the parser does not know this syntax";

/// What the parser did not understand, in the order of the text; routines' bodies are read, and complained of, on their own.
pub(crate) fn errors(file: &Parse<SourceFile>) -> Vec<SyntaxError> {
    let bodies = file.tree().sql_body_errors();
    let mut errors = file.errors();
    errors.retain(|error| !bodies.contains(error));
    errors
}
