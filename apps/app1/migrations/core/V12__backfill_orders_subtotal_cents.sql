-- Orders from before V11 that nobody has touched since.

update orders
set subtotal_cents = amount_cents
where subtotal_cents is null;
