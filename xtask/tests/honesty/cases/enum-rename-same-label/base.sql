create type status as enum ('new', 'done');
