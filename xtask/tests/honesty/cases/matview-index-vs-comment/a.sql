create unique index people_id on people (id);
