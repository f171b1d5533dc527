-- From now on no order is paid without a date. NOT VALID: takes its lock for an instant; V9 looks at the old rows.

alter table orders
    add constraint orders_paid_at_check
        check (status in ('pending', 'cancelled') or paid_at is not null) not valid;
