use super::*;
use crate::interrupt::Interrupt;
use crate::placeholder::Values;
use crate::report::Signal;
use crate::tenants::{Source, Tenant, list};

/// `argument` as a config has it.
fn text(argument: &str) -> Text {
    Text {
        value: argument.to_owned(),
        place: Place::new("migrations.toml", argument, 0..argument.len()),
    }
}

fn command(argv: &[&str]) -> Command {
    Command {
        argv: argv.iter().map(|argument| text(argument)).collect(),
        directory: std::env::temp_dir(),
        environment: Environment::from_pairs([("PATH", "/usr/bin:/bin")]),
        limit: Command::LIMIT,
        format: Format::Lines,
    }
}

fn shell(script: &str) -> Command {
    command(&["sh", "-c", script])
}

fn read_until(command: Command, interrupt: &Interrupt) -> Result<Vec<Tenant>, Problems> {
    let hostile = "it's \"$(exit 7)\"; exit 8";
    let values = Values::from([("region".to_owned(), hostile.to_owned())]);
    let asking = Asking {
        app: "app3",
        values: &values,
        urls: true,
        interrupt,
    };
    list(&Source::Command(command), &asking)
}

fn read(command: Command) -> Result<Vec<Tenant>, Problems> {
    read_until(command, &Interrupt::default())
}

fn names(command: Command) -> Vec<String> {
    let tenants = read(command).expect("tenants");
    tenants.into_iter().map(|tenant| tenant.name).collect()
}

/// The only problem.
fn problem(command: Command) -> Problem {
    let Problems(problems) = read(command).expect_err("must fail");
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems[0].clone()
}

#[test]
fn its_output_is_a_list() {
    let tenants = read(shell(
        "printf '# all\\nacme\\nbeta\\tpostgres://h\\n'; echo no >&2",
    ))
    .unwrap();
    assert_eq!(tenants.len(), 2);
    assert_eq!(
        tenants[0].origin.to_string(),
        "line 2 of the output of `sh`"
    );
    assert_eq!(tenants[1].url.as_ref().unwrap().expose(), "postgres://h");
    assert_eq!(read(command(&["true"])).unwrap(), []);
}

#[test]
fn no_shell_reads_its_arguments() {
    assert_eq!(
        names(command(&[
            "printf",
            "%s\\n",
            "$HOME; *",
            "<${region}>",
            "$${region}"
        ])),
        ["$HOME; *", "<it's \"$(exit 7)\"; exit 8>", "${region}"]
    );
    let problem = problem(command(&["echo", "${regoin}"]));
    assert_eq!((problem.kind, problem.code), (Kind::Config, "placeholder"));
    assert_eq!(&*problem.places[0].text, "${regoin}");
}

#[test]
fn it_runs_in_its_directory_with_its_environment_alone() {
    let directory = tempfile::tempdir().unwrap();
    let program = directory.path().join("list");
    std::fs::write(
        &program,
        "#!/bin/sh\nenv | cut -d= -f1 | grep -v -e PWD -e SHLVL -e _\n",
    )
    .unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, mode).unwrap();
    let mut command = command(&["./list"]);
    command.directory = directory.path().to_owned();
    command.environment = Environment::from_pairs([("PATH", "/usr/bin:/bin"), ("SHARD", "1")]);
    let mut names = names(command);
    names.sort();
    assert_eq!(names, ["PATH", "SHARD"]);
}

#[test]
fn a_failure_is_told_in_its_own_words_but_no_url() {
    let failed = problem(shell(
        "echo acme postgres://u:hunter2@h; echo no route to postgres://u:hunter2@h >&2; exit 3",
    ));
    assert_eq!(
        (failed.kind, failed.code),
        (Kind::Failed, "tenants-command")
    );
    assert_eq!(failed.message, "the command `sh` ended with exit status: 3");
    assert_eq!(
        failed.notes,
        ["it wrote to stderr:\nno route to postgres://***"]
    );
    assert_eq!(
        problem(command(&["false"])).notes,
        ["it wrote nothing to stderr"]
    );
    assert_eq!(&*failed.places[0].text, "sh");
    let killed = problem(shell("echo acme; kill -9 $$"));
    assert!(killed.message.contains("signal: 9"), "{killed}");
}

#[test]
fn what_cannot_be_run() {
    let missing = problem(command(&["no-such-program"]));
    assert_eq!(
        (missing.kind, missing.code),
        (Kind::Config, "tenants-command")
    );
    assert!(
        missing
            .message
            .starts_with("the command `no-such-program` could not be run: "),
        "{missing}"
    );
    assert_eq!(problem(command(&[])).message, "the command is empty");
    assert_eq!(problem(command(&["echo", "a\0b"])).kind, Kind::Config);
}

#[test]
fn output_that_is_no_list() {
    assert_eq!(
        problem(shell("printf 'a\\n\\377\\n'")).message,
        "the command `sh` wrote a line that is not UTF-8: line 2"
    );
    assert_eq!(
        problem(shell("echo a; echo pg_b")).message,
        "line 2 of the output of `sh`: the name `pg_b` is one that PostgreSQL keeps for itself"
    );
    assert_eq!(
        problem(shell("head -c 20000000 /dev/zero")).message,
        "the command `sh` wrote 16 MiB or more"
    );
}

#[test]
fn a_list_that_does_not_end_is_none() {
    for script in ["echo a; sleep 600", "echo a; sleep 600 &"] {
        let mut command = shell(script);
        command.limit = Duration::from_secs(1);
        let problem = problem(command);
        assert_eq!(
            (problem.kind, problem.code),
            (Kind::Failed, "tenants-command")
        );
        assert_eq!(problem.message, "the command `sh` was not done after 1 s");
    }
}

#[test]
fn an_interrupt_ends_it() {
    let interrupt = Interrupt::default();
    interrupt.request(Signal::Interrupt);
    let problems = read_until(shell("sleep 600"), &interrupt).unwrap_err();
    assert_eq!(problems.exit_code(), 130);
}

#[cfg(feature = "cli")]
#[test]
fn an_app_tells_its_tenants_as_json() {
    let json = |text: &str| {
        let mut command = command(&["echo", text]);
        command.format = Format::Json;
        command
    };
    let tenants = read(json(r#"[{"name":"be ta","url":"postgres://h"}]"#)).unwrap();
    assert_eq!(tenants[0].name, "be ta");
    assert_eq!(
        tenants[0].origin.to_string(),
        "entry 1 of the output of `echo`"
    );
    assert_eq!(
        problem(json("be ta")).message,
        "the command `echo` wrote no list of tenants: expected value at line 1 column 1"
    );
}
