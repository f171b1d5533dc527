-- Marketing's monthly list. Refreshed by night: refresh materialized view concurrently monthly_top_pages.

create materialized view monthly_top_pages as
with monthly as (
    select date_trunc('month', day::timestamp)::date as month, path, sum(views)::bigint as views
    from daily_page_views
    group by 1, 2
),
ranked as (
    select month, path, views, rank() over (partition by month order by views desc) as rank
    from monthly
)
select month, path, views, rank
from ranked
where rank <= 100;

comment on materialized view monthly_top_pages is
    'The 100 most viewed paths of each month; paths with equal views share a rank.';

-- REFRESH ... CONCURRENTLY needs a unique index.
create unique index monthly_top_pages_key on monthly_top_pages (month, path);
