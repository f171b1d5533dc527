alter type status rename value 'new' to 'fresh';
