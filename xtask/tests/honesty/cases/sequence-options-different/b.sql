alter sequence invoice_numbers cache 20;
