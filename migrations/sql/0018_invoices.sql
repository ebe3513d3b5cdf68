CREATE SCHEMA invoices;
