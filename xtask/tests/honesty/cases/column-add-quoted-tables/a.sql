alter table "Users" add column phone text;
