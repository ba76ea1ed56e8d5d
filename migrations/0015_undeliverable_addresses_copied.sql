-- What the outbox has learnt so far; from now on it is noted here.
INSERT INTO undeliverable_addresses (address, since, reason)
SELECT undeliverable, min(failed_at), 'refused' FROM outbox
WHERE undeliverable IS NOT NULL AND failed_at IS NOT NULL GROUP BY undeliverable;
