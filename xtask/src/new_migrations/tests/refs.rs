//! Other branches: `--against` and `--against-untrusted`.

use super::support::{Repository, against, base};
use crate::new_migrations::Request;

#[test]
fn each_branch_is_compared_with_its_own_merge_base() {
    let repository = Repository::new();
    repository.branch_with("old", "main", "app1", "V2__old");
    repository.checkout("main");
    repository.migration("app2", "V2__landed");
    repository.commit("landed");
    repository.branch_with("young", "main", "app2", "V3__young");
    repository.branch_with("work", "main", "app1", "V2__mine");
    let found = repository.check(
        &against("main", &["old", "young"]),
        &[
            "here app1/core V2__mine",
            "old app1/core V2__old",
            "young app2/core V3__young",
        ],
    );
    let counts: Vec<_> = found
        .refs
        .iter()
        .map(|one| (one.name.as_str(), one.new_count, one.trusted))
        .collect();
    assert_eq!(counts, [("old", 1, true), ("young", 1, true)]);
}

#[test]
fn ten_open_branches_by_a_glob() {
    let origin = Repository::new();
    for number in 0..10 {
        origin.branch_with(
            &format!("change/{number}"),
            "main",
            "app1",
            &format!("V2__change_{number}"),
        );
    }
    origin.checkout("main");
    let clone = origin.clone(&[]);
    clone.migration("app2", "V2__mine");
    let found = clone
        .find(&against("origin/main", &["origin/change/*"]))
        .unwrap();
    assert_eq!(found.refs.len(), 10);
    assert_eq!(found.series.len(), 11);
    assert!(
        found
            .refs
            .iter()
            .all(|one| one.new_count == 1 && one.merge_base.is_some())
    );
    clone.check(
        &against("origin/main", &["origin/change/[34]"]),
        &[
            "here app2/core V2__mine",
            "origin/change/3 app1/core V2__change_3",
            "origin/change/4 app1/core V2__change_4",
        ],
    );
    // The remote's HEAD is another name of a branch, and the base has nothing that is new.
    clone.check(
        &against("origin/main", &["origin/*"]),
        &["here app2/core V2__mine"],
    );
}

#[test]
fn refs_that_head_or_the_base_contain_have_nothing_new() {
    let repository = Repository::new();
    repository.branch_with("merged", "main", "app1", "V2__merged");
    repository.branch_with("below", "merged", "app1", "V3__below");
    repository.branch_with("work", "below", "app1", "V4__mine");
    repository.git(&["branch", "--force", "main", "merged"]);
    // Edited since: it is no longer what the branch below has.
    repository.write("apps/app1/migrations/core/V3__below.sql", "select 3;");
    repository.commit("edited");
    let found = repository.check(
        &against("main", &["merged", "below", "work", "main"]),
        &["here app1/core V3__below V4__mine"],
    );
    assert!(
        found
            .refs
            .iter()
            .all(|one| one.merge_base.is_none() && one.new_count == 0)
    );
}

#[test]
fn a_migration_that_was_squashed_into_the_base_or_stands_here_is_not_new_on_its_branch() {
    let repository = Repository::new();
    repository.branch_with("pr", "main", "app1", "V2__squashed");
    repository.migration("app1", "V3__taken_over");
    repository.migration("app1", "V4__own");
    repository.commit("more");
    repository.checkout("main");
    repository.migration("app1", "V2__squashed");
    repository.commit("squashed");
    repository.branch_with("work", "main", "app1", "V3__taken_over");
    repository.check(
        &against("main", &["pr"]),
        &["here app1/core V3__taken_over", "pr app1/core V4__own"],
    );
    repository.git(&["reset", "--quiet", "--hard", "HEAD~2"]);
    repository.check(
        &against("main", &["pr"]),
        &[
            "base app1/core V2__squashed",
            "pr app1/core V3__taken_over V4__own",
        ],
    );
}

#[test]
fn a_migration_that_landed_and_was_deleted_here_is_not_new_on_its_branch() {
    let repository = Repository::new();
    repository.branch_with("pr", "main", "app1", "V2__squashed");
    repository.checkout("main");
    repository.migration("app1", "V2__squashed");
    repository.commit("squashed");
    repository.git(&["rm", "-r", "--quiet", "apps/app1"]);
    repository.check(&against("main", &["pr"]), &[]);
}

#[test]
fn stacked_branches_have_each_migration_once() {
    let repository = Repository::new();
    repository.branch_with("first", "main", "app1", "V2__first");
    repository.branch_with("second", "first", "app1", "V3__second");
    repository.checkout("main");
    repository.check(
        &against("main", &["first", "second"]),
        &["first app1/core V2__first", "second app1/core V3__second"],
    );
}

#[test]
fn an_app_that_only_a_ref_has_is_read_there() {
    let repository = Repository::new();
    repository.branch("other", "main");
    repository.app("apps/app9", "app9");
    repository.migration("app9", "V1__first");
    repository.app("fixtures/copy", "copy");
    repository.write(
        "fixtures/copy/migrations/core/V1__no_member.sql",
        "select 1;",
    );
    repository.app("fixtures/app1", "app1");
    repository.write(
        "fixtures/app1/migrations/core/V7__no_member.sql",
        "select 1;",
    );
    repository.commit("a new app and no app");
    repository.checkout("main");
    repository.check(&against("main", &["other"]), &["other app9/core V1__first"]);
}

