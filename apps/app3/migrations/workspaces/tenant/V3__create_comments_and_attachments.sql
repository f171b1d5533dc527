-- What members say about a task, and the files that they put there.

create table comments (
    id         bigint generated always as identity primary key,
    task_id    bigint not null references tasks (id) on delete cascade,
    author_id  bigint not null references members (id),
    body       text not null constraint comments_body_check check (body <> ''),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create index comments_task_id_idx on comments (task_id, created_at);
create index comments_author_id_idx on comments (author_id);

create trigger comments_touch_updated_at
    before update on comments
    for each row execute function touch_updated_at();

create table attachments (
    id           bigint generated always as identity primary key,
    task_id      bigint not null references tasks (id),
    uploaded_by  bigint not null references members (id),
    file_name    text not null constraint attachments_file_name_check check (file_name !~ '[/\\]'),
    content_type text not null,
    bytes        bigint not null constraint attachments_bytes_check check (bytes >= 0),
    sha256       bytea not null constraint attachments_sha256_check check (octet_length(sha256) = 32),
    created_at   timestamptz not null default now()
);

comment on table attachments is
    'What is known of a file; the file is in the object store of the tenant''s region, named by its hash.';
comment on column attachments.task_id is 'No cascade: the file must be gone from the object store before its row is.';
comment on column attachments.sha256 is 'Of the content; two uploads of one file are stored once.';

create index attachments_task_id_idx on attachments (task_id);
create index attachments_uploaded_by_idx on attachments (uploaded_by);
create index attachments_sha256_idx on attachments (sha256);
