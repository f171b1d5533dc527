comment on column users.age is 'in years';
