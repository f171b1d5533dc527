-- What was billed before V3 stays open until bookkeeping closes it.

insert into months (month)
select distinct month
from entries
on conflict (month) do nothing;

alter table entries validate constraint entries_month_fkey;
