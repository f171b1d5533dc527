drop view statements;
