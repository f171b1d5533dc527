alter type status add value 'paused' after 'new';
