-- What the customer gets to see, one row a month. Rounded here and nowhere before: half a cent a line adds up.

create view statements
    with (security_invoker = true)
as
select
    months.month,
    months.closed_at,
    usage.cents as usage_cents,
    greatest(usage.cents, commitment.cents) as total_cents
from months
cross join lateral (
    select coalesce(round(sum(entries.cents)), 0)::bigint as cents
    from entries
    where entries.month = months.month
) as usage
left join lateral (
    select commitments.cents
    from commitments
    where commitments.valid_from <= months.month
    order by commitments.valid_from desc
    limit 1
) as commitment on true;

comment on view statements is 'Months with what they cost.';
comment on column statements.total_cents is 'The usage, or what the customer committed to if that is more.';
