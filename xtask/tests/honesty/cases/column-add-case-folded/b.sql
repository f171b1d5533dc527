alter table "users" add column PHONE text;
