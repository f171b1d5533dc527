alter table users set schema crm;
