alter table logs add column level text;
