//! Histories and checkouts of every shape.

use super::support::{Repository, against, base};
use crate::new_migrations::Request;

#[test]
fn a_merge_queue_puts_several_branches_on_the_base() {
    let repository = Repository::new();
    repository.branch_with("one", "main", "app1", "V2__one");
    repository.branch_with("two", "main", "app2", "V2__two");
    repository.branch("queue", "main");
    for branch in ["one", "two"] {
        repository.git(&["merge", "--quiet", "--no-ff", "--message", branch, branch]);
    }
    repository.git(&["checkout", "--quiet", "--detach"]);
    let found = repository.check(
        &against("main", &["one", "two"]),
        &["here app1/core V2__one", "here app2/core V2__two"],
    );
    let base = found.base.unwrap();
    assert_eq!(base.merge_base, Some(base.tip));
}

#[test]
fn a_detached_head() {
    let repository = Repository::new();
    repository.branch_with("work", "main", "app1", "V2__mine");
    repository.git(&["checkout", "--quiet", "--detach"]);
    repository.check(&base("main"), &["here app1/core V2__mine"]);
}

#[test]
fn a_shallow_clone_says_what_to_fetch() {
    let origin = Repository::new();
    origin.branch_with("work", "main", "app1", "V2__mine");
    origin.checkout("main");
    origin.migration("app2", "V2__landed");
    origin.commit("landed");
    let clone = origin.clone(&["--depth", "1", "--no-single-branch", "--branch", "work"]);
    assert_eq!(
        clone.refused(&Request::default()),
        "shallow-history: the history is cut off (a shallow clone) before the commit where HEAD left origin/main\n\
         help: git fetch --unshallow\n\
         help: or, for a part of it, again until it is enough: git fetch --deepen 100\n\
         help: in a GitHub workflow, under actions/checkout: with: { fetch-depth: 0 }"
    );
    clone.git(&["fetch", "--quiet", "--unshallow"]);
    clone.check(
        &Request::default(),
        &["here app1/core V2__mine", "base app2/core V2__landed"],
    );
}

#[test]
fn a_shallow_clone_at_the_base_is_enough() {
    let origin = Repository::new();
    origin.migration("app1", "V2__second");
    origin.commit("second");
    let clone = origin.clone(&["--depth", "1"]);
    clone.migration("app1", "V3__mine");
    clone.check(&Request::default(), &["here app1/core V3__mine"]);
}

#[test]
fn a_partial_clone_is_read_too() {
    let origin = Repository::new();
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    origin.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    origin.branch_with("other", "main", "app1", "V2__other");
    origin.checkout("main");
    let clone = origin.clone(&["--filter", "blob:none"]);
    clone.git(&["config", "protocol.file.allow", "always"]);
    clone.check(
        &against("origin/main", &["origin/other"]),
        &["origin/other app1/core V2__other"],
    );
}

#[test]
fn histories_without_a_common_commit() {
    let repository = Repository::new();
    repository.git(&["checkout", "--quiet", "--orphan", "pages"]);
    repository.commit("another beginning");
    repository.checkout("main");
    assert_eq!(
        repository.refused(&against("main", &["pages"])),
        "unrelated-history: pages and main have no commit in common\n\
         help: name a branch of this repository's own history"
    );
    let (new, warnings) = repository.warned(&against("main", &["page*"]));
    assert!(new.is_empty());
    assert_eq!(
        warnings,
        ["unrelated-history: pages and main have no commit in common"]
    );
}

#[test]
fn no_repository() {
    let repository = Repository::empty("");
    repository.check(
        &Request::default(),
        &["here app1/core V1__first", "here app2/core V1__first"],
    );
    for request in [
        base("main"),
        Request {
            base: None,
            ..against("", &["main"])
        },
    ] {
        let refused = repository.refused(&request);
        assert!(refused.starts_with("no-repository: "), "{refused}");
    }
}

#[test]
fn a_repository_that_git_refuses_is_not_taken_for_none() {
    let repository = Repository::empty("");
    repository.write(".git", "gitdir: /nowhere/at/all\n");
    let refused = repository.refused(&Request::default());
    assert!(
        refused.starts_with("git: git rev-parse ended with "),
        "{refused}"
    );
}

