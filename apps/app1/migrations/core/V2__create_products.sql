-- What is sold. Money is whole cents in bigint: no rounding, and no numeric in any client.

create table categories (
    id   bigint generated always as identity primary key,
    slug text not null constraint categories_slug_key unique,
    name text not null
);

create table products (
    id          bigint generated always as identity primary key,
    category_id bigint references categories (id),
    sku         text not null constraint products_sku_key unique,
    title       text not null,
    description text not null default '',
    price_cents bigint not null constraint products_price_cents_check check (price_cents >= 0),
    currency    text not null default 'EUR' constraint products_currency_check check (currency ~ '^[A-Z]{3}$'),
    active      boolean not null default true,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now()
);

comment on column products.sku is 'Stock keeping unit, as the warehouse prints it on the shelf.';
comment on column products.price_cents is 'Price of one piece, tax included, in hundredths of the currency.';
comment on column products.active is 'False hides it from the shop; orders of the past still show it.';

create index products_active_category_id_idx on products (category_id) where active;
create index products_search_idx on products using gin (to_tsvector('english', title || ' ' || description));

create trigger products_touch_updated_at
    before update on products
    for each row execute function touch_updated_at();
