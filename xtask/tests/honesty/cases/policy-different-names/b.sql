create policy no_children on users for insert with check (age >= 18);
