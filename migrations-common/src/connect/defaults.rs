//! What a connection string, a connection service and the environment say together, in this order of weight.

use super::keywords::KEYWORDS;
use super::settings::{CODE, Origin, Settings};
use super::{conninfo, service, url};
use crate::environment::Environment;
use crate::problem::Problem;

/// All keywords that `text` gives or leaves to others, without the built-in defaults.
pub(super) fn settings(text: &str, environment: &Environment) -> Result<Settings, Problem> {
    let mut settings = Settings::given(parse(text.trim())?)?;
    service::fill(&mut settings, environment)?;
    fill_from_variables(&mut settings, environment)?;
    Ok(settings)
}

fn parse(text: &str) -> Result<Vec<(String, String)>, Problem> {
    let prefixes = ["postgres://", "postgresql://"];
    if let Some(url) = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)) {
        return url::parse(url);
    }
    let before_value = text.split('=').next().unwrap_or_default();
    if before_value.contains("://") || !(text.is_empty() || text.contains('=')) {
        return Err(
            Problem::config(CODE, "the connection URL is not one of PostgreSQL")
                .help("write `postgres://user@host:5432/database`, or `host=… user=… dbname=…`"),
        );
    }
    conninfo::parse(text)
}

fn fill_from_variables(settings: &mut Settings, environment: &Environment) -> Result<(), Problem> {
    for keyword in KEYWORDS {
        let Some(variable) = keyword.variable else {
            continue;
        };
        if let Some(value) = environment.get(variable).filter(|value| !value.is_empty()) {
            settings.fill(keyword.name, value.to_owned(), Origin::Variable(variable))?;
        }
    }
    if settings.get("password").is_none()
        && let Some(password) = environment.secret("PGPASSWORD")?
    {
        settings.fill(
            "password",
            password.expose().to_owned(),
            Origin::Variable("PGPASSWORD"),
        )?;
    }
    Ok(())
}
