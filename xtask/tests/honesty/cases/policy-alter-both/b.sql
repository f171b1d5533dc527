alter policy own_row on users using (age > 0);
