alter policy own_row on users using (email = current_user);
