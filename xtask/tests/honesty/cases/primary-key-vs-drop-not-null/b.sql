alter table items alter column id drop not null;
