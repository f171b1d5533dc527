alter table logins add foreign key (user_id) references users;
