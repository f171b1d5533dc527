alter publication feed add table users;
