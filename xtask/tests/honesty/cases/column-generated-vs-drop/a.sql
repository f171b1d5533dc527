alter table lines add column total numeric generated always as (price * quantity) stored;
