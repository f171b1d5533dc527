-- owner: app2
--
-- What accounts owe. The storefront shows them to the customer; lines and payments are app2's own.

create type invoice_status as enum ('draft', 'open', 'paid', 'void');

create table invoices (
    id                 bigint generated always as identity primary key,
    account_id         bigint not null references accounts (id),
    order_id           bigint references orders (id),
    number             text constraint invoices_number_key unique,
    status             invoice_status not null default 'draft',
    currency           text not null default 'EUR',
    total_cents        bigint not null,
    issued_at          timestamptz,
    due_at             timestamptz,
    created_at         timestamptz not null default now(),
    updated_at         timestamptz not null default now(),
    paid_at            timestamptz,
    billing_address_id bigint references addresses (id),
    constraint invoices_currency_check check (currency ~ '^[A-Z]{3}$'),
    constraint invoices_total_cents_check check (total_cents >= 0),
    constraint invoices_issued_check
        check (status in ('draft', 'void') or (number is not null and issued_at is not null and due_at is not null)),
    constraint invoices_due_at_check check (due_at >= issued_at)
);

comment on table invoices is 'What an account owes. Never deleted once it has a number: it is voided.';
comment on column invoices.order_id is 'Null for what was not bought in the shop, such as a yearly fee.';
comment on column invoices.number is 'As printed, such as 2025-000317; given when it is issued.';
comment on column invoices.total_cents is 'Tax included, in hundredths of the currency.';
comment on column invoices.paid_at is 'When the last cent came in; null before V4 of billing.';
comment on column invoices.billing_address_id is 'Null: the default address of the account when it was issued.';

create index invoices_account_id_idx on invoices (account_id);
create unique index invoices_order_id_key on invoices (order_id) where status <> 'void';
create index invoices_open_idx on invoices (due_at) where status = 'open';

create trigger invoices_touch_updated_at
    before update on invoices
    for each row execute function touch_updated_at();
