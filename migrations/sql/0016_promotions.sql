CREATE SCHEMA promotions;
