alter table users add constraint users_age check (age > 0);
