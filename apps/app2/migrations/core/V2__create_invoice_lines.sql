-- The lines are the invoice's own words. Products may be renamed; a printed invoice may not.

create table invoice_lines (
    invoice_id       bigint not null references invoices (id) on delete cascade,
    line             integer not null,
    description      text not null,
    quantity         integer not null constraint invoice_lines_quantity_check check (quantity > 0),
    unit_price_cents bigint not null,
    tax_permille     integer not null
        constraint invoice_lines_tax_permille_check check (tax_permille between 0 and 1000),
    primary key (invoice_id, line)
);

comment on column invoice_lines.unit_price_cents is 'Tax included. Negative for a discount.';
comment on column invoice_lines.tax_permille is 'The tax rate in thousandths: 190 is 19 %.';
