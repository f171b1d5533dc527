-- Support asks "when was this shipped?"; orders only know their status of today.

create table order_status_changes (
    id          bigint generated always as identity primary key,
    order_id    bigint not null references orders (id) on delete cascade,
    from_status order_status,
    to_status   order_status not null,
    changed_at  timestamptz not null default now()
);

comment on table order_status_changes is 'Every status an order has had. Written by a trigger alone.';
comment on column order_status_changes.from_status is 'Null for the first.';

create index order_status_changes_order_id_idx on order_status_changes (order_id, changed_at);

create function record_order_status() returns trigger
    language plpgsql
as $body$
begin
    if tg_op = 'INSERT' then
        insert into order_status_changes (order_id, to_status)
        values (new.id, new.status);
    elsif new.status is distinct from old.status then
        insert into order_status_changes (order_id, from_status, to_status)
        values (new.id, old.status, new.status);
    end if;
    return null;
end;
$body$;

create trigger orders_record_status
    after insert or update of status on orders
    for each row execute function record_order_status();

-- After the trigger, whose lock keeps new orders out until the commit: no order is missed, none is counted twice.
insert into order_status_changes (order_id, to_status, changed_at)
select id, status, updated_at
from orders;
