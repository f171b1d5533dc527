merge into users using names on users.id = names.id when matched then update set name = names.name;
