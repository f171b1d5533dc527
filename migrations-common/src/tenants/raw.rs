//! `${…}` in the arguments of a command: the value as it is, since no shell reads it.

use crate::placeholder::Values;
use crate::problem::unknown_name;

/// Replaces the placeholders of `text`; `$${` stands for a plain `${`.
///
/// # Errors
/// Everything that cannot be replaced, in words.
pub(super) fn render(text: &str, values: &Values) -> Result<String, Vec<String>> {
    let mut out = String::with_capacity(text.len());
    let mut wrong = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        if let Some(kept) = before.strip_suffix('$') {
            out.push_str(kept);
            out.push_str("${");
            rest = after;
            continue;
        }
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            wrong.push("`${` has no `}`; $${ writes a plain ${".to_owned());
            rest = "";
            break;
        };
        match (name.split_once(':'), values.get(name)) {
            (Some((name, _)), _) => wrong.push(format!(
                "an argument takes a value as it is: write ${{{name}}}"
            )),
            (None, Some(value)) => out.push_str(value),
            (None, None) => {
                let known = values.keys().map(String::as_str);
                wrong.push(unknown_name("placeholder", name, known));
            }
        }
        rest = after;
    }
    out.push_str(rest);
    if wrong.is_empty() {
        Ok(out)
    } else {
        Err(wrong)
    }
}

#[cfg(test)]
mod tests {
    fn render(text: &str) -> Result<String, Vec<String>> {
        let values = [("region", "eu"), ("x", "a 'b' \"c\" $(d) ${region}")];
        let values = values.map(|(k, v)| (k.to_owned(), v.to_owned()));
        super::render(text, &values.into())
    }

    #[test]
    fn values_are_not_quoted() {
        for (text, expected) in [
            ("", ""),
            ("plain $HOME {x}", "plain $HOME {x}"),
            ("--region=${region}", "--region=eu"),
            ("${region}${region}", "eueu"),
            ("${x}", "a 'b' \"c\" $(d) ${region}"),
            ("$${region} $$${region}", "${region} $${region}"),
        ] {
            assert_eq!(render(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_replaced_is_told() {
        assert_eq!(
            render("${regio} ${x:literal} ${x").unwrap_err(),
            [
                "no placeholder `regio`; did you mean `region`?  (placeholders: region, x)",
                "an argument takes a value as it is: write ${x}",
                "`${` has no `}`; $${ writes a plain ${",
            ]
        );
    }
}
