drop table commitments;
