-- The rows of 2026 go to the default partition.

alter table page_views detach partition page_views_2026_q1;
alter table page_views detach partition page_views_2026_q2;
alter table page_views detach partition page_views_2026_q3;
alter table page_views detach partition page_views_2026_q4;

insert into page_views select * from page_views_2026_q1;
insert into page_views select * from page_views_2026_q2;
insert into page_views select * from page_views_2026_q3;
insert into page_views select * from page_views_2026_q4;

drop table page_views_2026_q1, page_views_2026_q2, page_views_2026_q3, page_views_2026_q4;
