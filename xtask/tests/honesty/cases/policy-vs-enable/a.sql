create policy own_row on users using (name = current_user);
