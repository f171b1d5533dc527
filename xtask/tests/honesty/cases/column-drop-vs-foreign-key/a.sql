alter table orders drop column user_id;
