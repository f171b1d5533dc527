create rule people_delete as on delete to people do instead nothing;
