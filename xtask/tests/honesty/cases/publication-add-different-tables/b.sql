alter publication feed add table orders;
