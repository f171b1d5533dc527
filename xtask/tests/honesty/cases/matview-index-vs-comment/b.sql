comment on materialized view people is 'for the search';
