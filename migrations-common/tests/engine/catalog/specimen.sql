-- A schema with something of each kind. Run with search_path = the schema, ext, pg_temp; `:schema` is its quoted name.
-- Schema ext holds btree_gist and pg_trgm; the roles specimen_reader and specimen_owner and the server specimen_server exist.

create type mood as enum ('calm', 'happy', 'sad');
create domain percent as numeric(5,2) default 0 constraint percent_range check (value between 0 and 100);
create domain label as text collate "C" not null;
create type span as range (subtype = timestamp);
create type coordinates as (lat double precision, lon double precision);
create sequence ticket_number as integer increment 2 minvalue 10 maxvalue 5000 start 10 cache 3;
create unlogged sequence scratch_number;

create function touch() returns trigger language plpgsql as $$
begin
  new.changed_at := clock_timestamp();
  return new;
end $$;
create function full_name(first text, last text default '') returns text
  language sql immutable strict parallel safe return first || ' ' || last;
create function levels() returns table (name text, level int) language sql stable rows 20 cost 7 as $$ values ('low', 1) $$;
create function guarded() returns int language sql security definer set search_path from current as $$ select 1 $$;
create function own_path() returns int language plpgsql set work_mem = '8MB' as $$ begin return 1; end $$;
create function keep_mood(state mood, next mood) returns mood language sql immutable as $$ select coalesce($2, $1) $$;
create function same_mood(a mood, b text) returns boolean language sql immutable as $$ select a::text = b $$;
create procedure archive(inout moved int, before date default '2020-01-01') language plpgsql as $$ begin moved := 0; end $$;
create aggregate last_mood(mood) (sfunc = keep_mood, stype = mood, initcond = 'calm');

create table member (
  id bigint generated always as identity primary key,
  email text not null,
  first text not null default '',
  last text,
  display text generated always as (full_name(first, last)) stored,
  mood mood not null default 'calm',
  share percent,
  place coordinates,
  code int not null default nextval('ticket_number'),
  tags text[] not null default '{}',
  price money default 12,
  changed_at timestamptz not null default now(),
  constraint member_email_key unique (email),
  constraint member_email_shape check (email like '%@%')
) with (fillfactor = 85, autovacuum_enabled = false, toast.autovacuum_enabled = false);
create index member_last_idx on member (lower(last) text_pattern_ops desc nulls last) include (first) where last is not null;
create index member_tags_idx on member using gin (tags) with (fastupdate = off);
create index member_code_idx on member ((code + 1), mood);
create trigger member_touch before update of first, last on member for each row when (old.first is distinct from new.first) execute function touch();
create statistics member_names (ndistinct, dependencies) on first, last from member;
alter table member alter column first set storage external, alter column last set statistics 500, alter column code set (n_distinct = -0.5);

create table visit (
  id serial,
  member_id bigint constraint visit_member_fk references member on delete cascade deferrable initially deferred,
  happened_at timestamptz not null,
  note text constraint visit_note_length check (length(note) < 500),
  primary key (id, happened_at)
) partition by range (happened_at);
create table visit_2026 partition of visit for values from ('2026-01-01 00:00+00') to ('2027-01-01 00:00+00');
create table visit_rest partition of visit default;
create index visit_member_idx on visit (member_id);
create trigger visit_touch after insert on visit for each row execute function touch();

create table animal (name text primary key, born date);
create table cat (lives int default 9) inherits (animal);
create table point_of_interest of coordinates;
create unlogged table cache (key text primary key, value bytea);
alter table cache replica identity full;

create table room_booking (
  room int,
  during tstzrange,
  constraint room_booking_apart exclude using gist (room with =, during with &&) where (room > 0)
);

create table letter (id int primary key, author name default current_user, body text);
alter table letter enable row level security;
create policy letter_mine on letter as permissive for select to specimen_reader using (author = current_user);
create policy letter_write on letter for insert with check (id > 0);
alter table letter add constraint letter_body check (body is not null) not valid;
create constraint trigger letter_checked after insert on letter deferrable for each row execute function touch();
alter table letter enable always trigger letter_checked;
create rule letter_kept as on delete to letter do instead nothing;

create foreign table remote_letter (id int options (column_name 'ID'), body text) server specimen_server options (table_name 'letter');

create view member_visits with (security_barrier = true) as
  select m.id, m.mood, count(v.id) as visits from member m left join visit v on v.member_id = m.id group by m.id, m.mood;
create view open_letter as select id, body from letter where id > 0 with cascaded check option;
create materialized view mood_count as select mood, count(*) as n from member group by mood;
create unique index mood_count_key on mood_count (mood);

create operator === (leftarg = mood, rightarg = text, function = same_mood);
create collation german (locale = 'C');
create text search configuration plain (copy = pg_catalog.simple);
create text search dictionary stems (template = pg_catalog.simple, stopwords = english);
create operator family numbers using btree;
create operator class int_backwards for type int4 using btree as
  operator 1 >, operator 2 >=, operator 3 =, operator 4 <=, operator 5 <, function 1 btint4cmp(int4, int4);
create conversion latin for 'LATIN1' to 'UTF8' from pg_catalog.iso8859_1_to_utf8;

grant select on member, visit to specimen_reader;
grant select (id, body) on letter to specimen_reader;
grant update (body) on letter to specimen_reader with grant option;
grant usage on sequence ticket_number to specimen_reader;
revoke execute on function guarded() from public;
revoke usage on type mood from public;
alter default privileges in schema :schema grant select on tables to specimen_reader;

comment on schema :schema is 'what there can be';
comment on table member is 'who comes';
comment on column member.email is 'to log in';
comment on constraint member_email_key on member is 'one each';
comment on constraint percent_range on domain percent is 'of a hundred';
comment on index member_last_idx is 'for the list';
comment on trigger member_touch on member is 'keeps the time';
comment on policy letter_mine on letter is 'own ones';
comment on rule letter_kept on letter is 'letters stay';
comment on function touch() is 'the time';
comment on aggregate last_mood(mood) is 'not null';
comment on type mood is 'how one feels';
comment on type coordinates is 'a place';
comment on column coordinates.lat is 'north';
comment on domain percent is 'a share';
comment on statistics member_names is 'they go together';
comment on sequence ticket_number is 'as printed';
comment on view open_letter is 'for all';
comment on collation german is 'umlauts';
