-- An issued invoice is never changed; what was wrong with it is put right by a credit note.
-- migration: requires app1/core/V1

create table credit_notes (
    id           bigint generated always as identity primary key,
    invoice_id   bigint not null references invoices (id),
    number       text not null constraint credit_notes_number_key unique,
    amount_cents bigint not null constraint credit_notes_amount_cents_check check (amount_cents > 0),
    reason       text not null constraint credit_notes_reason_check check (reason <> ''),
    issued_by    bigint not null references users (id),
    issued_at    timestamptz not null default now()
);

comment on table credit_notes is 'What an account owes less than an issued invoice says.';
comment on column credit_notes.number is 'As printed; counted apart from invoices, such as C2026-000012.';

create index credit_notes_invoice_id_idx on credit_notes (invoice_id);
create index credit_notes_issued_by_idx on credit_notes (issued_by);
