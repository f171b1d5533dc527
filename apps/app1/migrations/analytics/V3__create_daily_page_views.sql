-- The dashboard counted page_views on every load. A day that is over does not change: count it once.

create table daily_page_views (
    day      date not null,
    path     text not null,
    views    bigint not null constraint daily_page_views_views_check check (views > 0),
    visitors bigint not null constraint daily_page_views_visitors_check check (visitors between 1 and views),
    primary key (day, path)
);

comment on table daily_page_views is 'page_views, counted by UTC day and path by roll_up_page_views.';

-- ATOMIC: the body is parsed here, so it keeps meaning these tables whatever search_path the caller has.
create function roll_up_page_views(first_day date, last_day date) returns void
    language sql
begin atomic
    insert into daily_page_views (day, path, views, visitors)
    select
        (viewed_at at time zone 'UTC')::date,
        path,
        count(*),
        count(distinct visitor_id)
    from page_views
    where viewed_at >= first_day::timestamp at time zone 'UTC'
        and viewed_at < (last_day + 1)::timestamp at time zone 'UTC'
    group by 1, 2
    on conflict (day, path) do update
    set views = excluded.views, visitors = excluded.visitors;
end;

comment on function roll_up_page_views(date, date) is
    'Counts the days from the first to the last, both included; may be run again.';
