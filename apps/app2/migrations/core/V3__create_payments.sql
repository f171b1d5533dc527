-- Money that came in: from the card provider, or typed in by somebody who read the bank statement.
-- migration: requires app1/core/V1

create type payment_method as enum ('card', 'bank_transfer', 'direct_debit');

create table payments (
    id                 bigint generated always as identity primary key,
    invoice_id         bigint not null references invoices (id),
    method             payment_method not null,
    amount_cents       bigint not null constraint payments_amount_cents_check check (amount_cents > 0),
    provider_reference text,
    recorded_by        bigint references users (id),
    received_at        timestamptz not null default now(),
    constraint payments_origin_check check (provider_reference is not null or recorded_by is not null)
);

comment on table payments is 'Money that came in for an invoice. Only ever appended to.';
comment on column payments.recorded_by is 'Who typed it in; null when the provider reported it.';

create index payments_invoice_id_idx on payments (invoice_id);
create index payments_recorded_by_idx on payments (recorded_by) where recorded_by is not null;

-- The provider reports a payment more than once when we answer too slowly.
create unique index payments_provider_reference_key on payments (method, provider_reference);
