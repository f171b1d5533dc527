//! `${VAR}` in a config's strings, from the environment or the file that `VAR_FILE` names.

use super::Text;
use crate::environment::Environment;
use crate::problem::{Problem, Problems};
use crate::secret::Secret;

/// Replaces every `${VAR}` of `text`; `$${` stands for a plain `${`.
///
/// # Errors
/// Every variable that is unset, with its place, and every `${` that is not closed.
pub fn interpolate(text: &Text, environment: &Environment) -> Result<Secret, Problems> {
    let mut problems = Problems::default();
    let mut out = String::new();
    let mut rest = text.value.as_str();
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        if let Some(kept) = before.strip_suffix('$') {
            out.push_str(kept);
            out.push_str("${");
            rest = from.get(2..).unwrap_or("");
            continue;
        }
        out.push_str(before);
        let inner = from.get(2..).unwrap_or("");
        let Some((name, after)) = inner.split_once('}') else {
            problems.push(
                Problem::config("config-value", "`${` has no `}`")
                    .at(text.place.clone())
                    .help("write ${NAME}"),
            );
            rest = "";
            break;
        };
        match environment.secret(name) {
            Ok(Some(value)) => out.push_str(value.expose()),
            Ok(None) => problems.push(
                Problem::config(
                    "unset-variable",
                    format!("the variable `{name}` is not set"),
                )
                .at(text.place.clone())
                .help(format!(
                    "export {name}=…, or put the value in a file and export {name}_FILE=/path/to/it"
                )),
            ),
            Err(problem) => problems.push(problem.at(text.place.clone())),
        }
        rest = after;
    }
    out.push_str(rest);
    problems.or_ok(Secret::new(out))
}
