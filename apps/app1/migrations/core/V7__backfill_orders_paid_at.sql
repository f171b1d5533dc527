-- Orders paid before V6: the first recorded change tells when; the oldest have none but the one V5 made.

update orders
set paid_at = coalesce(
    (
        select min(changes.changed_at)
        from order_status_changes as changes
        where changes.order_id = orders.id
            and changes.to_status in ('paid', 'shipped')
    ),
    orders.updated_at
)
where status in ('paid', 'shipped')
    and paid_at is null;
