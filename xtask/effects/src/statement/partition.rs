//! Parents and children: partitions and inheritance.

use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};

use crate::effect::{Action, Attribute, Columns, Need, Object, RowChange};
use crate::name::Name;
use crate::query;
use crate::reader::{Reader, normal};

/// `CREATE TABLE child PARTITION OF parent`.
pub(super) fn made(
    reader: &mut Reader,
    child: &Name,
    parent: &ast::TableNameRef,
    bounds: Option<&ast::PartitionType>,
) {
    let name = reader.name(parent.syntax());
    bind(reader, child, &name, bounds, parent.syntax());
}

/// `CREATE TABLE child … INHERITS (parents)`.
pub(super) fn inherits(reader: &mut Reader, child: &Name, inherits: Option<ast::Inherits>) {
    for parent in inherits
        .into_iter()
        .flat_map(|inherits| inherits.table_name_refs())
    {
        let name = reader.name(parent.syntax());
        set_parent(reader, child, &name, "inherit", parent.syntax());
        reader.need(Object::Relation(name), Need::Definition, parent.syntax());
    }
}

/// `ALTER TABLE child INHERIT parent`.
pub(super) fn inherit(reader: &mut Reader, child: &Name, parent: &SyntaxNode) {
    let name = reader.name(parent);
    set_parent(reader, child, &name, "inherit", parent);
    reader.need(Object::Relation(name.clone()), Need::Definition, parent);
    rows(reader, &name, RowChange::Insert, parent);
}

/// `ALTER TABLE child NO INHERIT parent`.
pub(super) fn no_inherit(reader: &mut Reader, child: &Name, parent: &SyntaxNode) {
    let name = reader.name(parent);
    set_parent(reader, child, &name, "no inherit", parent);
    rows(reader, &name, RowChange::Delete, parent);
}

/// `ALTER TABLE parent ATTACH PARTITION child`.
pub(super) fn attach(reader: &mut Reader, parent: &Name, attach: &ast::AttachPartition) {
    let Some(path) = attach.table_name_ref() else {
        return reader.unknown(attach.syntax(), "it does not say which table");
    };
    let child = reader.name(path.syntax());
    bind(
        reader,
        &child,
        parent,
        attach.partition_type().as_ref(),
        path.syntax(),
    );
    // The rows must lie within the bounds.
    let columns = Columns::All;
    reader.emit(
        Object::rows(&child),
        Action::Read { columns },
        path.syntax(),
    );
    rows(reader, parent, RowChange::Insert, path.syntax());
}

/// `ALTER TABLE parent DETACH PARTITION child`.
pub(super) fn detach(reader: &mut Reader, parent: &Name, detach: &ast::DetachPartition) {
    let Some(path) = detach.table_name_ref() else {
        return reader.unknown(detach.syntax(), "it does not say which table");
    };
    let child = reader.name(path.syntax());
    set_parent(reader, &child, parent, "detach", path.syntax());
    set_partitions(reader, parent, format!("detach {child}"), path.syntax());
    rows(reader, parent, RowChange::Delete, path.syntax());
}

/// `ALTER TABLE parent MERGE PARTITIONS (children) INTO child`.
pub(super) fn merge(reader: &mut Reader, parent: &Name, merge: &ast::MergePartitions) {
    let children = merge
        .table_name_ref_list()
        .into_iter()
        .flat_map(|list| list.table_name_refs());
    for child in children {
        gone(reader, child.syntax());
    }
    if let Some(child) = merge.table_name() {
        let name = reader.new_name(child.syntax());
        appeared(reader, &name, child.syntax(), merge.syntax());
        set_parent(
            reader,
            &name,
            parent,
            &normal(merge.syntax()),
            child.syntax(),
        );
    }
    set_partitions(reader, parent, normal(merge.syntax()), merge.syntax());
}

/// `ALTER TABLE parent SPLIT PARTITION child INTO (children)`.
pub(super) fn split(reader: &mut Reader, parent: &Name, split: &ast::SplitPartition) {
    if let Some(child) = split.table_name_ref() {
        gone(reader, child.syntax());
    }
    for part in split
        .partition_list()
        .into_iter()
        .flat_map(|list| list.partitions())
    {
        if let Some(child) = part.table_name_ref() {
            let name = reader.new_name(child.syntax());
            appeared(reader, &name, child.syntax(), part.syntax());
            set_parent(
                reader,
                &name,
                parent,
                &normal(part.syntax()),
                child.syntax(),
            );
        }
    }
    set_partitions(reader, parent, normal(split.syntax()), split.syntax());
}

/// `child` becomes a partition of `parent`.
fn bind(
    reader: &mut Reader,
    child: &Name,
    parent: &Name,
    bounds: Option<&ast::PartitionType>,
    node: &SyntaxNode,
) {
    let value = match bounds {
        Some(bounds) => format!("attach {}", normal(bounds.syntax())),
        None => "attach".to_owned(),
    };
    set_parent(reader, child, parent, &value, node);
    reader.need(Object::Relation(parent.clone()), Need::Definition, node);
    // Bounds may overlap, and only one partition is the default one.
    set_partitions(reader, parent, format!("{value} {child}"), node);
    if let Some(bounds) = bounds {
        // MINVALUE and MAXVALUE look like columns; bounds name none.
        let needs = reader.gather(|reader| {
            query::columns_in(reader, parent, bounds.syntax(), Need::Existence);
        });
        reader
            .append((needs.into_iter()).filter(|effect| effect.object.relation() != Some(parent)));
    }
}

fn set_parent(reader: &mut Reader, child: &Name, parent: &Name, value: &str, node: &SyntaxNode) {
    let action = Action::Set {
        attribute: Attribute::Parent(parent.to_string()),
        value: value.to_owned(),
    };
    reader.emit(Object::Relation(child.clone()), action, node);
}

fn set_partitions(reader: &mut Reader, parent: &Name, value: String, node: &SyntaxNode) {
    let action = Action::Set {
        attribute: Attribute::Option("partitions".to_owned()),
        value,
    };
    reader.emit(Object::Relation(parent.clone()), action, node);
}

/// Who reads the parent sees the children's rows.
fn rows(reader: &mut Reader, parent: &Name, change: RowChange, node: &SyntaxNode) {
    let columns = Columns::All;
    reader.emit(
        Object::rows(parent),
        Action::Write { change, columns },
        node,
    );
}

fn gone(reader: &mut Reader, child: &SyntaxNode) {
    let name = reader.name(child);
    let action = Action::Drop {
        tolerant: false,
        cascade: false,
    };
    reader.emit(Object::Relation(name), action, child);
}

fn appeared(reader: &mut Reader, name: &Name, node: &SyntaxNode, definition: &SyntaxNode) {
    let action = Action::Create {
        definition: normal(definition),
        tolerant: false,
        replace: false,
        unnamed: false,
    };
    reader.emit(Object::Relation(name.clone()), action, node);
}
