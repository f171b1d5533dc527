-- What the customer has agreed to pay. The database is one customer's, so no row says whose it is.

create table prices (
    meter      text not null constraint prices_meter_check check (meter ~ '^[a-z][a-z_]*$'),
    valid_from date not null,
    unit_cents numeric not null
        -- Between, and not just from 0 on: NaN counts as greater than all numbers.
        constraint prices_unit_cents_check check (unit_cents between 0 and 1000000),
    agreed_by  text not null constraint prices_agreed_by_check check (agreed_by <> ''),
    created_at timestamptz not null default now(),
    primary key (meter, valid_from)
);

comment on table prices is
    'A price holds until the next one of its meter begins: nobody can write a gap or an overlap.';
comment on column prices.meter is 'meters.code of the database events.';
comment on column prices.unit_cents is 'For a quantity of 1; numeric, since one byte costs billionths.';

-- ATOMIC: the body is parsed here, so it keeps meaning this table whatever search_path the caller has.
create function price_on(wanted_meter text, day date) returns numeric
    language sql stable
begin atomic
    select unit_cents
    from prices
    where meter = wanted_meter
        and valid_from <= day
    order by valid_from desc
    limit 1;
end;

comment on function price_on(text, date) is 'Cents for a quantity of 1 on that day; null before the first price.';
