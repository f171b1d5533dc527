drop view account_order_totals;
