alter table orders add column mood mood;
