-- Billing gets a table of its own: an order is a purchase, an invoice is a claim, and not every claim has an order.
-- migration: requires app1/core/V3

create type invoice_status as enum ('draft', 'open', 'paid', 'void');

create table invoices (
    id          bigint generated always as identity primary key,
    account_id  bigint not null references accounts (id),
    order_id    bigint references orders (id),
    number      text constraint invoices_number_key unique,
    status      invoice_status not null default 'draft',
    currency    text not null default 'EUR' constraint invoices_currency_check check (currency ~ '^[A-Z]{3}$'),
    total_cents bigint not null constraint invoices_total_cents_check check (total_cents >= 0),
    issued_at   timestamptz,
    due_at      timestamptz,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    constraint invoices_issued_check
        check (status in ('draft', 'void') or (number is not null and issued_at is not null and due_at is not null)),
    constraint invoices_due_at_check check (due_at >= issued_at)
);

comment on table invoices is 'What an account owes. Never deleted once it has a number: it is voided.';
comment on column invoices.order_id is 'Null for what was not bought in the shop, such as a yearly fee.';
comment on column invoices.number is 'As printed, such as 2025-000317; given when it is issued.';
comment on column invoices.total_cents is 'Tax included, in hundredths of the currency.';

create index invoices_account_id_idx on invoices (account_id);
create unique index invoices_order_id_key on invoices (order_id) where status <> 'void';
create index invoices_open_idx on invoices (due_at) where status = 'open';

create trigger invoices_touch_updated_at
    before update on invoices
    for each row execute function touch_updated_at();
