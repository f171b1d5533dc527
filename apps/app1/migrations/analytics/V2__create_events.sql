-- What visitors do on a page: searches, clicks, carts. New kinds come weekly, so the details are JSON.

create table events (
    id          bigint generated always as identity primary key,
    occurred_at timestamptz not null default now(),
    visitor_id  uuid not null,
    name        text not null constraint events_name_check check (name ~ '^[a-z_]+$'),
    details     jsonb not null default '{}' constraint events_details_check check (jsonb_typeof(details) = 'object')
);

comment on table events is 'Something a visitor did, such as add_to_cart. Only ever appended to.';

create index events_occurred_at_idx on events using brin (occurred_at) with (pages_per_range = 32);
create index events_details_idx on events using gin (details jsonb_path_ops);
create index events_cart_idx on events (visitor_id, occurred_at) where name in ('add_to_cart', 'checkout');
