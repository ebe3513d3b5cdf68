CREATE SCHEMA notifications;
