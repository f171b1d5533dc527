create policy adults on users using (age >= 18);
