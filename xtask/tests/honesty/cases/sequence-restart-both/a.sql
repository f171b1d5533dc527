alter sequence invoice_numbers restart with 1000;