#[test]
fn untrusted_refs_are_marked_and_come_last() {
    let repository = Repository::new();
    repository.branch_with("fork", "main", "app1", "V2__fork");
    repository.branch_with("ours", "main", "app1", "V2__ours");
    repository.git(&["branch", "also-ours", "fork"]);
    repository.checkout("main");
    let request = Request {
        base: Some("main".to_owned()),
        against: vec!["ours".to_owned(), "also-ours".to_owned()],
        against_untrusted: vec!["fork".to_owned()],
    };
    let found = repository.check(
        &request,
        &["ours app1/core V2__ours", "fork app1/core V2__fork"],
    );
    let trusted: Vec<_> = found
        .refs
        .iter()
        .map(|one| (one.name.as_str(), one.trusted))
        .collect();
    assert_eq!(
        trusted,
        [("ours", true), ("fork", false)],
        "what a fork has too is not trusted"
    );
}

#[test]
fn a_broken_config_at_a_ref_is_told_with_the_refs_name() {
    let repository = Repository::new();
    repository.branch("broken", "main");
    repository.write(
        "apps/app1/migrations.toml",
        "[databases.core]\nshema = \"x\"\n",
    );
    repository.migration("app1", "V2__theirs");
    repository.app("apps/app9", "app9");
    repository.write("apps/app9/migrations.toml", "[databases.core");
    repository.migration("app9", "V1__theirs");
    repository.commit("broken");
    repository.checkout("main");
    let (new, warnings) = repository.warned(&against("main", &["broken"]));
    assert_eq!(new, ["broken app1/core V2__theirs"]);
    assert_eq!(
        warnings,
        [
            "broken-config-at-ref: apps/app1/migrations.toml of broken cannot be read",
            "broken-config-at-ref: apps/app9/migrations.toml of broken cannot be read",
        ]
    );
}

#[test]
fn files_that_are_no_text_and_links_are_told() {
    use std::os::unix::ffi::OsStrExt;
    let repository = Repository::new();
    repository.branch("strange", "main");
    let directory = repository.workspace.join("apps/app1/migrations/core");
    std::fs::write(
        directory.join(std::ffi::OsStr::from_bytes(b"V2__\xff.sql")),
        "select 1;",
    )
    .unwrap();
    std::os::unix::fs::symlink("/etc/passwd", directory.join("V3__link.sql")).unwrap();
    repository.migration("app1", "V4__sound");
    repository.commit("strange");
    repository.checkout("main");
    let (new, warnings) = repository.warned(&against("main", &["strange"]));
    assert_eq!(new, ["strange app1/core V4__sound"]);
    assert_eq!(
        warnings,
        [
            "unreadable-at-ref: apps/app1/migrations/core/V3__link.sql of strange is a symbolic link, \
             which is not followed in a commit",
            "misnamed-migration: `V2__\\xff.sql` is no migration's name: \
             the part after `__` must be letters, digits and `_`",
        ]
    );
}

#[test]
fn names_that_look_like_options_or_like_nothing() {
    let repository = Repository::new();
    for name in ["--upload-pack=touch /tmp/x", "-x", "", "a\nb"] {
        for request in [base(name), against("main", &[name])] {
            let refused = repository.refused(&request);
            assert!(refused.starts_with("unknown-ref: "), "{refused}");
            assert!(refused.contains("is no ref: it "), "{refused}");
        }
    }
    // A glob of that form is a pattern below refs/, where no such name can be.
    let (_, warnings) = repository.warned(&against("main", &["--exec=*"]));
    assert_eq!(
        warnings,
        ["no-ref-matches: no ref matches `--exec=*`: nothing is compared with it"]
    );
}

#[test]
fn names_of_any_letters() {
    let repository = Repository::new();
    let names = ["größe/日本", "no\u{a0}break", "a;b&c$(d)'e"];
    for (number, name) in names.iter().enumerate() {
        repository.branch_with(name, "main", "app1", &format!("V2__n{number}"));
    }
    repository.checkout("main");
    repository.check(
        &against("main", &["größe/*", "no\u{a0}break", "a;b&c$(d)'e"]),
        &[
            "größe/日本 app1/core V2__n0",
            "no\u{a0}break app1/core V2__n1",
            "a;b&c$(d)'e app1/core V2__n2",
        ],
    );
}

