drop policy own_row on users;
