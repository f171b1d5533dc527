alter sequence invoice_numbers increment by 10;