#[test]
fn an_unknown_ref_is_told_with_the_nearest_and_what_to_fetch() {
    let repository = Repository::new();
    repository.branch("feature", "main");
    assert_eq!(
        repository.refused(&against("main", &["featur", "origin/pr/7"])),
        "unknown-ref: --against: no ref `featur`; did you mean `feature`?  (refs: feature, main)\n\
         help: if it is not fetched yet: git fetch origin '+refs/heads/featur:refs/remotes/origin/featur'\n\
         unknown-ref: --against: no ref `origin/pr/7`  (refs: feature, main)\n\
         help: if it is not fetched yet: git fetch origin '+refs/pull/7/head:refs/remotes/origin/pr/7'"
    );
    assert!(
        repository
            .refused(&base("mian"))
            .starts_with("unknown-ref: --base: no ref `mian`; did you mean `main`?")
    );
}

#[test]
fn a_glob_without_a_match_is_a_warning_with_what_to_fetch() {
    let repository = Repository::new();
    let found = repository.find(&against("main", &["origin/pr/*"])).unwrap();
    assert_eq!(found.warnings[0].code, "no-ref-matches");
    assert_eq!(
        found.warnings[0].helps,
        ["if none is fetched yet: git fetch origin '+refs/pull/*/head:refs/remotes/origin/pr/*'"]
    );
}

#[test]
fn tags_and_commits_are_refs_too() {
    let repository = Repository::new();
    repository.branch_with("other", "main", "app1", "V2__other");
    repository.git(&["tag", "--annotate", "--message", "x", "v1.0"]);
    let commit = repository.git(&["rev-parse", "HEAD"]);
    repository.checkout("main");
    repository.check(&against("main", &["v1.*"]), &["v1.0 app1/core V2__other"]);
    repository.check(
        &against("main", &[&commit]),
        &[&format!("{commit} app1/core V2__other")],
    );
}

#[test]
fn what_was_pushed_of_this_branch_is_no_other_branch() {
    let origin = Repository::new();
    origin.branch_with("work", "main", "app1", "V2__mine");
    origin.branch_with("theirs", "main", "app2", "V2__theirs");
    origin.checkout("main");
    let clone = origin.clone(&["--branch", "work"]);
    clone.write(
        "apps/app1/migrations/core/V2__mine.sql",
        "select 'amended';",
    );
    clone.git(&[
        "commit",
        "--quiet",
        "--all",
        "--amend",
        "--message",
        "amended",
    ]);
    let here = "here app1/core V2__mine";
    let theirs = "origin/theirs app2/core V2__theirs";
    clone.check(&against("origin/main", &["origin/*"]), &[here, theirs]);
    // Named, it is compared; and so is a branch of another name that this one came from.
    clone.check(
        &against("origin/main", &["origin/work"]),
        &[here, "origin/work app1/core V2__mine"],
    );
    clone.git(&["branch", "--quiet", "--set-upstream-to", "origin/theirs"]);
    clone.check(
        &against("origin/main", &["origin/*"]),
        &[here, theirs, "origin/work app1/core V2__mine"],
    );
}

#[test]
fn what_to_fetch_names_the_remote_and_the_commit() {
    let origin = Repository::new();
    let clone = origin.clone(&["--origin", "fork"]);
    for (name, command) in [
        (
            "fork/x/y",
            "git fetch fork '+refs/heads/x/y:refs/remotes/fork/x/y'",
        ),
        (
            "other/x",
            "git fetch origin '+refs/heads/other/x:refs/remotes/origin/other/x'",
        ),
        ("0123456789abcdef", "git fetch origin 0123456789abcdef"),
    ] {
        let refused = clone.refused(&against("fork/main", &[name]));
        assert!(
            refused.ends_with(&format!("help: if it is not fetched yet: {command}")),
            "{refused}"
        );
    }
}

#[test]
fn an_app_outside_of_the_members_is_found_where_it_was_and_where_it_went() {
    let repository = Repository::new();
    repository.app("vendored/tool", "tool");
    repository.write("vendored/tool/migrations/core/V1__first.sql", "select 1;");
    let manifest = "[package]\nname = \"app2\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
                    [dependencies]\ntool = { path = \"../../vendored/tool\" }\n";
    repository.write("apps/app2/Cargo.toml", manifest);
    repository.commit("a member by its path alone");
    repository.check(&base("main"), &[]);
    repository.branch("other", "main");
    repository.git(&["mv", "vendored/tool", "vendored/moved"]);
    repository.write(
        "apps/app2/Cargo.toml",
        &manifest.replace("tool\" }", "moved\" }"),
    );
    repository.write("vendored/moved/migrations/core/V2__second.sql", "select 2;");
    repository.commit("moved");
    repository.checkout("main");
    repository.check(
        &against("main", &["other"]),
        &["other tool/core V2__second"],
    );
}

#[test]
fn an_oversized_file_of_a_ref_is_not_read() {
    let repository = Repository::new();
    repository.branch("large", "main");
    repository.write(
        "apps/app1/migrations/core/V2__large.sql",
        &" ".repeat((16 << 20) + 1),
    );
    repository.migration("app1", "V3__small");
    repository.commit("large");
    repository.checkout("main");
    let (new, warnings) = repository.warned(&against("main", &["large"]));
    assert_eq!(new, ["large app1/core V3__small"]);
    assert!(
        warnings.len() == 1 && warnings[0].starts_with("unreadable-at-ref: "),
        "{warnings:?}"
    );
}
