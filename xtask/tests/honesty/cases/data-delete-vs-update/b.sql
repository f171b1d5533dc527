update users set age = age - 5;
