//! PostgreSQL's own relations.

use crate::name::Name;

/// Whether `relation` is in a catalog or in the information schema. `pg_catalog` comes first in every search path, so that a
/// catalog's name needs no schema.
pub(super) fn holds(relation: &Name) -> bool {
    let own = |schema: &String| matches!(schema.as_str(), "pg_catalog" | "information_schema");
    let within = !relation.schemas.is_empty() && relation.schemas.iter().all(own);
    within || CATALOGS.contains(&relation.name.as_str())
}

/// The catalogs and views that migrations ask, in PostgreSQL 14 and later.
const CATALOGS: &[&str] = &[
    "pg_am",
    "pg_attrdef",
    "pg_attribute",
    "pg_authid",
    "pg_auth_members",
    "pg_available_extensions",
    "pg_cast",
    "pg_class",
    "pg_collation",
    "pg_constraint",
    "pg_conversion",
    "pg_database",
    "pg_default_acl",
    "pg_depend",
    "pg_description",
    "pg_enum",
    "pg_event_trigger",
    "pg_extension",
    "pg_index",
    "pg_indexes",
    "pg_inherits",
    "pg_language",
    "pg_locks",
    "pg_matviews",
    "pg_namespace",
    "pg_opclass",
    "pg_operator",
    "pg_partitioned_table",
    "pg_policies",
    "pg_policy",
    "pg_proc",
    "pg_publication",
    "pg_publication_tables",
    "pg_range",
    "pg_rewrite",
    "pg_roles",
    "pg_rules",
    "pg_sequence",
    "pg_sequences",
    "pg_settings",
    "pg_shdepend",
    "pg_stat_activity",
    "pg_stat_user_indexes",
    "pg_stat_user_tables",
    "pg_statistic",
    "pg_statistic_ext",
    "pg_subscription",
    "pg_tables",
    "pg_tablespace",
    "pg_trigger",
    "pg_ts_config",
    "pg_ts_dict",
    "pg_type",
    "pg_user",
    "pg_views",
];
