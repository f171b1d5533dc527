alter type status add value 'failed' after 'new';
