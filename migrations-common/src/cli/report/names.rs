//! What targets are called, one or many of them.

use super::clean;
use crate::app::Series;
use crate::config::Layout;
use crate::target::Target;
use crate::track::Track;

/// `app1 core`, `app3 workspaces (acme)`: the series, and what tells the target from its others.
pub(super) fn target(target: &Target) -> String {
    format!("{} {}", target.series.app, database(target))
}

/// The same without the app: `core`, `workspaces (global)`, `workspaces (acme)`.
pub(super) fn database(target: &Target) -> String {
    let config = &target.series.config;
    let alone = target.tenant.is_none() && target.name() == config.schema;
    if target.series.track == Some(Track::Global) || alone {
        return database_of(&target.series);
    }
    format!("{} ({})", config.name, member(target))
}

/// `app3 workspaces`, for all targets of a series; `app3 workspaces (global)`.
pub(super) fn series(series: &Series) -> String {
    format!("{} {}", series.app, database_of(series))
}

/// The same without the app.
pub(super) fn database_of(series: &Series) -> String {
    match series.track {
        Some(Track::Global) => format!("{} ({})", series.config.name, Track::Global.word()),
        _ => series.config.name.clone(),
    }
}

/// `acme`: what tells a target from the others of its series. Quoted where it could be taken for several, or for none.
pub(super) fn member(target: &Target) -> String {
    let name = clean::line(target.name());
    let plain = |c: char| !(c.is_whitespace() || ",·()\"'`".contains(c));
    if !name.is_empty() && name.chars().all(plain) {
        name.into_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// What the targets of a series are: `tenant`, `shard`, `target`.
pub(super) fn noun(series: &Series) -> &'static str {
    match series.config.layout {
        Layout::Sharded => "shard",
        _ if series.is_fleet() => "tenant",
        _ => "target",
    }
}

/// The first `most` of `names`, and how many there are besides: `a,`, `b`, `and 7 more`; each to be followed by a space.
pub(super) fn list(names: &[String], most: usize) -> Vec<String> {
    let shown = names.len().min(most);
    let rest = names.len() - shown;
    let mut pieces: Vec<String> = names
        .iter()
        .take(shown)
        .enumerate()
        .map(|(index, name)| {
            let comma = if index + 1 < shown { "," } else { "" };
            format!("{name}{comma}")
        })
        .collect();
    if rest > 0 {
        pieces.push(format!("and {rest} more"));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{app, fleet, target_of, tenant};
    use super::*;

    #[test]
    fn a_target_is_called_by_what_tells_it_from_others() {
        let single = app("app1", "core", "", &[]);
        assert_eq!(target(&target_of(&single, "public")), "app1 core");
        let workspaces = fleet("app3", "schema-per-tenant");
        let acme = tenant(&workspaces, "acme");
        assert_eq!(target(&acme), "app3 workspaces (acme)");
        assert_eq!(
            target(&tenant(&workspaces, "public")),
            "app3 workspaces (public)"
        );
        let both = fleet("app3", "two tracks");
        let global = target_of(&both, "public");
        assert_eq!(target(&global), "app3 workspaces (global)");
        assert_eq!(series(&global.series), "app3 workspaces (global)");
        assert_eq!(series(&acme.series), "app3 workspaces");
    }

    #[test]
    fn a_name_is_seen_to_be_one() {
        let workspaces = fleet("app3", "schema-per-tenant");
        let shown = |name: &str| member(&tenant(&workspaces, name));
        assert_eq!(shown("acme_gmbh"), "acme_gmbh");
        assert_eq!(shown("größe-1.x$"), "größe-1.x$");
        assert_eq!(shown("a, b"), "\"a, b\"");
        assert_eq!(shown("a\"b"), "\"a\"\"b\"");
        assert_eq!(shown(""), "\"\"");
        assert_eq!(shown("x\u{1b}[2J\u{202e}y"), "x\u{fffd}[2J\u{fffd}y");
        assert_eq!(shown("a\nb"), "\"a b\"");
    }

    #[test]
    fn tenants_shards_and_targets() {
        let of = |layout| noun(&fleet("app3", layout).series[0]);
        assert_eq!(of("schema-per-tenant"), "tenant");
        assert_eq!(of("database-per-tenant"), "tenant");
        assert_eq!(of("sharded"), "shard");
        assert_eq!(of("two tracks"), "target", "the global one");
    }
}
