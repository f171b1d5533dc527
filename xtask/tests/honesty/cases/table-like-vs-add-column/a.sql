create table users_archive (like users including all);
