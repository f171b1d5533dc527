-- Dashboards and invoices need hours, not events: a thousandth of the rows.

create table hourly_usage (
    customer_id bigint not null,
    meter       text not null references meters (code),
    hour        timestamptz not null
        constraint hourly_usage_hour_check check (hour = date_trunc('hour', hour, 'UTC')),
    events      bigint not null constraint hourly_usage_events_check check (events > 0),
    total       bigint not null constraint hourly_usage_total_check check (total > 0),
    peak        bigint not null,
    primary key (customer_id, meter, hour),
    constraint hourly_usage_peak_check check (peak between 1 and total)
);

comment on table hourly_usage is 'usage_events, counted by UTC hour by roll_up_usage.';
comment on column hourly_usage.total is 'All quantities of the hour, for meters that are summed.';
comment on column hourly_usage.peak is 'The greatest quantity of the hour, for meters of which the peak counts.';

-- Events come late, so what is counted again is every hour that has got one, not the last hour.
-- ATOMIC: the body is parsed here, so it keeps meaning these tables whatever search_path the caller has.
create function roll_up_usage(received_from timestamptz, received_until timestamptz) returns bigint
    language sql
begin atomic
    with touched as (
        select distinct customer_id, meter, date_trunc('hour', occurred_at, 'UTC') as hour
        from usage_events
        where received_at >= received_from
            and received_at < received_until
    ),
    counted as (
        insert into hourly_usage (customer_id, meter, hour, events, total, peak)
        select
            touched.customer_id,
            touched.meter,
            touched.hour,
            count(*),
            sum(usage_events.quantity)::bigint,
            max(usage_events.quantity)
        from touched
        join usage_events
            on usage_events.customer_id = touched.customer_id
            and usage_events.meter = touched.meter
            and usage_events.occurred_at >= touched.hour
            and usage_events.occurred_at < touched.hour + interval '1 hour'
        group by touched.customer_id, touched.meter, touched.hour
        on conflict (customer_id, meter, hour) do update
        set events = excluded.events, total = excluded.total, peak = excluded.peak
        returning 1
    )
    select count(*) from counted;
end;

comment on function roll_up_usage(timestamptz, timestamptz) is
    'Counts all hours with an event received in that time anew, and returns how many these are; may be run again. '
    'Let the times overlap by some minutes: received_at is when a transaction began, and it may commit late.';
