//! A smaller pair of which the same holds.

use super::pair::Pair;

/// Leaves statements out, one at a time, while `holds` of the rest.
pub(super) fn shrunk(pair: &Pair, mut holds: impl FnMut(&Pair) -> bool) -> Pair {
    let mut small = pair.clone();
    loop {
        let smaller = candidates(&small)
            .into_iter()
            .find(|candidate| holds(candidate));
        match smaller {
            Some(candidate) => small = candidate,
            None => return small,
        }
    }
}

/// Without any one statement; neither side is empty.
fn candidates(pair: &Pair) -> Vec<Pair> {
    let mut candidates = Vec::new();
    for index in 0..pair.a.len() {
        let mut smaller = pair.clone();
        smaller.a.remove(index);
        candidates.push(smaller);
    }
    for index in 0..pair.b.len() {
        let mut smaller = pair.clone();
        smaller.b.remove(index);
        candidates.push(smaller);
    }
    candidates.retain(|pair| !pair.a.is_empty() && !pair.b.is_empty());
    candidates
}

#[test]
fn what_is_not_needed_goes() {
    let statements = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    let pair = Pair {
        a: statements(&["x", "bad", "y"]),
        b: statements(&["z", "worse"]),
    };
    let small = shrunk(&pair, |pair| {
        pair.a.iter().any(|statement| statement == "bad")
            && pair.b.iter().any(|statement| statement == "worse")
    });
    assert_eq!(
        (small.a.join(","), small.b.join(",")),
        ("bad".to_owned(), "worse".to_owned())
    );
}
