alter schema audit rename to history;
