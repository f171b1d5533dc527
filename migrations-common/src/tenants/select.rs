//! Some of all tenants: those of certain names, those of one slice.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::problem::{Problem, Problems, unknown_name};

/// What a run is about: tenants that one of the globs means, if there are any, and that are of the slice, if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// `--tenant GLOB`, each of them.
    pub globs: Vec<Glob>,
    /// `--slice I/N`.
    pub slice: Option<Slice>,
}

/// A name in which `*` stands for any characters or none, and `?` for any one. Everything else stands for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob(String);

/// One of several parts of all tenants, such as the second of four: `2/4`.
///
/// A tenant belongs to the slice `first 8 bytes of SHA-256(name), big-endian, modulo N, plus 1`. So it stays in its slice
/// when others come and go, on every machine and with every release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// From 1 to `of`.
    number: u64,
    /// At least 1.
    of: u64,
}

impl Selection {
    /// Whether the tenant `name` is selected.
    pub fn includes(&self, name: &str) -> bool {
        let meant = self.globs.is_empty() || self.globs.iter().any(|glob| glob.matches(name));
        meant && self.slice.is_none_or(|slice| slice.includes(name))
    }

    /// Whether each glob means one of `names`: all tenants that there are, of all databases and slices of the run.
    ///
    /// # Errors
    /// `unknown-tenant` for each one that does not, with the nearest name.
    pub fn check<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Result<(), Problems> {
        let names: Vec<&str> = names.into_iter().collect();
        let mut problems = Problems::default();
        for glob in &self.globs {
            if !names.iter().any(|name| glob.matches(name)) {
                let message = unknown_name("tenant", &glob.0, names.iter().copied());
                problems.push(Problem::usage("unknown-tenant", message));
            }
        }
        problems.or_ok(())
    }
}

impl Glob {
    /// The glob that `text` writes. Every text is one.
    pub fn new(text: impl Into<String>) -> Self {
        Glob(text.into())
    }

    /// The only name that it means; `None` if it holds a `*` or `?`.
    pub fn only(&self) -> Option<&str> {
        (!self.0.contains(['*', '?'])).then_some(&*self.0)
    }

    /// Whether it means `name`, in this case of letters. The time is at most the product of both lengths.
    pub fn matches(&self, name: &str) -> bool {
        let (mut glob, mut rest) = (self.0.chars(), name.chars());
        // Where to go on when what follows the last `*` does not fit: that takes one character more.
        let mut retry = None;
        loop {
            let before = (glob.clone(), rest.clone());
            match (glob.next(), rest.next()) {
                (None, None) => return true,
                (Some('*'), _) => {
                    rest = before.1;
                    retry = Some((glob.clone(), rest.clone()));
                }
                (Some('?'), Some(_)) => {}
                (Some(wanted), Some(there)) if wanted == there => {}
                _ => {
                    let Some((after_star, taken)) = &mut retry else {
                        return false;
                    };
                    if taken.next().is_none() {
                        return false;
                    }
                    (glob, rest) = (after_star.clone(), taken.clone());
                }
            }
        }
    }
}

impl FromStr for Glob {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Glob::new(text))
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Slice {
    /// Slice `number` of `of`; `None` unless `1 <= number <= of`.
    pub fn new(number: u64, of: u64) -> Option<Self> {
        (1..=of).contains(&number).then_some(Slice { number, of })
    }

    /// Whether the tenant `name` belongs to it.
    pub fn includes(self, name: &str) -> bool {
        let digest = Sha256::digest(name);
        let hash = u64::from_be_bytes(digest.first_chunk().copied().unwrap_or_default());
        hash % self.of + 1 == self.number
    }
}

/// `I/N`, such as `2/4`.
impl FromStr for Slice {
    type Err = Problem;

    /// # Errors
    /// `slice`: it is no two numbers, or there is no such slice.
    fn from_str(text: &str) -> Result<Self, Problem> {
        let wrong = |message: String| {
            Problem::usage("slice", message)
                .help("write I/N, with I from 1 to N: 2/4 is the second of four slices")
        };
        let numbers = text
            .split_once('/')
            .and_then(|(number, of)| Some((digits(number)?, digits(of)?)));
        let Some((number, of)) = numbers else {
            return Err(wrong(format!("`{text}` is no slice")));
        };
        Slice::new(number, of).ok_or_else(|| {
            wrong(match of {
                0 => format!("`{text}` is no slice: nothing is cut into 0 slices"),
                _ => format!("there is no slice {number} of {of}"),
            })
        })
    }
}

impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

