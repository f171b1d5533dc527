update users set age = age + 1;
