update users set email = lower(email);
