-- What records say today: the first account's mailbox is proved where the profile says so.
UPDATE `accounts` SET `proved_by` = 'back_office', `proved_at` = (
  SELECT CAST(unixepoch(customers.modified_at) AS INTEGER) * 1000 FROM customers
  WHERE customers.tenant = accounts.tenant AND customers.id = accounts.customer_id
)
WHERE `position` = 0 AND EXISTS (
  SELECT 1 FROM customers
  WHERE customers.tenant = accounts.tenant AND customers.id = accounts.customer_id
    AND customers.profile ->> '$.emailVerified' = 1
);
--> statement-breakpoint
-- The message is that of the index, because to a writer it is the same refusal.
CREATE TRIGGER `accounts_not_reserved_insert` BEFORE INSERT ON `accounts`
WHEN EXISTS (
  SELECT 1 FROM reserved_emails
  WHERE tenant = NEW.tenant AND email_key = NEW.email_key AND customer_id <> NEW.customer_id
    AND until > unixepoch('subsec') * 1000
)
BEGIN
  SELECT RAISE(ABORT, 'UNIQUE constraint failed: accounts.tenant, accounts.email_key');
END;
--> statement-breakpoint
CREATE TRIGGER `accounts_not_reserved_update` BEFORE UPDATE OF `email_key` ON `accounts`
WHEN NEW.email_key <> OLD.email_key AND EXISTS (
  SELECT 1 FROM reserved_emails
  WHERE tenant = NEW.tenant AND email_key = NEW.email_key AND customer_id <> NEW.customer_id
    AND until > unixepoch('subsec') * 1000
)
BEGIN
  SELECT RAISE(ABORT, 'UNIQUE constraint failed: accounts.tenant, accounts.email_key');
END;
