create rule users_closed as on insert to users do instead nothing;
