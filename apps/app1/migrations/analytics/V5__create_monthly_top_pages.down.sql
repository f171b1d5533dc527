drop materialized view monthly_top_pages;
