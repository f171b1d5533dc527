//! Runs through a pooler that gives every transaction another server session.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::thread;

use migrations_common::Environment;
use migrations_common::config::VersionWidth;
use migrations_common::connect::Parameters;
use migrations_common::history::{self, HistoryTable, Known};
use postgres::{Client, NoTls};

use crate::proxy::url;
use crate::support::{Recorder, TestDatabase, app, applied, problem, server, target_at};

/// Two server sessions a client, which take turns after each transaction. It knows the simple query protocol alone.
struct Pooler {
    directory: tempfile::TempDir,
}

impl Pooler {
    fn start() -> Self {
        let directory = tempfile::tempdir().expect("made");
        let name = format!(".s.PGSQL.{}", server().port);
        let listener = UnixListener::bind(directory.path().join(&name)).expect("bound");
        let upstream = server().socket_directory.join(name);
        thread::spawn(move || {
            for client in listener.incoming() {
                let server = || UnixStream::connect(&upstream).expect("connects");
                let (client, servers) = (client.expect("accepted"), [server(), server()]);
                thread::spawn(move || serve(client, servers));
            }
        });
        Pooler { directory }
    }
}

/// Returns when the client has gone.
fn serve(mut client: UnixStream, mut servers: [UnixStream; 2]) -> Option<()> {
    let startup = message(&mut client, 0)?;
    for (index, server) in servers.iter_mut().enumerate() {
        server.write_all(&startup).ok()?;
        let mut to = (index == 0).then(|| client.try_clone().expect("cloned"));
        answer(server, to.as_mut())?;
    }
    let mut turn = 0;
    loop {
        let query = message(&mut client, 1)?;
        assert!(
            matches!(query[0], b'Q' | b'X'),
            "only simple queries go through a pooler"
        );
        servers[turn].write_all(&query).ok()?;
        let status = answer(&mut servers[turn], Some(&mut client))?;
        if status == b'I' {
            turn = 1 - turn;
        }
    }
}

/// Passes an answer on; whether a transaction is open after it.
fn answer(server: &mut UnixStream, mut client: Option<&mut UnixStream>) -> Option<u8> {
    loop {
        let piece = message(server, 1)?;
        if let Some(client) = &mut client {
            client.write_all(&piece).ok()?;
        }
        if piece[0] == b'Z' {
            return Some(piece[5]);
        }
    }
}

/// A message: its type, absent at the start of a session, its length, which counts itself, and the rest.
fn message(from: &mut UnixStream, type_bytes: usize) -> Option<Vec<u8>> {
    let mut message = vec![0; type_bytes + 4];
    from.read_exact(&mut message).ok()?;
    let length: [u8; 4] = message[type_bytes..].try_into().expect("four bytes");
    message.resize(
        type_bytes + usize::try_from(u32::from_be_bytes(length)).expect("fits"),
        0,
    );
    from.read_exact(&mut message[type_bytes + 4..]).ok()?;
    Some(message)
}

#[test]
fn units_need_no_session_of_their_own() {
    let pooler = Pooler::start();
    let files = [
        (
            "V1__a.sql",
            "create table a (); set search_path = ''; select set_config('lock_timeout', '1ms', false)",
        ),
        ("V2__b.sql", "create table b ()"),
        (
            "V3__c.sql",
            "-- migration: only-if select to_regclass('b') is not null\ncreate table c ()",
        ),
        (
            "V4__d.sql",
            "-- migration: only-if select false\ncreate table d ()",
        ),
    ];
    for config in ["", "transaction = \"target\""] {
        let place = TestDatabase::new();
        let target = target_at(
            &app("shop", config, &files),
            &url(pooler.directory.path(), &place),
        );
        let report = Recorder::new().migrate(&[target.into()]);
        assert_eq!(applied(&report), [1, 2, 3, 4], "{report:#?}");
        assert!(place.has("c") && !place.has("d"));
    }
}

#[test]
fn a_survey_needs_no_session_of_its_own() {
    let pooler = Pooler::start();
    let place = TestDatabase::new();
    let tables: Vec<HistoryTable> = (0..150)
        .map(|index| HistoryTable {
            schema: "public".to_owned(),
            name: format!("h{index}"),
        })
        .collect();
    for table in &tables {
        place.run(&history::create(table, VersionWidth::Int8));
    }
    place.run("alter table h7 drop outcome; create table h7_outcome ()");
    let url = url(pooler.directory.path(), &place);
    let mut client = Client::connect(&url, NoTls).expect("connects");
    let found = history::survey(&mut client, &tables, &Known::default());
    let found = found.expect("the connection holds");
    for (index, found) in found.iter().enumerate() {
        match found {
            Ok(found) => assert!(found.history.form.is_some()),
            Err(problem) => assert_eq!((index, problem.sqlstate.as_deref()), (7, Some("42703"))),
        }
    }
    assert!(found[7].is_err());
}

#[test]
fn a_file_outside_transactions_needs_a_way_around_the_pooler() {
    let pooler = Pooler::start();
    let place = TestDatabase::new();
    let files = [
        ("V1__a.sql", "create table a (id int)"),
        (
            "V2__b.sql",
            "-- migration: no-transaction\ncreate index concurrently i on a (id)",
        ),
    ];
    let mut target = target_at(
        &app("shop", "", &files),
        &url(pooler.directory.path(), &place),
    );
    let report = Recorder::new().migrate(&[Arc::new(target.clone())]);
    assert_eq!(
        (problem(&report).code, applied(&report)),
        ("pooled-connection", vec![1]),
        "{report:#?}"
    );
    assert!(problem(&report).helps[0].contains("direct_url"));
    assert!(!place.has("i"));

    target.direct = Some(Arc::new(
        Parameters::from_url(&place.url(), &Environment::default()).expect("valid"),
    ));
    let report = Recorder::new().migrate(&[Arc::new(target)]);
    assert_eq!(applied(&report), [2], "{report:#?}");
}
