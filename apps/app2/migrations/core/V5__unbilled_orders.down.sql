drop view unbilled_orders;
