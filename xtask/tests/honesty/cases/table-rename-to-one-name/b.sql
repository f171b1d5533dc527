alter table customers rename to people;
