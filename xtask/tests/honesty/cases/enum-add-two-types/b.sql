alter type mood add value 'so-so';
