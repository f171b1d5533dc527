use super::*;
use crate::problem::Place;

fn ask(source: &Source, urls: bool) -> Result<Vec<Tenant>, Problems> {
    let asking = Asking {
        app: "app3",
        values: &Values::new(),
        urls,
        interrupt: &Interrupt::default(),
    };
    list(source, &asking)
}

/// The tenants as `name url origin`.
fn shown(tenants: Vec<Tenant>) -> Vec<String> {
    let one = |tenant: Tenant| {
        let url = tenant.url.as_ref().map_or("-", Secret::expose);
        format!("{} {url} {}", tenant.name, tenant.origin)
    };
    tenants.into_iter().map(one).collect()
}

fn entries(names: &[(&str, Option<&str>)]) -> Source {
    let lines: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
    let text = lines.join("\n");
    let mut start = 0;
    let entry = |(name, url): &(&str, Option<&str>)| {
        let span = start..start + name.len();
        start = span.end + 1;
        Entry {
            name: Text {
                value: (*name).to_owned(),
                place: Place::new("migrations.toml", text.as_str(), span),
            },
            url: url.map(Secret::new),
        }
    };
    Source::List(names.iter().map(entry).collect())
}

fn function(result: Result<Named, Problem>) -> Source {
    Source::Function(Function {
        name: "tenants::all".to_owned(),
        call: Arc::new(move || result.clone()),
    })
}

#[test]
fn a_list_is_in_the_config() {
    let source = entries(&[("acme", None), ("be ta", Some("postgres://h"))]);
    assert_eq!(
        shown(ask(&source, true).unwrap()),
        [
            "acme - entry 1 of the list",
            "be ta postgres://h entry 2 of the list"
        ]
    );
    assert_eq!(ask(&entries(&[]), true).unwrap(), []);
}

#[test]
fn a_bad_entry_is_shown_where_it_stands() {
    let problems = ask(
        &entries(&[("a", None), ("$user", None), ("a", None)]),
        false,
    );
    let Problems(problems) = problems.unwrap_err();
    let lines: Vec<Vec<usize>> = problems
        .iter()
        .map(|problem| problem.places.iter().map(|p| p.line_column().0).collect())
        .collect();
    assert_eq!(lines, [vec![2], vec![3, 1]]);
}

#[test]
fn a_schema_has_no_url_whoever_says_so() {
    let url = "postgres://u:hunter2@h";
    for source in [
        entries(&[("a", Some(url))]),
        function(Ok(vec![("a".to_owned(), Some(url.to_owned()))])),
    ] {
        assert!(ask(&source, true).is_ok());
        let problems = ask(&source, false).unwrap_err();
        assert_eq!(problems.0[0].code, "tenant-url");
        assert!(!format!("{problems} {problems:?} {source:?}").contains("hunter2"));
    }
}

#[test]
fn a_function_answers_or_says_why_not() {
    let two = vec![
        ("a".to_owned(), None),
        ("b".to_owned(), Some(String::new())),
    ];
    assert_eq!(
        shown(ask(&function(Ok(two)), true).unwrap()),
        [
            "a - entry 1 of what `tenants::all` returns",
            "b - entry 2 of what `tenants::all` returns"
        ]
    );
    let error = Problem::failed("registry", "the registry is down");
    let problems = ask(&function(Err(error)), true).unwrap_err();
    assert_eq!(problems.0[0].code, "registry");
    let null = vec![("a\0".to_owned(), None)];
    assert_eq!(
        ask(&function(Ok(null)), true).unwrap_err().0[0].code,
        "tenant-name"
    );
}
