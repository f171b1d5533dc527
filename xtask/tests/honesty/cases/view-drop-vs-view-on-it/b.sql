create view adults as select id, name from people where age > 17;
