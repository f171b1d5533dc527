-- For code that does not know the status. Which of them were open before, task_status_changes still knows.

update tasks
set status = 'in_progress'
where status = 'blocked';
