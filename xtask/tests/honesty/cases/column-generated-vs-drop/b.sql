alter table lines drop column quantity;
