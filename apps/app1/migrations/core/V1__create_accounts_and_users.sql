-- Who buys: an account is the customer, a user is a person who signs in for it.

create function touch_updated_at() returns trigger
    language plpgsql
as $body$
begin
    new.updated_at := now();
    return new;
end;
$body$;

comment on function touch_updated_at() is 'Keeps updated_at true; attach it before update, for each row.';

create type account_kind as enum ('personal', 'business');

create table accounts (
    id         bigint generated always as identity primary key,
    kind       account_kind not null default 'personal',
    name       text not null,
    country    text not null constraint accounts_country_check check (country ~ '^[A-Z]{2}$'),
    tax_number text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint accounts_tax_number_check check (kind = 'business' or tax_number is null)
);

comment on table accounts is 'A customer: a person or a company. Orders and invoices belong to an account.';
comment on column accounts.country is 'ISO 3166-1 alpha-2; decides the tax rate.';
comment on column accounts.tax_number is 'VAT number of a business; null for a person.';

create trigger accounts_touch_updated_at
    before update on accounts
    for each row execute function touch_updated_at();

create type user_role as enum ('owner', 'buyer', 'viewer');

create table users (
    id           bigint generated always as identity primary key,
    account_id   bigint not null references accounts (id),
    email        text not null constraint users_email_check check (email like '%_@_%'),
    name         text,
    role         user_role not null default 'buyer',
    last_seen_at timestamptz,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now()
);

comment on table users is 'A person who signs in.';
comment on column users.email is 'As typed; unique without regard to case.';
comment on column users.name is 'What the person wants to be called; null until told.';

create unique index users_lower_email_key on users (lower(email));
create index users_account_id_idx on users (account_id);

create trigger users_touch_updated_at
    before update on users
    for each row execute function touch_updated_at();
