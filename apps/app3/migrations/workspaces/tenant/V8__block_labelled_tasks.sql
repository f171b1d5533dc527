-- Teams had made themselves a label "blocked" for want of the status. It stays, and with it the colour on their boards.

update tasks
set status = 'blocked'
where status in ('open', 'in_progress')
    and exists (
        select from task_labels
        join labels on labels.id = task_labels.label_id
        where task_labels.task_id = tasks.id
            and lower(labels.name) = 'blocked'
    );
