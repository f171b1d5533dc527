alter table events add column line text;
