select nextval('invoice_numbers');
