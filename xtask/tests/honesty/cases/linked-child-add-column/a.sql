alter table cars add column note text;
