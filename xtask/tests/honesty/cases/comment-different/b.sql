comment on table users is 'accounts';
