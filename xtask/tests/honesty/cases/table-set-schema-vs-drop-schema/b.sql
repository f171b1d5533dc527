drop schema crm;
