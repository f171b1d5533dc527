-- Every day that is already over. Today is left to tonight's job.

select roll_up_page_views(
    (min(viewed_at) at time zone 'UTC')::date,
    (now() at time zone 'UTC')::date - 1
)
from page_views
having count(*) > 0;
