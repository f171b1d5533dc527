alter table items alter column code type integer using code::integer;
