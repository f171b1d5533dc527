alter table events detach partition events_old;
