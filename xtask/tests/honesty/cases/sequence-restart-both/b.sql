alter sequence invoice_numbers restart with 5000;
