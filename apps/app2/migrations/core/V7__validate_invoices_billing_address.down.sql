-- There is no statement that takes a validation back.

alter table invoices drop constraint invoices_billing_address_id_fkey;
alter table invoices
    add constraint invoices_billing_address_id_fkey
        foreign key (billing_address_id) references addresses (id) not valid;
