create table fresh (like tags including all);
