//! SQL with INTO, which the parser of PL/pgSQL leaves as text: read as SQL once INTO and its targets are blanks.

use rowan::NodeOrToken;
use squawk_syntax::{SourceFile, SyntaxKind, SyntaxNode, SyntaxToken};

use crate::reader::Reader;
use crate::statement as statements;

/// Reads a statement that is only text.
pub(super) fn statement(reader: &mut Reader, node: &SyntaxNode) {
    let text = without_into(node);
    let start = node.text_range().start();
    let file = SourceFile::parse(&text);
    if !file.errors().is_empty() {
        return reader.unknown(node, "the parser does not know this statement");
    }
    reader.within_body(
        move |range| range + start,
        |reader| {
            for stmt in file.tree().stmts() {
                statements::effects(reader, &stmt);
            }
        },
    );
}

/// The text of `node`, with blanks for `into strict a, b.c`.
fn without_into(node: &SyntaxNode) -> String {
    let tokens: Vec<SyntaxToken> = (node.descendants_with_tokens())
        .filter_map(NodeOrToken::into_token)
        .collect();
    let significant: Vec<&SyntaxToken> = (tokens.iter())
        .filter(|token| !matches!(token.kind(), SyntaxKind::WHITESPACE | SyntaxKind::COMMENT))
        .collect();
    let Some(into) = position(&significant) else {
        return node.text().to_string();
    };
    let end = after_targets(&significant, into);
    let from = significant
        .get(into)
        .map(|token| token.text_range().start());
    let to = (end.checked_sub(1))
        .and_then(|last| significant.get(last))
        .map(|token| token.text_range().end());
    let mut text = String::new();
    for token in &tokens {
        let range = token.text_range();
        let blank = from.is_some_and(|from| range.start() >= from)
            && to.is_some_and(|to| range.end() <= to);
        if blank {
            text.push_str(&" ".repeat(token.text().len()));
        } else {
            text.push_str(token.text());
        }
    }
    text
}

/// Where INTO stands that is not INSERT's or MERGE's, outside of parentheses.
fn position(tokens: &[&SyntaxToken]) -> Option<usize> {
    let mut depth = 0usize;
    let mut before = None;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind() {
            SyntaxKind::L_PAREN => depth += 1,
            SyntaxKind::R_PAREN => depth = depth.saturating_sub(1),
            SyntaxKind::INTO_KW if depth == 0 => {
                let target = matches!(before, Some(SyntaxKind::INSERT_KW | SyntaxKind::MERGE_KW));
                if !target {
                    return Some(at);
                }
            }
            _ => {}
        }
        before = Some(token.kind());
    }
    None
}

/// The first token after the targets of the INTO at `into`: names with fields and indexes, separated by commas.
fn after_targets(tokens: &[&SyntaxToken], into: usize) -> usize {
    let kind = |at: usize| tokens.get(at).map(|token| token.kind());
    let mut at = into + 1;
    if kind(at) == Some(SyntaxKind::STRICT_KW) {
        at += 1;
    }
    loop {
        at += 1;
        loop {
            match kind(at) {
                Some(SyntaxKind::DOT) => at += 2,
                Some(SyntaxKind::L_BRACK) => at = after_bracket(tokens, at),
                _ => break,
            }
        }
        if kind(at) != Some(SyntaxKind::COMMA) {
            return at.min(tokens.len());
        }
        at += 1;
    }
}

fn after_bracket(tokens: &[&SyntaxToken], open: usize) -> usize {
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.kind() {
            SyntaxKind::L_BRACK => depth += 1,
            SyntaxKind::R_BRACK => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    tokens.len()
}