/// Rust's own reading allows a sign.
fn digits(text: &str) -> Option<u64> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs() {
        for (glob, name, expected) in [
            ("acme", "acme", true),
            ("acme", "acme2", false),
            ("acme", "Acme", false),
            ("ac", "acme", false),
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "acme", true),
            ("a*", "a", true),
            ("a*", "ba", false),
            ("*me", "acme", true),
            ("*me", "meme", true),
            ("*me", "mem", false),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abcdef", false),
            ("a*bc", "abbbc", true),
            ("a**b", "ab", true),
            ("?", "ü", true),
            ("?", "", false),
            ("?", "ab", false),
            ("a?c*", "abc", true),
            ("*?", "", false),
            ("[ab]", "a", false),
            ("[ab]", "[ab]", true),
            (r"a\*", r"a\b", true),
            ("a.c", "abc", false),
            ("a%", "abc", false),
            ("{a,b}", "a", false),
            ("a*b", "a*b", true),
            ("東*", "東京", true),
        ] {
            let glob = Glob::new(glob);
            assert_eq!(glob.matches(name), expected, "{glob} {name}");
        }
    }

    #[test]
    fn a_glob_of_stars_ends_soon() {
        let glob = Glob::new("a*".repeat(2000) + "b");
        assert!(!glob.matches(&"a".repeat(5000)));
    }

    fn selection(globs: &[&str], slice: Option<&str>) -> Selection {
        Selection {
            globs: globs.iter().map(|glob| Glob::new(*glob)).collect(),
            slice: slice.map(|slice| slice.parse().expect("a slice")),
        }
    }

    #[test]
    fn a_selection_is_any_glob_and_the_slice() {
        let names = ["acme", "beta", "gamma", "delta"];
        let selected = |globs: &[&str], slice| -> Vec<&str> {
            let selection = selection(globs, slice);
            let all = names.iter().copied();
            all.filter(|name| selection.includes(name)).collect()
        };
        assert_eq!(selected(&[], None), names);
        assert_eq!(selected(&["acme", "*mma"], None), ["acme", "gamma"]);
        assert_eq!(selected(&["nobody"], None), [""; 0]);
        let (first, second) = (selected(&[], Some("1/2")), selected(&[], Some("2/2")));
        assert_eq!(first.len() + second.len(), names.len());
        let of_both = selected(&["acme", "beta"], Some("1/2"));
        assert!(of_both.iter().all(|name| first.contains(name)));
        assert_eq!(selected(&[], Some("1/1")), names);
    }

    #[test]
    fn every_glob_that_means_nobody_is_told() {
        let check = |globs: &[&str]| selection(globs, Some("1/1000")).check(["acme", "beta"]);
        assert!(check(&["acme", "b*"]).is_ok());
        let problems = check(&["acm", "beta", "x*"]).unwrap_err();
        assert_eq!(
            problems.to_string(),
            "no tenant `acm`; did you mean `acme`?  (tenants: acme, beta)\n\
             no tenant `x*`  (tenants: acme, beta)"
        );
        assert_eq!(problems.exit_code(), 2);
    }

    /// Computed elsewhere: `int(sha256(name).hexdigest()[:16], 16) % of + 1` in Python.
    #[test]
    fn a_slice_never_changes_between_releases() {
        for (name, of, expected) in SLICES {
            let of_name: Vec<u64> = (1..=of)
                .filter(|number| Slice::new(*number, of).expect("one of them").includes(name))
                .collect();
            assert_eq!(of_name, [expected], "{name} of {of}");
        }
    }

    const SLICES: [(&str, u64, u64); 5] = [
        ("acme", 4, 1),
        ("beta", 4, 2),
        ("größe", 4, 4),
        ("tenant_17", 10, 1),
        ("tenant_17", 1000, 761),
    ];

    #[test]
    fn slices_are_of_about_one_size() {
        let slice: Slice = "3/4".parse().expect("a slice");
        let size = (0..4000)
            .filter(|number| slice.includes(&format!("tenant_{number}")))
            .count();
        assert!((900..1100).contains(&size), "{size}");
    }

    #[test]
    fn slices_are_read() {
        for text in [
            "1/1",
            "2/4",
            "4/4",
            "18446744073709551615/18446744073709551615",
        ] {
            let slice: Slice = text.parse().unwrap();
            assert_eq!(slice.to_string(), text);
        }
        for (text, expected) in [
            ("0/4", "there is no slice 0 of 4"),
            ("5/4", "there is no slice 5 of 4"),
            ("1/0", "`1/0` is no slice: nothing is cut into 0 slices"),
            ("0/0", "`0/0` is no slice: nothing is cut into 0 slices"),
            ("4", "`4` is no slice"),
            ("a/b", "`a/b` is no slice"),
            ("1/2/3", "`1/2/3` is no slice"),
            ("+1/4", "`+1/4` is no slice"),
            ("-1/4", "`-1/4` is no slice"),
            (" 1/4", "` 1/4` is no slice"),
            ("/", "`/` is no slice"),
            ("", "`` is no slice"),
            (
                "1/18446744073709551616",
                "`1/18446744073709551616` is no slice",
            ),
        ] {
            let problem = text.parse::<Slice>().unwrap_err();
            assert_eq!(problem.message, expected);
            assert_eq!((problem.code, problem.kind.exit_code()), ("slice", 2));
        }
    }
}
