comment on index logs_line is 'for the search';
