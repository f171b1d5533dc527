alter table users set (fillfactor = 70);
