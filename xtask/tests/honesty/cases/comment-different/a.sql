comment on table users is 'people who can log in';
