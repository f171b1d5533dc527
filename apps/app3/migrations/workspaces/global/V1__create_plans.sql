-- What a customer pays for. Filled here: every tenant has a plan, so without one nobody could be registered.

create table plans (
    code         text primary key constraint plans_code_check check (code ~ '^[a-z][a-z_]*$'),
    name         text not null,
    member_limit integer constraint plans_member_limit_check check (member_limit > 0),
    price_cents  bigint not null constraint plans_price_cents_check check (price_cents >= 0)
);

comment on column plans.member_limit is 'Most members a workspace may have; null for no limit.';
comment on column plans.price_cents is 'For one member and month, in hundredths of a euro.';

insert into plans (code, name, member_limit, price_cents)
values
    ('free', 'Free', 5, 0),
    ('team', 'Team', 50, 600),
    ('business', 'Business', null, 1100);
