-- The addresses chosen since are lost.

alter table invoices drop column billing_address_id;
