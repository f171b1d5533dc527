alter domain positive set default 2;