#[test]
fn before_the_first_commit() {
    let repository = Repository::empty("");
    repository.git(&["init", "--quiet", "--initial-branch", "main"]);
    repository.check(
        &Request::default(),
        &["here app1/core V1__first", "here app2/core V1__first"],
    );
    repository.git(&["add", "--all"]);
    repository.check(
        &Request::default(),
        &["here app1/core V1__first", "here app2/core V1__first"],
    );
    assert!(
        repository
            .refused(&base("main"))
            .starts_with("unknown-ref: --base: no ref `main`  (there are no refs)")
    );
}

#[test]
fn nothing_is_compared_before_the_first_commit() {
    let origin = Repository::new();
    let repository = Repository::empty("");
    repository.git(&["init", "--quiet", "--initial-branch", "main"]);
    repository.git(&[
        "fetch",
        "--quiet",
        &format!("file://{}", origin.root.display()),
        "main:other",
    ]);
    let request = Request {
        base: None,
        ..against("", &["other"])
    };
    let (new, warnings) = repository.warned(&request);
    assert_eq!(new.len(), 2);
    assert_eq!(
        warnings,
        ["no-base: there is no commit here yet: other is not compared"]
    );
    repository.check(
        &base("other"),
        &["here app1/core V1__first", "here app2/core V1__first"],
    );
}

#[test]
fn a_workspace_below_the_repositorys_root() {
    let repository = Repository::below("code/größe");
    repository.branch_with("other", "main", "app2", "V2__other");
    repository.branch_with("work", "main", "app1", "V2__mine");
    repository.migration("app1", "V3__untracked");
    repository.migration("app1", "V90__ignored");
    let found = repository.check(
        &against("main", &["other"]),
        &[
            "here app1/core V2__mine V3__untracked",
            "other app2/core V2__other",
        ],
    );
    let source = &found.series[1].new[0].source;
    assert_eq!(&*source.path, "apps/app2/migrations/core/V2__other.sql");
}

/// git sets some of these for its hooks, and a check may well run in one.
#[test]
fn variables_for_git_lead_nowhere_else() {
    let test = module_path!().split_once("::").unwrap().1;
    let test = format!("{test}::a_workspace_below_the_repositorys_root");
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &test])
        .env("GIT_DIR", "/nowhere")
        .env("GIT_WORK_TREE", "/")
        .env("GIT_INDEX_FILE", "/nowhere/index")
        .env("GIT_OBJECT_DIRECTORY", "/nowhere/objects")
        .env("GIT_PREFIX", "elsewhere/")
        .env("GIT_EXTERNAL_DIFF", "/bin/false")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("1 passed"), "{said}");
}

#[test]
fn a_workspace_in_an_ignored_directory_is_all_new() {
    let repository = Repository::new();
    let nested = Repository::empty("");
    let inside = repository.root.join("target/nested");
    std::fs::create_dir_all(inside.parent().unwrap()).unwrap();
    std::fs::rename(&nested.root, &inside).unwrap();
    let nested = Repository::at(&inside);
    nested.check(
        &base("main"),
        &["here app1/core V1__first", "here app2/core V1__first"],
    );
}

#[test]
fn a_linked_worktree() {
    let repository = Repository::new();
    repository.branch_with("other", "main", "app2", "V2__other");
    repository.checkout("main");
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("linked");
    repository.git(&[
        "worktree",
        "add",
        "--quiet",
        "-b",
        "work",
        path.to_str().unwrap(),
    ]);
    let linked = Repository::at(&path);
    linked.migration("app1", "V2__mine");
    linked.check(
        &against("main", &["other"]),
        &["here app1/core V2__mine", "other app2/core V2__other"],
    );
    repository.check(&base("main"), &[]);
}

#[test]
fn a_submodule() {
    let inner = Repository::new();
    let outer = Repository::new();
    let from = format!("file://{}", inner.root.display());
    outer.git(&["submodule", "--quiet", "add", &from, "vendored"]);
    let inside = Repository::at(&outer.root.join("vendored"));
    inside.migration("app1", "V2__mine");
    inside.check(&Request::default(), &["here app1/core V2__mine"]);
}
