insert into events_2024 values (2, '2024-02-04');
