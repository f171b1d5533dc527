alter type status add value 'paused';
