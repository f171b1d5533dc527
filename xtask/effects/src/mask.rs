//! Placeholders hidden from the parser: each becomes a name or a literal of the same length, so that every byte keeps its place.

use crate::effect::Script;

/// The schema that `${schema}` stands for in names.
pub(crate) const SCHEMA: &str = "${schema}";

/// `text` without placeholders. `${x}` becomes an identifier, `${x:literal}` a string, `$${` stays as it is.
pub(crate) fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        masked.push_str(before);
        let escaped = before.ends_with('$');
        match from.find('}').filter(|_| !escaped) {
            Some(end) => {
                let (placeholder, after) = from.split_at(end + 1);
                masked.push_str(&stand_in(placeholder));
                rest = after;
            }
            None => {
                masked.push_str("${");
                rest = from.get(2..).unwrap_or_default();
            }
        }
    }
    masked.push_str(rest);
    masked
}

/// The name that stands for `${schema}` in a masked text.
pub(crate) fn schema() -> String {
    stand_in(SCHEMA)
}

/// Calls the tenant's schema by its placeholder again, as files do that have none.
pub(crate) fn unmask(script: &mut Script) {
    let masked = schema();
    for effect in &mut script.effects {
        let schemas = effect.object.name_mut().map(|name| &mut name.schemas);
        for schema in schemas
            .into_iter()
            .flatten()
            .filter(|schema| **schema == masked)
        {
            SCHEMA.clone_into(schema);
        }
    }
}

fn stand_in(placeholder: &str) -> String {
    let inner = placeholder.trim_start_matches("${").trim_end_matches('}');
    match inner.strip_suffix(":literal") {
        Some(name) => format!("'{name}{}'", "_".repeat(":literal".len() + 1)),
        None => format!("_{inner}__"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_keeps_its_place() {
        for (text, masked) in [
            ("select 1", "select 1"),
            ("from ${schema}.users", "from _schema__.users"),
            ("= ${plan:literal};", "= 'plan_________';"),
            ("'$${x}'", "'$${x}'"),
            ("${open", "${open"),
        ] {
            assert_eq!(mask(text), masked);
            assert_eq!(masked.len(), text.len(), "{text}");
        }
    }
}
