-- All that was received before there were hours. What comes in meanwhile is left to tonight's job: it starts a day back.

select roll_up_usage('-infinity', now());
