alter type status add value 'failed';
