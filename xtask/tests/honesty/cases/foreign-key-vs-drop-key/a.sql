alter table mails add foreign key (address) references users (email);
