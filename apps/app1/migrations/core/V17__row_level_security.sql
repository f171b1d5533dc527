-- A forgotten WHERE must not show one customer's orders to another. The storefront's role sets app.account_id in every
-- transaction and sees nothing without it; the tables' owner, and roles with BYPASSRLS such as billing's, see all.

alter table orders enable row level security;
alter table order_items enable row level security;
alter table addresses enable row level security;

create policy orders_own_account on orders
    using (account_id = nullif(current_setting('app.account_id', true), '')::bigint);

create policy order_items_own_account on order_items
    using (exists (select from orders where orders.id = order_items.order_id));

create policy addresses_own_account on addresses
    using (account_id = nullif(current_setting('app.account_id', true), '')::bigint);

comment on policy order_items_own_account on order_items is
    'The orders that the subquery sees are those of the account.';
