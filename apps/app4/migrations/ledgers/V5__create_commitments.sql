-- Big customers promise to use so much a month, and get a better price for it. What is missing is billed.

create table commitments (
    valid_from date primary key constraint commitments_valid_from_check check (extract(day from valid_from) = 1),
    cents      bigint not null constraint commitments_cents_check check (cents >= 0),
    agreed_by  text not null constraint commitments_agreed_by_check check (agreed_by <> ''),
    created_at timestamptz not null default now()
);

comment on table commitments is 'The least that a month costs, from valid_from until the next row begins; 0 ends it.';
