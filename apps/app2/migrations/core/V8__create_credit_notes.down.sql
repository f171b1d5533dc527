drop table credit_notes;
