create rule people_insert as on insert to people do instead nothing;
