-- The ledger: what was used, day by day, at the price of that day. What was wrong is put right by another entry.

create table entries (
    id         bigint generated always as identity primary key,
    month      date not null constraint entries_month_check check (extract(day from month) = 1),
    day        date not null,
    meter      text not null constraint entries_meter_check check (meter ~ '^[a-z][a-z_]*$'),
    quantity   bigint not null constraint entries_quantity_check check (quantity <> 0),
    cents      numeric not null,
    import_id  uuid not null,
    created_at timestamptz not null default now(),
    constraint entries_day_check check (day < month + interval '1 month'),
    constraint entries_cents_check check (sign(cents) in (0, sign(quantity))),
    constraint entries_import_id_key unique (import_id, meter, day)
);

comment on table entries is 'Usage that was booked. Only ever appended to.';
comment on column entries.month is 'The first day of the month that bills it: its own, or a later one if that was closed.';
comment on column entries.quantity is 'Below zero when less was used than an earlier entry says.';
comment on column entries.cents is 'Quantity times price, not rounded: a statement rounds its sum, once.';
comment on column entries.import_id is
    'Made by the importer, who repeats a batch until it is acknowledged: insert with on conflict do nothing.';

create index entries_month_idx on entries (month, meter);

create function refuse_change() returns trigger
    language plpgsql
as $body$
begin
    raise exception 'the table % is only appended to: % refused', tg_table_name, lower(tg_op)
        using errcode = 'restrict_violation', hint = 'Book the difference as another entry.';
end;
$body$;

create trigger entries_refuse_change
    before update or delete or truncate on entries
    for each statement execute function refuse_change();
