update users set email = name || '@example.org';
