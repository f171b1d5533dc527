comment on view people is 'for the search';
