//! A [`Problem`] as text: the message, the source with a caret, the facts, the ways out.
//!
//! The shape is rustc's: who reads Rust reads it without thinking.

use std::ops::Range;

use annotate_snippets::renderer::{DEFAULT_HELP_STYLE, DEFAULT_LINE_NUM_STYLE, Style};
use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};

use super::clean;
use crate::problem::{Place, Problem};

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It stopped something.
    Error,
    /// It stopped nothing.
    Warning,
    /// It is as it should be, and not all yet.
    Note,
}

/// What text is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns. A longer source line is cut around its caret; words are never wrapped, so that they can be searched for.
    pub width: usize,
    /// Whether to colour.
    pub colour: bool,
}

/// Below this, a source line and its label could not be told apart from what was cut off.
const LEAST_WIDTH: usize = 40;

/// `problem` as text that ends with a line end.
pub fn render(problem: &Problem, severity: Severity, look: Look) -> String {
    let level = match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level
        .primary_title(clean::text(&problem.message))
        .id(problem.code);
    let excerpts: Vec<Excerpt<'_>> = problem.places.iter().map(Excerpt::of).collect();
    let main = excerpts.iter().position(|excerpt| !excerpt.is_of_file());
    let shown = if main.is_some() { &*excerpts } else { &[] };
    let elements = shown.iter().enumerate();
    let group = title.elements(elements.map(|(at, excerpt)| excerpt.element(main == Some(at))));
    let renderer = if look.colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.term_width(look.width.max(LEAST_WIDTH));
    let mut lines = vec![renderer.render(&[group]) + "\n"];

    // The renderer aligns paths with the numbers of lines; without any, there is nothing that it could align with.
    if main.is_none() {
        let arrows = std::iter::once("-->").chain(std::iter::repeat(":::"));
        lines.extend(arrows.zip(&problem.places).map(|(arrow, place)| {
            let path = clean::line(&place.path);
            format!(" {} {path}\n", look.paint(DEFAULT_LINE_NUM_STYLE, arrow))
        }));
    }
    let last_line = excerpts.iter().map(|excerpt| excerpt.last_line).max();
    let column = last_line.unwrap_or(1).to_string().len() + 1;
    let (note, help) = (
        look.paint(DEFAULT_LINE_NUM_STYLE, "="),
        look.paint(DEFAULT_HELP_STYLE, "help"),
    );
    let hang = |mark: &str, below: usize, text: &str| {
        let text = clean::text(text.trim_end()).replace('\n', &format!("\n{:below$}", ""));
        format!("{:column$}{mark} {text}\n", "")
    };
    let notes = problem.notes.iter();
    lines.extend(notes.map(|text| hang(&note, column + "= ".len(), text)));
    let helps = problem.helps.iter();
    lines.extend(helps.map(|text| hang(&format!("{help}:"), column + "help: ".len(), text)));
    lines.concat()
}

impl Look {
    fn paint(self, style: Style, text: &str) -> String {
        if self.colour {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

/// The lines of a file that a place touches: what is around them is not shown, and may be long.
struct Excerpt<'p> {
    place: &'p Place,
    text: &'p str,
    /// In `text`.
    span: Range<usize>,
    first_line: usize,
    last_line: usize,
}

impl<'p> Excerpt<'p> {
    fn of(place: &'p Place) -> Self {
        let text: &str = &place.text;
        let start = text.floor_char_boundary(place.span.start);
        let end = text.floor_char_boundary(place.span.end).max(start);
        let marked = text.get(start..end).unwrap_or_default();
        // A line end that is marked too would draw the caret on the next line.
        let end = start + marked.trim_end().len();
        let from = text
            .get(..start)
            .and_then(|before| before.rfind('\n'))
            .map_or(0, |at| at + 1);
        let rest = text.get(end..).unwrap_or_default();
        let to = end + rest.split(['\r', '\n']).next().map_or(0, str::len);
        let lines_in =
            |range: Range<usize>| text.get(range).unwrap_or_default().matches('\n').count();
        let first_line = lines_in(0..from) + 1;
        Excerpt {
            place,
            text: text.get(from..to).unwrap_or_default(),
            span: start - from..end - from,
            first_line,
            last_line: first_line + lines_in(from..to),
        }
    }

    /// Whether there is no line to show.
    fn is_of_file(&self) -> bool {
        self.place.text.is_empty()
    }

    fn element(&self, is_main: bool) -> Element<'_> {
        let path = clean::line(&self.place.path);
        if self.is_of_file() {
            return Origin::path(path).into();
        }
        let kind = if is_main {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        let label = clean::line(&self.place.label);
        let label = (!label.is_empty()).then_some(label);
        Snippet::source(clean::same_bytes(self.text))
            .line_start(self.first_line)
            .path(path)
            .annotation(kind.span(self.span.clone()).label(label))
            .into()
    }
}

#[cfg(test)]
mod tests;
