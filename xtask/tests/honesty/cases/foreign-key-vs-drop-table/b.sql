alter table orders add column coupon_id bigint references coupons;
