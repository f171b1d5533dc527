comment on column users.name is 'as people want to be called';
