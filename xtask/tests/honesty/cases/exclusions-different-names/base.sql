create table bookings (room integer, during tsrange, served tsrange);
insert into bookings values (1, '[2024-01-01,2024-01-02)', '[2024-01-01,2024-01-02)');
