-- One row a page shown. Quarterly partitions: an old quarter leaves by DROP TABLE, not by a DELETE of millions.

create table page_views (
    id          uuid not null default gen_random_uuid(),
    viewed_at   timestamptz not null default now(),
    visitor_id  uuid not null,
    user_id     bigint,
    path        text not null constraint page_views_path_check check (path like '/%'),
    referrer    text,
    duration_ms integer constraint page_views_duration_ms_check check (duration_ms >= 0),
    primary key (id, viewed_at)
) partition by range (viewed_at);

comment on table page_views is 'One row a page shown.';
comment on column page_views.visitor_id is 'From a cookie; the same before and after signing in.';
comment on column page_views.user_id is 'users.id of the database core, so no foreign key; null for guests.';
comment on column page_views.duration_ms is
    'How long the page was in front, in milliseconds; null until the visitor leaves it.';

create table page_views_2025_q1 partition of page_views
    for values from ('2025-01-01 00:00:00+00') to ('2025-04-01 00:00:00+00');
create table page_views_2025_q2 partition of page_views
    for values from ('2025-04-01 00:00:00+00') to ('2025-07-01 00:00:00+00');
create table page_views_2025_q3 partition of page_views
    for values from ('2025-07-01 00:00:00+00') to ('2025-10-01 00:00:00+00');
create table page_views_2025_q4 partition of page_views
    for values from ('2025-10-01 00:00:00+00') to ('2026-01-01 00:00:00+00');

-- What fits no quarter is kept, not refused.
create table page_views_default partition of page_views default;

-- Rows come in order of time: a block range index finds a day in a few kilobytes.
create index page_views_viewed_at_idx on page_views using brin (viewed_at);
create index page_views_visitor_id_idx on page_views (visitor_id, viewed_at);
