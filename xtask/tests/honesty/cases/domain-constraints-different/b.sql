alter domain positive set default 1;
