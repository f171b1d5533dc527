alter table events attach partition events_old for values from ('2020-01-01') to ('2024-01-01');
