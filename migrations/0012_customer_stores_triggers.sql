-- `customer_stores` follows the profiles like an index: nobody else writes it.
CREATE TRIGGER `customer_stores_of_new` AFTER INSERT ON `customers`
WHEN json_array_length(NEW.profile, '$.stores') > 0
BEGIN
  INSERT INTO customer_stores (tenant, store, customer_id)
  SELECT DISTINCT NEW.tenant, value ->> '$.key', NEW.id FROM json_each(NEW.profile, '$.stores');
END;
--> statement-breakpoint
CREATE TRIGGER `customer_stores_of_changed` AFTER UPDATE OF `profile` ON `customers`
WHEN (NEW.profile -> '$.stores') IS NOT (OLD.profile -> '$.stores')
BEGIN
  DELETE FROM customer_stores WHERE tenant = OLD.tenant AND customer_id = OLD.id;
  INSERT INTO customer_stores (tenant, store, customer_id)
  SELECT DISTINCT NEW.tenant, value ->> '$.key', NEW.id FROM json_each(NEW.profile, '$.stores');
END;
--> statement-breakpoint
CREATE TRIGGER `customer_stores_of_deleted` AFTER DELETE ON `customers`
BEGIN
  DELETE FROM customer_stores WHERE tenant = OLD.tenant AND customer_id = OLD.id;
END;
--> statement-breakpoint
INSERT INTO `customer_stores` (`tenant`, `store`, `customer_id`)
SELECT DISTINCT customers.tenant, store.value ->> '$.key', customers.id
FROM customers, json_each(customers.profile, '$.stores') AS store;
