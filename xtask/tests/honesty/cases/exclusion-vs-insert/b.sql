insert into bookings values (1, '[2024-01-02,2024-01-04)');
