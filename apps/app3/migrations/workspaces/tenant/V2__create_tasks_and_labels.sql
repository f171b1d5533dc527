-- What there is to do, and how a team sorts it.

create type task_status as enum ('open', 'in_progress', 'done', 'dropped');

create table tasks (
    id          bigint generated always as identity primary key,
    project_id  bigint not null references projects (id),
    number      integer not null constraint tasks_number_check check (number > 0),
    title       text not null constraint tasks_title_check check (title <> ''),
    description text not null default '',
    status      task_status not null default 'open',
    author_id   bigint not null references members (id),
    assignee_id bigint references members (id),
    due_on      date,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    constraint tasks_project_id_number_key unique (project_id, number)
);

comment on column tasks.number is 'Counted within the project: the 42 of WEB-42.';
comment on column tasks.due_on is 'A day, wherever on earth the assignee is.';

create index tasks_author_id_idx on tasks (author_id);
create index tasks_assignee_id_idx on tasks (assignee_id);

create trigger tasks_touch_updated_at
    before update on tasks
    for each row execute function touch_updated_at();

create table labels (
    id    bigint generated always as identity primary key,
    name  text not null constraint labels_name_check check (name <> ''),
    color text not null default '#888888' constraint labels_color_check check (color ~ '^#[0-9a-f]{6}$')
);

create unique index labels_lower_name_key on labels (lower(name));

create table task_labels (
    task_id  bigint not null references tasks (id) on delete cascade,
    label_id bigint not null references labels (id) on delete cascade,
    primary key (task_id, label_id)
);

create index task_labels_label_id_idx on task_labels (label_id);
