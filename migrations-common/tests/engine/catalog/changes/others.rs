//! Operators, collations, text search and other things.

use super::{Change, check};

#[test]
fn each_change_is_seen_and_said() {
    check(CHANGES);
}

const CHANGES: &[Change] = &[
    (
        "drop operator ===(mood, text)",
        &["operator === (mood, text) is missing"],
    ),
    (
        "alter operator ===(mood, text) set (restrict = eqsel)",
        &["operator === (mood, text): restrict is eqsel, expected none"],
    ),
    (
        "create operator !== (leftarg = mood, rightarg = text, function = same_mood)",
        &["operator !== (mood, text) is not expected"],
    ),
    (
        "alter collation german owner to specimen_owner",
        &["collation german belongs to specimen_owner, expected the schema's owner"],
    ),
    (
        "drop collation german; create collation german (locale = 'POSIX')",
        &[
            "collation german: collate is POSIX, expected C; has no comment, expected 'umlauts'; ctype is POSIX, expected C",
        ],
    ),
    (
        "alter text search configuration plain alter mapping for word with stems",
        &["text search configuration plain: mappings are word stems, expected word simple"],
    ),
    (
        "alter text search dictionary stems (stopwords = '')",
        &[
            "text search dictionary stems: options are stopwords = '', expected stopwords = 'english'",
        ],
    ),
    (
        "alter operator family numbers using btree add operator 1 < (int8, int8)",
        &["operator family numbers using btree: operators are 1 <(bigint,bigint), expected none"],
    ),
    (
        "drop operator class int_backwards using btree",
        &[
            "operator class int_backwards using btree is missing",
            "operator family int_backwards using btree: functions are none, expected 1 (integer, integer) btint4cmp(integer,integer); operators are none, expected 1 >(integer,integer), 2 >=(integer,integer), 3 =(integer,integer), 4 <=(integer,integer), 5 <(integer,integer)",
        ],
    ),
    (
        "drop conversion latin; create default conversion latin for 'LATIN1' to 'UTF8' from pg_catalog.iso8859_1_to_utf8",
        &["conversion latin is default, expected not default"],
    ),
    (
        "create text search template bare (lexize = dsimple_lexize)",
        &["text search template bare is not expected"],
    ),
    (
        "create text search parser own_parser (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype)",
        &["text search parser own_parser is not expected"],
    ),
    (
        "comment on collation german is null",
        &["collation german has no comment, expected 'umlauts'"],
    ),
];
