alter table orders add constraint orders_user foreign key (user_id) references users (id);
