//! `app4 tenants`: what `cargo xtask` asks this app's binary.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::process::{Command, Output};

/// What the binary says of `function`, with these ledgers in the environment.
fn ask(function: &str, ledgers: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_app4"));
    command.args(["tenants", function, "--env", "staging"]);
    match ledgers {
        Some(ledgers) => command.env("LEDGERS_URLS", ledgers),
        None => command.env_remove("LEDGERS_URLS"),
    };
    command.output().expect("runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn ledgers_are_a_list_of_names_and_urls() {
    let output = ask(
        "ledgers",
        Some("acme postgres://db7/acme\no'hara postgres://u:p%22@db9/o\n"),
    );
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        text(&output.stdout),
        "[{\"name\":\"acme\",\"url\":\"postgres://db7/acme\"},{\"name\":\"o'hara\",\"url\":\"postgres://u:p%22@db9/o\"}]\n"
    );
    assert_eq!(text(&output.stderr), "");
    let nobody = ask("ledgers", Some(""));
    assert_eq!(text(&nobody.stdout), "[]\n");
}

#[test]
fn what_it_cannot_tell_goes_to_stderr() {
    let unset = ask("ledgers", None);
    assert_eq!(
        text(&unset.stderr),
        "LEDGERS_URLS is not set; it lists the ledgers of staging, a name and a URL a line\n"
    );
    let unknown = ask("ledgrs", Some(""));
    assert_eq!(
        text(&unknown.stderr),
        "main.rs makes no function `ledgrs` known\n"
    );
    for output in [unset, unknown] {
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(text(&output.stdout), "");
    }
}
