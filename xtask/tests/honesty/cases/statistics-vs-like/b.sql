create statistics tags_stat (ndistinct) on id, label from tags;
