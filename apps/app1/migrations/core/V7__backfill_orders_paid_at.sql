-- Orders paid before V6. V5 has recorded at least one change for every order, so none stays without a date.

update orders
set paid_at = (
    select min(changes.changed_at)
    from order_status_changes as changes
    where changes.order_id = orders.id
        and changes.to_status in ('paid', 'shipped')
)
where status in ('paid', 'shipped')
    and paid_at is null;
