//! Which directories of a commit are members of its workspace, as its `Cargo.toml` says.

use toml::de::{DeTable, DeValue};

/// `[workspace]`: `members` and `exclude`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Members {
    members: Vec<String>,
    exclude: Vec<String>,
}

impl Members {
    /// Of the text of the workspace's manifest.
    pub(super) fn of(manifest: &str) -> Members {
        let table = DeTable::parse(manifest).ok();
        let list = |key| {
            let workspace = table.as_ref()?.get_ref().get("workspace")?.get_ref();
            let list = workspace.get(key)?.get_ref().as_array()?;
            let paths = list.iter().filter_map(|path| path.get_ref().as_str());
            Some(paths.map(normal).collect())
        };
        Members {
            members: list("members").unwrap_or_default(),
            exclude: list("exclude").unwrap_or_default(),
        }
    }

    /// Whether `directory`, relative to the workspace, is one. The root is; a mere path dependency is not known to be.
    pub(super) fn contains(&self, directory: &str) -> bool {
        let is_excluded = self.exclude.iter().any(|path| {
            directory
                .strip_prefix(path.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        directory.is_empty()
            || !is_excluded && self.members.iter().any(|glob| matches(glob, directory))
    }
}

/// `[package] name` of a manifest, if it is one (cargo: letters, digits, `-` and `_`).
pub(super) fn package_name(manifest: &str) -> Option<String> {
    let table = DeTable::parse(manifest).ok()?;
    let name = table.get_ref().get("package")?.get_ref().get("name")?;
    match name.get_ref() {
        DeValue::String(name) => {
            let is_name = name
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
            is_name.then(|| name.to_string())
        }
        _ => None,
    }
}

/// Without `.` parts, and without a `/` at the end.
pub(super) fn normal(path: &str) -> String {
    let parts = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".");
    parts.collect::<Vec<_>>().join("/")
}

/// Whether `path` matches `glob` as cargo reads it: `*` and `?` within a part, `**` for any number of parts.
fn matches(glob: &str, path: &str) -> bool {
    let fits = |part: &&str, name: &&str| {
        let (part, name): (Vec<char>, Vec<char>) = (part.chars().collect(), name.chars().collect());
        fits(
            &part,
            &name,
            |c| *c == '*',
            |c, other| *c == '?' || c == other,
        )
    };
    let (glob, path): (Vec<&str>, Vec<&str>) =
        (glob.split('/').collect(), path.split('/').collect());
    self::fits(&glob, &path, |part| *part == "**", fits)
}

/// Whether `glob` fits all of `input`, where what `is_any` stands for any number of items. It takes the product of
/// their lengths at most: globs of a ref may be anybody's.
fn fits<T>(
    glob: &[T],
    input: &[T],
    is_any: impl Fn(&T) -> bool,
    is_one: impl Fn(&T, &T) -> bool,
) -> bool {
    // Whether the glob up to here fits the input up to each place.
    let mut reached = vec![false; input.len().saturating_add(1)];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    for part in glob {
        let mut next = Vec::with_capacity(reached.len());
        if is_any(part) {
            let mut any = false;
            next.extend(reached.iter().map(|before| {
                any |= before;
                any
            }));
        } else {
            next.push(false);
            next.extend(
                reached
                    .iter()
                    .zip(input)
                    .map(|(before, item)| *before && is_one(part, item)),
            );
        }
        reached = next;
    }
    reached.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_by_glob_and_left_out_by_prefix() {
        let members = Members::of(
            "[workspace]\nmembers = [\"apps/*\", \"./tools/x?/\", \"deep/**/app\"]\nexclude = [\"apps/old\"]\n",
        );
        for (directory, expected) in [
            ("", true),
            ("apps/app1", true),
            ("apps/app1/fixture", false),
            ("apps/old", false),
            ("apps/older", true),
            ("apps", false),
            ("tools/x1", true),
            ("tools/x12", false),
            ("deep/app", true),
            ("deep/a/b/app", true),
            ("deep/a/b", false),
            (&"deep/".repeat(5_000), false),
        ] {
            assert_eq!(members.contains(directory), expected, "{directory}");
        }
        assert_eq!(Members::of("[workspace"), Members::default());
        let many = format!("{}b", "a*".repeat(2_000));
        assert!(!matches(&many, &"a".repeat(5_000)));
    }

    #[test]
    fn a_manifest_names_its_package() {
        assert_eq!(
            package_name("[package]\nname = \"app1\""),
            Some("app1".to_owned())
        );
        assert_eq!(package_name("[workspace]"), None);
        assert_eq!(package_name("[package"), None);
        assert_eq!(package_name("[package]\nname = \"a\\u001b[31m\""), None);
    }
}
