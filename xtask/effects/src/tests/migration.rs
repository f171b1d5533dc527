//! Whole migrations, as people write them.

use super::check;

#[test]
fn a_backfill_in_batches() {
    check(
        r"alter table users add column full_name text;
do $$
declare
  batch int;
begin
  loop
    with chunk as (select id from users where full_name is null order by id limit 1000 for update skip locked)
    update users u set full_name = concat_ws(' ', u.first_name, u.last_name) from chunk where chunk.id = u.id;
    get diagnostics batch = row_count;
    exit when batch = 0;
    raise notice 'did %', batch;
    perform pg_sleep(0.1);
  end loop;
end
$$;
alter table users alter column full_name set not null;",
        &[
            "create users.full_name  <- full_name",
            "need existence of users.id (conditional)  <- id",
            "read first_name, full_name, id, last_name in rows of users (conditional)  <- users",
            "need existence of users.full_name (conditional)  <- full_name",
            "update full_name in rows of users (conditional)  <- users",
            "call function concat_ws (conditional)  <- concat_ws",
            "need existence of users.first_name (conditional)  <- first_name",
            "need existence of users.last_name (conditional)  <- last_name",
            "call function pg_sleep (conditional)  <- pg_sleep",
            "set nullability = not null: users.full_name  <- full_name",
            "read full_name in rows of users  <- full_name",
        ],
    );
}

#[test]
fn an_audit_trigger() {
    check(
        r"create table audit (id bigint primary key, at timestamptz not null default now(), op text, data jsonb);
create function audit() returns trigger language plpgsql security definer as $$
begin
  if tg_op = 'DELETE' then
    insert into audit (op, data) values (tg_op, to_jsonb(old));
    return old;
  end if;
  insert into audit (op, data) values (tg_op, to_jsonb(new));
  return new;
end $$;",
        &[
            "create audit  <- audit",
            "create audit_pkey  <- primary key",
            "create function audit  <- audit",
            "insert data, op in rows of audit (late)  <- audit",
            "need existence of audit.op (late)  <- op",
            "need existence of audit.data (late)  <- data",
            "call function to_jsonb (late)  <- to_jsonb",
            "insert data, op in rows of audit (late)  <- audit",
            "need existence of audit.op (late)  <- op",
            "need existence of audit.data (late)  <- data",
            "call function to_jsonb (late)  <- to_jsonb",
        ],
    );
}

#[test]
fn partitions_made_in_a_loop() {
    check(
        r"do $$
declare
  month date;
begin
  for month in select generate_series(date '2024-01-01', date '2024-12-01', interval '1 month')
  loop
    execute format('create table if not exists events_%s partition of events for values from (%L) to (%L)',
      to_char(month, 'YYYYMM'), month, month + interval '1 month');
  end loop;
end $$",
        &[
            "call function generate_series  <- generate_series",
            r"unknown, the statement is built when it runs: anything (conditional)  <- format('create table if not exists events_%s partition of events for values from (%L) to (%L)',
      to_char(month, 'YYYYMM'), month, month + interval '1 month')",
            "call function format (conditional)  <- format",
            "call function to_char (conditional)  <- to_char",
        ],
    );
}

#[test]
fn an_upsert_of_reference_data() {
    check(
        r"insert into countries (code, name, region_id)
select v.code, v.name, r.id
from (values ('DE', 'Germany', 'EU'), ('FR', 'France', 'EU')) as v (code, name, region)
join regions r on r.code = v.region
on conflict (code) do update set name = excluded.name, region_id = excluded.region_id
where countries.name is distinct from excluded.name;",
        &[
            "insert code, name, region_id in rows of countries  <- countries",
            "update name, region_id in rows of countries  <- countries",
            "need existence of countries.code  <- code",
            "need existence of countries.name  <- name",
            "need existence of countries.region_id  <- region_id",
            "need existence of regions.id  <- id",
            "read code, id in rows of regions  <- regions",
            "need existence of regions.code  <- code",
            "need key of countries  <- (code)",
            "read code, name, region_id in rows of countries  <- code",
        ],
    );
}

#[test]
fn a_guarded_change() {
    check(
        r"do $$
begin
  if not exists (select 1 from information_schema.columns where table_name = 'users' and column_name = 'phone') then
    alter table users add column phone text;
  end if;
exception
  when duplicate_column then null;
end $$",
        &["create users.phone (conditional)  <- phone"],
    );
}

#[test]
fn duplicates_are_removed_before_a_unique_index() {
    check(
        r"delete from users a using users b where a.id < b.id and lower(a.email) = lower(b.email);
create unique index users_email_key on users (lower(email));",
        &[
            "delete all columns in rows of users  <- users",
            "read email, id in rows of users  <- users",
            "need existence of users.id  <- id",
            "call function lower  <- lower",
            "need existence of users.email  <- email",
            "create users_email_key  <- users_email_key",
            "create index users_email_key of users  <- users",
            "need operators of users.email  <- email",
            "read email in rows of users  <- users",
        ],
    );
}

#[test]
fn a_report_over_many_tables() {
    check(
        r"create view report as
with recent as (
  select o.user_id, count(*) as orders, sum(o.total) filter (where o.paid) as paid
  from orders o
  where o.created_at > now() - interval '30 days'
  group by o.user_id
)
select u.id, u.name, coalesce(r.orders, 0) as orders, r.paid, (select max(at) from logins l where l.user_id = u.id) as seen
from users u
left join recent r on r.user_id = u.id
where u.deleted_at is null
order by orders desc;",
        &[
            "create report  <- report",
            "need type of orders.user_id  <- user_id",
            "need type of orders.total  <- total",
            "need type of orders.paid  <- paid",
            "need type of orders.created_at  <- created_at",
            "need type of users.name  <- name",
            "need type of logins.at  <- at",
            "need type of users.at (conditional)  <- at",
            "need type of logins.user_id  <- user_id",
            "need type of users.id  <- id",
            "need type of users.deleted_at  <- deleted_at",
        ],
    );
}
