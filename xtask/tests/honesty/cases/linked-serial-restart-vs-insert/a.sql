alter sequence notes_id_seq restart with 1000;
