-- What is counted. Every shard holds the same rows: only migrations write here, so that no two shards disagree.

create type meter_aggregation as enum ('sum', 'peak');

create table meters (
    code        text primary key constraint meters_code_check check (code ~ '^[a-z][a-z_]*$'),
    unit        text not null,
    aggregation meter_aggregation not null
);

comment on column meters.unit is 'What a quantity of 1 is.';
comment on column meters.aggregation is 'What a customer pays for: all of it, or the most at any one time.';

insert into meters (code, unit, aggregation)
values
    ('api_calls', 'call', 'sum'),
    ('egress', 'byte', 'sum'),
    ('storage', 'byte', 'peak'),
    ('seats', 'seat', 'peak');
