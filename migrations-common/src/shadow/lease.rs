//! Whose a shadow database is: a token in its name, and a lock that its owner holds as long as it lives.
//!
//! A process that is killed loses its connection, and with it the lock. So whoever gets the lock of a token owns what
//! it left, in whatever container the two run, and nobody ever gets that of a run that lives.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use super::admin::Admin;
use crate::problem::{Kind, Problem};
use crate::sql::quote;

/// How the names of all databases and roles of ours begin.
pub(super) const PREFIX: &str = "migrations_shadow_";

/// What all that belongs to one shadow has in its name: process, start in microseconds, and number within the process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lease(String);

impl Lease {
    /// Takes a new one, after what dead owners left was dropped.
    pub(super) fn take(admin: &mut Admin) -> Result<Lease, Problem> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        sweep(admin);
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let lease = Lease(format!(
            "{PREFIX}{}_{}_{}",
            std::process::id(),
            now.unwrap_or_default().as_micros(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        ));
        if lease.try_lock(admin)? {
            return Ok(lease);
        }
        Err(Problem::new(
            Kind::Busy,
            "shadow",
            format!("another process holds the shadow database {}", lease.0),
        ))
    }

    /// The lease of the database or role called `name`, if it is one of ours.
    fn of(name: &str) -> Option<Lease> {
        let mut parts = name.strip_prefix(PREFIX)?.split('_');
        let mut number = || {
            let part = parts.next()?;
            part.parse::<u64>().ok().map(|_| part.to_owned())
        };
        let token = [number()?, number()?, number()?].join("_");
        Some(Lease(format!("{PREFIX}{token}")))
    }

    /// The database in its base state.
    pub(super) fn database(&self) -> String {
        self.0.clone()
    }

    /// Its copy of that number.
    pub(super) fn copy(&self, number: u32) -> String {
        format!("{}_{number}", self.0)
    }

    /// The role that runs migrations.
    pub(super) fn role(&self) -> String {
        self.0.clone()
    }

    /// The role that reads content.
    pub(super) fn reader(&self) -> String {
        format!("{}_reader", self.0)
    }

    /// The comment on roles that were made because a migration names them.
    pub(super) fn comment(&self) -> &str {
        &self.0
    }

    /// Drops everything that belongs to it, as far as it can be dropped.
    pub(super) fn remove(&self, admin: &mut Admin) {
        let named = |query: &str, admin: &mut Admin| {
            let mut names = admin.column(query).unwrap_or_default();
            names.retain(|name| Lease::of(name).as_ref() == Some(self));
            names
        };
        for database in named(DATABASES, admin) {
            let _ = admin.drop_database(&database);
        }
        let commented = format!(
            "select r.rolname from pg_roles r \
             where shobj_description(r.oid, 'pg_authid') = {}",
            quote::literal(self.comment())
        );
        let mut roles = admin.column(&commented).unwrap_or_default();
        roles.extend(named(ROLES, admin));
        for role in roles {
            // Another shadow may have granted something to it by now; then it drops the role, or a later run does.
            let _ = admin.run(&format!("drop role if exists {}", quote::identifier(&role)));
        }
        let _ = admin.holds(&format!("pg_advisory_unlock({})", self.key()));
    }

    fn try_lock(&self, admin: &mut Admin) -> Result<bool, Problem> {
        admin.holds(&format!("pg_try_advisory_lock({})", self.key()))
    }

    fn key(&self) -> String {
        format!("hashtextextended({}, 0)", quote::literal(&self.0))
    }
}

const DATABASES: &str =
    "select datname from pg_database where starts_with(datname, 'migrations_shadow_')";
const ROLES: &str = "select rolname from pg_roles where starts_with(rolname, 'migrations_shadow_')";
const COMMENTS: &str = "select shobj_description(oid, 'pg_authid') from pg_roles \
    where starts_with(shobj_description(oid, 'pg_authid'), 'migrations_shadow_')";

/// Drops what dead owners left. What can't be dropped does not matter to us.
fn sweep(admin: &mut Admin) {
    let mut names = Vec::new();
    for query in [DATABASES, ROLES, COMMENTS] {
        names.extend(admin.column(query).unwrap_or_default());
    }
    let left: BTreeSet<Lease> = names.iter().filter_map(|name| Lease::of(name)).collect();
    for lease in left {
        // Within one session a lock can be taken again, but this session is new.
        if lease.try_lock(admin).is_ok_and(|taken| taken) {
            lease.remove(admin);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_a_lease_lead_back_to_it() {
        let lease = Lease(format!("{PREFIX}12_1700000000000000_3"));
        for name in [
            lease.database(),
            lease.copy(7),
            lease.role(),
            lease.reader(),
        ] {
            assert_eq!(Lease::of(&name), Some(lease.clone()), "{name}");
            assert!(name.len() < 64, "{name}");
        }
        for name in [
            "migrations_shadow_",
            "migrations_shadow_1_2",
            "migrations_shadow_a_b_c",
            "core",
        ] {
            assert_eq!(Lease::of(name), None, "{name}");
        }
    }
}
