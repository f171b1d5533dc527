-- The invoice counts days. Added up when asked for: a month of a customer is at most 744 hours a meter.

create view daily_usage
    with (security_invoker = true)
as
select
    hourly_usage.customer_id,
    hourly_usage.meter,
    (hourly_usage.hour at time zone 'UTC')::date as day,
    case meters.aggregation
        when 'sum' then sum(hourly_usage.total)::bigint
        when 'peak' then max(hourly_usage.peak)
    end as quantity
from hourly_usage
join meters on meters.code = hourly_usage.meter
group by hourly_usage.customer_id, hourly_usage.meter, meters.aggregation, day;

comment on view daily_usage is 'What a customer pays for, by UTC day.';
