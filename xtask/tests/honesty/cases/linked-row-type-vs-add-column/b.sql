create table people_before as select * from people;
