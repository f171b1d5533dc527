create table audit.events (id bigint);
