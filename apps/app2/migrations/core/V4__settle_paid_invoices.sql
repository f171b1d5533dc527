-- Reminders went out for invoices that were paid in two parts. The database adds the parts up now.

alter table invoices add column paid_at timestamptz;

comment on column invoices.paid_at is 'When the last cent came in; null before V4 of billing.';

create function settle_invoice() returns trigger
    language plpgsql
as $body$
begin
    -- Payments of one invoice take turns, so that the last sees the others. Not FOR UPDATE: the foreign key
    -- already holds KEY SHARE, and two payments at once would deadlock.
    perform from invoices
    where id = new.invoice_id
    for no key update;

    update invoices
    set status = 'paid', paid_at = new.received_at
    where id = new.invoice_id
        and status = 'open'
        and total_cents <= (select sum(amount_cents) from payments where invoice_id = new.invoice_id);
    return null;
end;
$body$;

create trigger payments_settle_invoice
    after insert on payments
    for each row execute function settle_invoice();
