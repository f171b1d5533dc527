//! Types: which of them a migration can change.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};

use crate::effect::{Need, Object};
use crate::reader::{Reader, segments};

/// The types that every database has (`pg_type` of PostgreSQL 18, without catalogs' row types), and SQL's words for them.
const BUILT_IN: &str = " aclitem any anyarray anycompatible anycompatiblearray anycompatiblemultirange \
    anycompatiblenonarray anycompatiblerange anyelement anyenum anymultirange anynonarray anyrange bigint bit bool boolean \
    box bpchar bytea char character cid cidr circle cstring date datemultirange daterange dec decimal event_trigger \
    fdw_handler float float4 float8 gtsvector index_am_handler inet int int2 int2vector int4 int4multirange int4range \
    int8 int8multirange int8range integer internal interval json jsonb jsonpath language_handler line lseg macaddr \
    macaddr8 money name national nchar numeric nummultirange numrange oid oid8 oidvector path \
    pg_brin_bloom_summary pg_brin_minmax_multi_summary pg_ddl_command pg_dependencies pg_lsn pg_mcv_list pg_ndistinct \
    pg_node_tree pg_snapshot point polygon real record refcursor regclass regcollation regconfig regdatabase regdictionary \
    regnamespace regoper regoperator regproc regprocedure regrole regtype smallint table_am_handler text tid time \
    timestamp timestamptz timetz trigger tsm_handler tsmultirange tsquery tsrange tstzmultirange tstzrange tsvector \
    txid_snapshot unknown uuid varbit varchar void xid xid8 xml ";

/// `ty` must be there, with its row type's columns if it is one.
pub(super) fn need(reader: &mut Reader, ty: &ast::Type) {
    for path in paths(ty.syntax()) {
        let segments = segments(path.syntax());
        let built_in = match &*segments {
            [name] => is_built_in(name),
            [schema, _] => schema == "pg_catalog",
            _ => false,
        };
        if built_in {
            continue;
        }
        // The text does not say whether it is a row type.
        let name = reader.name(path.syntax());
        reader.need(Object::Type(name.clone()), Need::Existence, path.syntax());
        reader.need(Object::Relation(name), Need::Columns, path.syntax());
    }
}

/// Whether `serial`, `bigserial` …: a column of that type gets a sequence.
pub(crate) fn is_serial(ty: &ast::Type) -> bool {
    let ast::Type::PathType(path) = ty else {
        return false;
    };
    let segments = (path.path_ref()).map(|path| segments(path.syntax()));
    // PostgreSQL knows them by their names alone (transformColumnDefinition).
    matches!(segments.as_deref(), Some([name])
        if matches!(name.as_str(), "smallserial" | "serial2" | "serial" | "serial4" | "bigserial" | "serial8"))
}

fn is_built_in(name: &str) -> bool {
    !name.contains(' ') && BUILT_IN.contains(&format!(" {name} "))
}

/// The names of types below `node`, without those in its modifiers.
fn paths(node: &SyntaxNode) -> Vec<ast::PathRef> {
    (node.descendants())
        .filter_map(ast::PathType::cast)
        .filter_map(|ty| ast::HasPathRef::path_ref(&ty))
        .collect()
}
