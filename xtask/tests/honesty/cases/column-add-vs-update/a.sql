alter table users add column phone text not null default '';
