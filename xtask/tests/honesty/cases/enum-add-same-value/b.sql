alter type status add value 'paused' before 'done';
