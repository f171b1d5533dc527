//! Tenants as JSON: how an app's own binary tells them.

use serde_json::{Value, json};

use super::trust::Row;
use super::{Counter, Unit};
use crate::problem::Place;
use crate::secret::Secret;

/// `[{"name": "acme", "url": "postgres://…"}, …]`, without `url` where there is none.
///
/// It shows the URLs, so it is for the program that asked and for nobody's eyes.
pub fn to_json(tenants: &[(String, Option<String>)]) -> String {
    let one = |(name, url): &(String, Option<String>)| match url {
        Some(url) => json!({ "name": name, "url": url }),
        None => json!({ "name": name }),
    };
    Value::Array(tenants.iter().map(one).collect()).to_string()
}

/// The rows of `text`, which is called `of`. The error says what is wrong with it as a whole, and repeats nothing of it.
pub(super) fn rows(text: &str, of: &str, place: Option<&Place>) -> Result<Vec<Row>, String> {
    // A document of unknown shape is read first: the words for a wrong one would show a value.
    let document: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let Value::Array(entries) = document else {
        return Err("it is JSON and no array".to_owned());
    };
    let counter = Counter::new(Unit::Entry, of);
    let row = |(index, entry): (usize, &Value)| {
        let (name, url) = columns(entry);
        Row {
            name,
            url,
            origin: counter.origin(index + 1),
            place: place.cloned(),
        }
    };
    Ok(entries.iter().enumerate().map(row).collect())
}

/// What the next release adds is left aside.
fn columns(entry: &Value) -> (Result<String, &'static str>, Option<Secret>) {
    let name = match entry.get("name") {
        Some(Value::String(name)) => Ok(name.clone()),
        Some(Value::Null) => Err("the name is null"),
        Some(_) => Err("the name is not a string"),
        None => Err("the name is missing"),
    };
    match entry.get("url") {
        Some(Value::String(url)) => (name, Some(Secret::new(url.as_str()))),
        Some(Value::Null) | None => (name, None),
        Some(_) => (Err("the URL is not a string"), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problems;
    use crate::tenants::Tenant;
    use crate::tenants::trust::trust;

    fn read(text: &str) -> Result<Vec<Tenant>, Problems> {
        trust(rows(text, "it", None).expect("an array"), true)
    }

    fn write(tenants: &[Tenant]) -> String {
        let url = |tenant: &Tenant| tenant.url.as_ref().map(|url| url.expose().to_owned());
        let named: Vec<_> = tenants.iter().map(|t| (t.name.clone(), url(t))).collect();
        to_json(&named)
    }

    #[test]
    fn what_is_written_is_read() {
        let text = r#"[{"name":"a\"b; ü"},{"name":"c","url":"postgres://u:p@h"}]"#;
        let tenants = read(text).unwrap();
        assert_eq!(write(&tenants), text);
        assert_eq!(tenants[1].origin.to_string(), "entry 2 of it");
        assert_eq!(to_json(&[]), "[]");
    }

    #[test]
    fn null_and_unknown_keys() {
        let tenants = read(r#" [{"name": "a", "url": null, "region": "eu"}] "#).unwrap();
        assert_eq!(write(&tenants), r#"[{"name":"a"}]"#);
    }

    #[test]
    fn entries_that_are_none() {
        let text =
            r#"[{}, {"name": null}, {"name": 7}, "a", {"name": "b", "url": 1}, [1], {"name": ""}]"#;
        let problems = read(text).unwrap_err();
        assert_eq!(
            problems.to_string(),
            "entry 1 of it: the name is missing\n\
             entry 2 of it: the name is null\n\
             entry 3 of it: the name is not a string\n\
             entry 4 of it: the name is missing\n\
             entry 5 of it: the URL is not a string\n\
             entry 6 of it: the name is missing\n\
             entry 7 of it: the name is empty"
        );
    }

    #[test]
    fn documents_that_are_no_list_are_refused_without_being_repeated() {
        for (text, expected) in [
            ("", "EOF while parsing"),
            ("hunter2", "expected value at line 1 column 1"),
            (r#"{"tenants": ["hunter2"]}"#, "it is JSON and no array"),
            (r#"[{"url": "hunter2]"#, "EOF while parsing a string"),
            (&"[".repeat(100_000), "recursion limit"),
        ] {
            let why = rows(text, "it", None).unwrap_err();
            assert!(why.contains(expected), "{why}");
            assert!(!why.contains("hunter2"), "{why}");
        }
    }
}
