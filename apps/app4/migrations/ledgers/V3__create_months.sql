-- A month that the customer has the statement of is closed: nothing is booked into it any more.

create table months (
    month     date primary key constraint months_month_check check (extract(day from month) = 1),
    closed_at timestamptz
);

comment on table months is 'Made by the first entry of the month; closed by setting closed_at.';

create function book_into_open_month() returns trigger
    language plpgsql
    set search_path from current
as $body$
begin
    insert into months (month)
    values (new.month)
    on conflict (month) do nothing;

    -- FOR SHARE: whoever closes the month waits for this entry, and an entry waits for whoever is closing the month.
    perform from months
    where month = new.month
        and closed_at is null
    for share;

    if not found then
        raise exception 'the month % is closed', to_char(new.month, 'YYYY-MM')
            using errcode = 'check_violation', hint = 'Book the entry into the current month.';
    end if;
    return new;
end;
$body$;

create trigger entries_book_into_open_month
    before insert on entries
    for each row execute function book_into_open_month();

-- V4 makes the months of the entries from before, and validates.
alter table entries
    add constraint entries_month_fkey foreign key (month) references months (month) not valid;
