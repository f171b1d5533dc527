-- The hours of the pilot are lost.

drop table time_entries;
