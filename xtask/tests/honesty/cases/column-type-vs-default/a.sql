alter table items alter column size type integer using size::integer;
