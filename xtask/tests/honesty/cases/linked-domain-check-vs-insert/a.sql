alter domain score add constraint score_positive check (value >= 0);
