alter table users add constraint grown_up check (age < 200);
