create policy own_row on users for select using (name = current_user);
