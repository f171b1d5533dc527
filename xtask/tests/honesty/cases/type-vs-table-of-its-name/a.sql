create type events as enum ('login', 'logout');
