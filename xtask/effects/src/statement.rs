//! What each kind of statement does. There is no arm for all others: a kind that the parser learns has to be thought about.

use crate::query::{self, Usage};
use crate::reader::Reader;
use crate::{body, search_path};
use squawk_syntax::ast::{self, AstNode};

mod access;
mod alter_column;
mod alter_relation;
mod alter_table;
mod column;
mod command;
mod comment;
mod constraint;
pub(crate) mod data;
mod default_name;
mod define;
mod extension;
mod foreign;
mod graph;
mod index;
mod needs;
mod object;
mod operator;
mod option;
mod partition;
mod policy;
mod privilege;
mod removal;
mod rename;
mod replication;
mod role;
mod routine;
mod rule;
mod schema;
mod sequence;
mod session;
mod signature;
mod statistics;
mod table;
mod text_search;
mod trigger;
mod type_name;
mod types;
mod view;

pub use signature::signature;

pub(crate) use type_name::is_serial;

/// Emits the effects of `stmt`.
pub(crate) fn effects(reader: &mut Reader, stmt: &ast::Stmt) {
    match stmt {
        ast::Stmt::AlterAggregate(it) => routine::alter(reader, it.syntax()),
        ast::Stmt::AlterCollation(it) => define::alter_plain(reader, it.syntax()),
        ast::Stmt::AlterConversion(it) => define::alter_plain(reader, it.syntax()),
        ast::Stmt::AlterDatabase(it) => role::alter_database(reader, it),
        ast::Stmt::AlterDefaultPrivileges(it) => privilege::defaults(reader, it),
        ast::Stmt::AlterDomain(it) => types::alter_domain(reader, it),
        ast::Stmt::AlterEventTrigger(it) => trigger::alter_event(reader, it),
        ast::Stmt::AlterExtension(it) => extension::alter(reader, it),
        ast::Stmt::AlterForeignDataWrapper(it) => foreign::alter_wrapper(reader, it),
        ast::Stmt::AlterForeignTable(alter) => alter_table::foreign(reader, alter),
        ast::Stmt::AlterFunction(it) => routine::alter(reader, it.syntax()),
        ast::Stmt::AlterGroup(it) => role::alter_group(reader, it),
        ast::Stmt::AlterIndex(alter) => alter_relation::index(reader, alter),
        ast::Stmt::AlterLanguage(it) => define::alter_plain(reader, it.syntax()),
        ast::Stmt::AlterLargeObject(it) => role::alter_large_object(reader, it),
        ast::Stmt::AlterMaterializedView(it) => alter_relation::materialized_view(reader, it),
        ast::Stmt::AlterOperator(it) => operator::alter(reader, it),
        ast::Stmt::AlterOperatorClass(it) => define::alter_plain(reader, it.syntax()),
        ast::Stmt::AlterOperatorFamily(it) => operator::alter_family(reader, it),
        ast::Stmt::AlterPolicy(it) => policy::alter(reader, it),
        ast::Stmt::AlterProcedure(it) => routine::alter(reader, it.syntax()),
        ast::Stmt::AlterPropertyGraph(it) => graph::alter(reader, it.syntax()),
        ast::Stmt::AlterPublication(it) => replication::alter_publication(reader, it),
        ast::Stmt::AlterRole(it) => role::alter(reader, it.syntax()),
        ast::Stmt::AlterRoutine(it) => routine::alter(reader, it.syntax()),
        ast::Stmt::AlterRule(it) => rule::alter(reader, it),
        ast::Stmt::AlterSchema(it) => define::alter_plain(reader, it.syntax()),
        ast::Stmt::AlterSequence(it) => sequence::alter(reader, it),
        ast::Stmt::AlterServer(it) => foreign::alter_server(reader, it),
        ast::Stmt::AlterStatistics(alter) => statistics::alter(reader, alter),
        ast::Stmt::AlterSubscription(it) => replication::alter_subscription(reader, it),
        ast::Stmt::AlterSystem(it) => role::alter_system(reader, it),
        ast::Stmt::AlterTable(alter) => alter_table::table(reader, alter),
        ast::Stmt::AlterTablespace(it) => define::alter_plain(reader, it.syntax()),
        ast::Stmt::AlterTextSearchConfiguration(it) => text_search::alter(reader, it.syntax()),
        ast::Stmt::AlterTextSearchDictionary(it) => text_search::alter(reader, it.syntax()),
        ast::Stmt::AlterTextSearchParser(it) => text_search::alter(reader, it.syntax()),
        ast::Stmt::AlterTextSearchTemplate(it) => text_search::alter(reader, it.syntax()),
        ast::Stmt::AlterTrigger(it) => trigger::alter(reader, it),
        ast::Stmt::AlterType(it) => types::alter(reader, it),
        ast::Stmt::AlterUser(it) => role::alter(reader, it.syntax()),
        ast::Stmt::AlterUserMapping(it) => define::alter_plain(reader, it.syntax()),
        ast::Stmt::AlterView(it) => alter_relation::view(reader, it),
        ast::Stmt::Analyze(it) => session::maintain(reader, it.table_and_columns_list()),
        ast::Stmt::Call(call) => command::call(reader, call),
        ast::Stmt::Cluster(cluster) => alter_relation::cluster(reader, cluster),
        ast::Stmt::CommentOn(it) => comment::comment(reader, it),
        ast::Stmt::Commit(ast::Commit::CommitPrepared(it)) => {
            session::prepared(reader, it.syntax());
        }
        ast::Stmt::CompoundSelect(_)
        | ast::Stmt::Delete(_)
        | ast::Stmt::Insert(_)
        | ast::Stmt::Merge(_)
        | ast::Stmt::ParenSelect(_)
        | ast::Stmt::Select(_)
        | ast::Stmt::Table(_)
        | ast::Stmt::Update(_)
        | ast::Stmt::Values(_) => query::statement(reader, stmt.syntax(), Usage::RUN),
        ast::Stmt::Copy(copy) => command::copy(reader, copy),
        ast::Stmt::CreateAccessMethod(it) => define::create(reader, it.syntax()),
        ast::Stmt::CreateAggregate(it) => routine::create_aggregate(reader, it),
        ast::Stmt::CreateCast(it) => operator::create_cast(reader, it),
        ast::Stmt::CreateCollation(it) => define::create(reader, it.syntax()),
        ast::Stmt::CreateConversion(it) => define::create(reader, it.syntax()),
        ast::Stmt::CreateDatabase(it) => define::create(reader, it.syntax()),
        ast::Stmt::CreateDomain(it) => types::create_domain(reader, it),
        ast::Stmt::CreateEventTrigger(it) => trigger::create_event(reader, it),
        ast::Stmt::CreateExtension(it) => extension::create(reader, it),
        ast::Stmt::CreateForeignDataWrapper(it) => define::create(reader, it.syntax()),
        ast::Stmt::CreateForeignTable(create) => table::create_foreign(reader, create),
        ast::Stmt::CreateFunction(it) => routine::create(reader, it.syntax()),
        ast::Stmt::CreateGroup(it) => role::create(reader, it.syntax()),
        ast::Stmt::CreateIndex(create) => index::create(reader, create),
        ast::Stmt::CreateLanguage(it) => define::create(reader, it.syntax()),
        ast::Stmt::CreateMaterializedView(create) => view::create_materialized(reader, create),
        ast::Stmt::CreateOperator(it) => operator::create(reader, it),
        ast::Stmt::CreateOperatorClass(it) => operator::create_class(reader, it),
        ast::Stmt::CreateOperatorFamily(it) => define::create(reader, it.syntax()),
        ast::Stmt::CreatePolicy(it) => policy::create(reader, it),
        ast::Stmt::CreateProcedure(it) => routine::create(reader, it.syntax()),
        ast::Stmt::CreatePropertyGraph(it) => graph::create(reader, it.syntax()),
        ast::Stmt::CreatePublication(it) => replication::create_publication(reader, it),
        ast::Stmt::CreateRole(it) => role::create(reader, it.syntax()),
        ast::Stmt::CreateRule(it) => rule::create(reader, it),
        ast::Stmt::CreateSchema(it) => schema::create(reader, it),
        ast::Stmt::CreateSequence(it) => sequence::create(reader, it),
        ast::Stmt::CreateServer(it) => define::create(reader, it.syntax()),
        ast::Stmt::CreateStatistics(create) => statistics::create(reader, create),
        ast::Stmt::CreateSubscription(it) => replication::create_subscription(reader, it),
        ast::Stmt::CreateTable(create) => table::create(reader, create),
        ast::Stmt::CreateTableAs(create) => view::create_table(reader, create),
        ast::Stmt::CreateTablespace(it) => define::create(reader, it.syntax()),
        ast::Stmt::CreateTextSearchConfiguration(it) => text_search::create(reader, it.syntax()),
        ast::Stmt::CreateTextSearchDictionary(it) => text_search::create(reader, it.syntax()),
        ast::Stmt::CreateTextSearchParser(it) => text_search::create(reader, it.syntax()),
        ast::Stmt::CreateTextSearchTemplate(it) => text_search::create(reader, it.syntax()),
        ast::Stmt::CreateTransform(it) => define::create(reader, it.syntax()),
        ast::Stmt::CreateTrigger(it) => trigger::create(reader, it),
        ast::Stmt::CreateType(it) => types::create(reader, it),
        ast::Stmt::CreateUser(it) => role::create(reader, it.syntax()),
        ast::Stmt::CreateUserMapping(it) => define::create(reader, it.syntax()),
        ast::Stmt::CreateView(create) => view::create(reader, create),
        ast::Stmt::Declare(declare) => command::declare(reader, declare),
        ast::Stmt::Discard(it) => session::discard(reader, it),
        ast::Stmt::Do(block) => body::block(reader, block),
        ast::Stmt::DropAccessMethod(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropAggregate(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropCast(it) => operator::drop_cast(reader, it),
        ast::Stmt::DropCollation(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropConversion(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropDatabase(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropDomain(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropEventTrigger(it) => trigger::drop_event(reader, it),
        ast::Stmt::DropExtension(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropForeignDataWrapper(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropForeignTable(drop) => {
            table::drop(
                reader,
                drop.table_name_refs(),
                drop.if_exists().is_some(),
                drop.drop_behavior().as_ref(),
            );
        }
        ast::Stmt::DropFunction(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropGroup(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropIndex(drop) => index::drop(reader, drop),
        ast::Stmt::DropLanguage(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropMaterializedView(drop) => view::drop(reader, drop.syntax()),
        ast::Stmt::DropOperator(it) => operator::drop(reader, it),
        ast::Stmt::DropOperatorClass(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropOperatorFamily(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropOwned(it) => role::owned(reader, it.syntax()),
        ast::Stmt::DropPolicy(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropProcedure(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropPropertyGraph(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropPublication(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropRole(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropRoutine(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropRule(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropSchema(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropSequence(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropServer(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropStatistics(drop) => statistics::drop(reader, drop),
        ast::Stmt::DropSubscription(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropTable(drop) => {
            table::drop(
                reader,
                drop.table_name_refs(),
                drop.if_exists().is_some(),
                drop.drop_behavior().as_ref(),
            );
        }
        ast::Stmt::DropTablespace(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropTextSearchConfig(it) => text_search::drop(reader, it.syntax()),
        ast::Stmt::DropTextSearchDict(it) => text_search::drop(reader, it.syntax()),
        ast::Stmt::DropTextSearchParser(it) => text_search::drop(reader, it.syntax()),
        ast::Stmt::DropTextSearchTemplate(it) => text_search::drop(reader, it.syntax()),
        ast::Stmt::DropTransform(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropTrigger(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropType(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropUser(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropUserMapping(it) => define::drop(reader, it.syntax()),
        ast::Stmt::DropView(drop) => view::drop(reader, drop.syntax()),
        ast::Stmt::Execute(execute) => command::execute(reader, execute),
        ast::Stmt::Explain(explain) => command::explain(reader, explain),
        ast::Stmt::Grant(it) => privilege::grant(reader, it),
        ast::Stmt::ImportForeignSchema(it) => foreign::import(reader, it),
        ast::Stmt::Load(it) => session::load(reader, it),
        ast::Stmt::Lock(it) => command::lock(reader, it),
        ast::Stmt::Prepare(prepare) => command::prepare(reader, prepare),
        ast::Stmt::PrepareTransaction(it) => session::prepared(reader, it.syntax()),
        ast::Stmt::Reassign(it) => role::owned(reader, it.syntax()),
        ast::Stmt::Refresh(refresh) => view::refresh(reader, refresh),
        ast::Stmt::Reindex(reindex) => index::reindex(reader, reindex),
        ast::Stmt::Repack(it) => session::repack(reader, it),
        // Any other setting is what it was before the file.
        ast::Stmt::Reset(it) => {
            search_path::reset(reader, it);
        }
        ast::Stmt::Revoke(it) => privilege::revoke(reader, it),
        ast::Stmt::Rollback(ast::Rollback::RollbackPrepared(it)) => {
            session::prepared(reader, it.syntax());
        }
        ast::Stmt::SecurityLabel(it) => comment::security_label(reader, it),
        ast::Stmt::SelectInto(select) => view::select_into(reader, select),
        ast::Stmt::Set(it) => {
            if !search_path::set(reader, it) {
                session::set(reader, it);
            }
        }
        ast::Stmt::SetConstraints(it) => session::set_constraints(reader, it),
        ast::Stmt::SetRole(it) => session::set_role(reader, it.syntax()),
        ast::Stmt::SetSessionAuth(it) => session::set_role(reader, it.syntax()),
        ast::Stmt::Truncate(truncate) => command::truncate(reader, truncate),
        ast::Stmt::Vacuum(it) => session::maintain(reader, it.table_and_columns_list()),
        // These say how the session or the transaction runs, and change nothing that outlives it; a cursor's query is read where
        // it is declared.
        ast::Stmt::Begin(_)
        | ast::Stmt::Checkpoint(_)
        | ast::Stmt::Commit(ast::Commit::CommitTransaction(_))
        | ast::Stmt::Close(_)
        | ast::Stmt::Deallocate(_)
        | ast::Stmt::EmptyStmt(_)
        | ast::Stmt::Fetch(_)
        | ast::Stmt::Listen(_)
        | ast::Stmt::Move(_)
        | ast::Stmt::Notify(_)
        | ast::Stmt::ReleaseSavepoint(_)
        | ast::Stmt::ResetRole(_)
        | ast::Stmt::ResetSessionAuth(_)
        | ast::Stmt::Rollback(
            ast::Rollback::RollbackTransaction(_) | ast::Rollback::RollbackToSavepoint(_),
        )
        | ast::Stmt::SavepointCreate(_)
        | ast::Stmt::SetTransaction(_)
        | ast::Stmt::Show(_)
        | ast::Stmt::Unlisten(_) => {}
    }
}
