ALTER TABLE Users ADD Phone text;
