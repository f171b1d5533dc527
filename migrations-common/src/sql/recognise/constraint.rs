//! Constraints that are added without a look at the rows, and the look.

use super::table::alter_table;
use crate::sql::{Cursor, Statement};

/// The names of the constraints that `statement` adds NOT VALID, to a table or a domain. One without a name is left out.
pub fn adds_not_valid(statement: &Statement<'_>) -> Vec<String> {
    names(statement, |action| {
        action.keyword("add constraint").then_some(())?;
        let name = action.identifier();
        name.filter(|_| action.find("not valid"))
    })
}

/// The names of the constraints that `statement` validates.
pub fn validates(statement: &Statement<'_>) -> Vec<String> {
    names(statement, |action| {
        action.keyword("validate constraint").then_some(())?;
        action.identifier()
    })
}

fn names(
    statement: &Statement<'_>,
    name: impl FnMut(&mut Cursor<'_>) -> Option<String>,
) -> Vec<String> {
    let mut actions = alter_table(statement)
        .map(|alter| alter.actions)
        .or_else(|| alter_domain(statement))
        .unwrap_or_default();
    actions.iter_mut().filter_map(name).collect()
}

fn alter_domain<'a>(statement: &Statement<'a>) -> Option<Vec<Cursor<'a>>> {
    let mut cursor = statement.cursor();
    cursor.keyword("alter domain").then_some(())?;
    cursor.qualified_name()?;
    Some(vec![cursor])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::split;

    fn check(text: &str, not_valid: &[&str], validated: &[&str]) {
        let statements = split(text).unwrap();
        assert_eq!(adds_not_valid(&statements[0]), not_valid, "{text}");
        assert_eq!(validates(&statements[0]), validated, "{text}");
    }

    #[test]
    fn every_action_of_an_alter_table_is_read() {
        check(
            "alter table t add constraint c check (a > 0) not valid",
            &["c"],
            &[],
        );
        check(
            "ALTER TABLE IF EXISTS ONLY s.t * ADD CONSTRAINT \"C\" FOREIGN KEY (a, b) REFERENCES u (a, b) \
             ON DELETE CASCADE NOT /* so far */ VALID, add column d numeric(3, 1), \
             ADD CONSTRAINT valid CHECK (a IN (1, 2)), add constraint e check (not valid) NOT VALID",
            &["C", "e"],
            &[],
        );
        check(
            "alter table only (t) validate constraint a, validate constraint B",
            &[],
            &["a", "b"],
        );
        check(
            "alter table t validate constraint a, add constraint b check (true) not valid",
            &["b"],
            &["a"],
        );
    }

    #[test]
    fn a_constraint_without_a_name_is_left_out() {
        check("alter table t add check (a > 0) not valid", &[], &[]);
        check(
            "alter table t add foreign key (a) references u not valid",
            &[],
            &[],
        );
    }

    #[test]
    fn a_domain_has_constraints_too() {
        check(
            "alter domain s.d add constraint c check (value <> '') not valid",
            &["c"],
            &[],
        );
        check("alter domain d validate constraint c", &[], &["c"]);
    }

    #[test]
    fn other_statements_say_nothing() {
        check(
            "alter table t add constraint c check (a is not null)",
            &[],
            &[],
        );
        check("alter table t add constraint c check (not valid)", &[], &[]);
        check("alter table t add column valid bool not null", &[], &[]);
        check(
            "comment on table t is 'add constraint c not valid'",
            &[],
            &[],
        );
        check("alter table", &[], &[]);
    }
}
