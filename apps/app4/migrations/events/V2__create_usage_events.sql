-- What customers use, as it comes in; all of one customer's on one shard. A partition a month, so that an old month leaves
-- by DROP TABLE. There is no default partition: what fits no month stays in the queue and is tried again, whereas a
-- default partition would be read, under an exclusive lock, whenever a month is attached.

create table usage_events (
    customer_id bigint not null,
    meter       text not null references meters (code),
    quantity    bigint not null constraint usage_events_quantity_check check (quantity > 0),
    occurred_at timestamptz not null,
    event_id    uuid not null,
    received_at timestamptz not null default now(),
    primary key (customer_id, occurred_at, event_id)
) partition by range (occurred_at);

comment on table usage_events is 'Something a customer used. Only ever appended to.';
comment on column usage_events.event_id is
    'Made by the sender, who repeats an event until it is acknowledged: insert with on conflict do nothing.';
comment on column usage_events.received_at is 'Later than occurred_at by days, if a customer was offline.';

-- Rows lie in the order in which they came: a block range index finds the latest in a few kilobytes.
create index usage_events_received_at_idx on usage_events using brin (received_at) with (pages_per_range = 32);

-- CREATE TABLE ... PARTITION OF would lock usage_events against reads and writes; ATTACH leaves both alone.
create function add_usage_month(month date) returns void
    language plpgsql
    set search_path from current
as $body$
declare
    first_day constant timestamp := date_trunc('month', month::timestamp);
    partition constant text := to_char(first_day, '"usage_events_"YYYY_MM');
begin
    if to_regclass(partition) is not null then
        return;
    end if;
    execute format('create table %I (like usage_events including defaults including constraints)', partition);
    execute format(
        'alter table usage_events attach partition %I for values from (%L) to (%L)',
        partition,
        first_day at time zone 'UTC',
        (first_day + interval '1 month') at time zone 'UTC'
    );
end;
$body$;

comment on function add_usage_month(date) is
    'Makes the partition for the UTC month of a day, if it is not there. A nightly job calls it, three months ahead.';

-- From the first event there is to the end of the year.
select add_usage_month(month::date)
from generate_series(timestamp '2025-10-01', timestamp '2026-12-01', interval '1 month') as month;
