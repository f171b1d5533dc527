create index on items (lower(code));
