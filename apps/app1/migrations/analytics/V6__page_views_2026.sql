-- The quarters of 2026. The default partition steps aside, because PostgreSQL refuses a partition whose rows it holds.

alter table page_views detach partition page_views_default;

create table page_views_2026_q1 partition of page_views
    for values from ('2026-01-01 00:00:00+00') to ('2026-04-01 00:00:00+00');
create table page_views_2026_q2 partition of page_views
    for values from ('2026-04-01 00:00:00+00') to ('2026-07-01 00:00:00+00');
create table page_views_2026_q3 partition of page_views
    for values from ('2026-07-01 00:00:00+00') to ('2026-10-01 00:00:00+00');
create table page_views_2026_q4 partition of page_views
    for values from ('2026-10-01 00:00:00+00') to ('2027-01-01 00:00:00+00');

with moved as (
    delete from page_views_default
    where viewed_at >= '2026-01-01 00:00:00+00' and viewed_at < '2027-01-01 00:00:00+00'
    returning *
)
insert into page_views
select * from moved;

alter table page_views attach partition page_views_default default;
