update bookings set room = room + 1;
