alter table bookings add constraint no_double_service exclude using gist (served with &&);
