alter table users alter column age type numeric(5, 1);
