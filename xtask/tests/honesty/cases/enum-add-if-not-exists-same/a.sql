alter type status add value if not exists 'paused' after 'new';
