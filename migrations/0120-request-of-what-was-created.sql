-- Which request created a row whose id an Idempotency-Key decided: another request with that key is refused as long as
-- the row is there. SHA-256 of path, query and body, base64url; null without a key.
alter table order_templates add column request_hash text;
alter table webhook_endpoints add column request_hash text;
