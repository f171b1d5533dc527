-- Companies want the invoice sent to head office, not to where the parcel went. V7 validates the foreign key.
-- migration: requires app1/core/V4

alter table invoices
    add column billing_address_id bigint,
    add constraint invoices_billing_address_id_fkey
        foreign key (billing_address_id) references addresses (id) not valid;

comment on column invoices.billing_address_id is 'Null: the default address of the account when it was issued.';
