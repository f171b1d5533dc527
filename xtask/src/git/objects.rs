//! Objects by their names: which there are, and the bytes of files.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use migrations_common::Problem;

use super::Git;

/// A longer file is not read: a ref may hold what it likes.
const MAX_BLOB_BYTES: usize = 16 << 20;

/// What would make more than this at once is not read either.
const MAX_BYTES: usize = 256 << 20;

impl Git {
    /// The id of each object that is named, in revision syntax; none for a name that means nothing here.
    ///
    /// The names are read from stdin, so that none of them is an option. A name that holds a line break means nothing.
    pub(crate) fn objects(&self, names: &[String]) -> Result<Vec<Option<String>>, Problem> {
        let mut input = String::new();
        for name in names {
            let is_line = !name.contains(['\n', '\r', '\0']);
            input.push_str(if is_line { name } else { "" });
            input.push('\n');
        }
        let answer = self.ask(&["cat-file", "--batch-check"], input.into_bytes())?;
        let answer = String::from_utf8_lossy(&answer);
        let mut ids: Vec<_> = answer
            .lines()
            .map(|line| found(line).map(|(id, _)| id.to_owned()))
            .collect();
        ids.resize(names.len(), None);
        Ok(ids)
    }

    /// The bytes of files, by their ids; those that are missing or too large are left out.
    pub(crate) fn blobs(
        &self,
        ids: &BTreeSet<Arc<str>>,
    ) -> Result<HashMap<Arc<str>, Arc<[u8]>>, Problem> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let ids: Vec<&Arc<str>> = ids.iter().collect();
        let sizes = self.ask(&["cat-file", "--batch-check"], lines(&ids))?;
        let sizes = String::from_utf8_lossy(&sizes);
        let mut left = MAX_BYTES;
        let mut fits = |line: &str| {
            let size = found(line).map(|(_, size)| size);
            let rest = size
                .filter(|size| *size <= MAX_BLOB_BYTES)
                .and_then(|size| left.checked_sub(size));
            left = rest.unwrap_or(left);
            rest.is_some()
        };
        let readable: Vec<&Arc<str>> = ids
            .into_iter()
            .zip(sizes.lines())
            .filter(|(_, line)| fits(line))
            .map(|(id, _)| id)
            .collect();
        let answer = self.ask(&["cat-file", "--batch"], lines(&readable))?;
        let mut rest = answer.as_slice();
        let mut blobs = HashMap::with_capacity(readable.len());
        for id in readable {
            let Some((bytes, after)) = next(rest) else {
                return Err(Problem::failed(
                    "git",
                    format!("git cat-file did not give {id}"),
                ));
            };
            blobs.insert(Arc::clone(id), Arc::from(bytes));
            rest = after;
        }
        Ok(blobs)
    }
}

fn lines(ids: &[&Arc<str>]) -> Vec<u8> {
    ids.iter()
        .flat_map(|id| id.bytes().chain([b'\n']))
        .collect()
}

/// Id and size of `<id> <type> <size>`; the other answers are `<name> missing` and `<name> ambiguous`.
fn found(line: &str) -> Option<(&str, usize)> {
    let mut words = line.split(' ');
    let (id, kind, size) = (words.next()?, words.next()?, words.next()?);
    let is_object = matches!(kind, "blob" | "commit" | "tag" | "tree") && words.next().is_none();
    is_object.then_some((id, size.parse().ok()?))
}

/// The first object of `--batch`, and what comes after it: `<id> <type> <size>`, a line end, its bytes, a line end.
fn next(answer: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = answer.iter().position(|byte| *byte == b'\n')?;
    let (header, rest) = (answer.get(..end)?, answer.get(end.checked_add(1)?..)?);
    let (_, size) = found(std::str::from_utf8(header).ok()?)?;
    Some((rest.get(..size)?, rest.get(size.checked_add(1)?..)?))
}
