create table cars (note text) inherits (things);
