CREATE INDEX `customers_by_contact_email` ON `customers` (`tenant`,"profile" ->> '$.contactEmail',`id`);--> statement-breakpoint
CREATE INDEX `customers_by_last_name` ON `customers` (`tenant`,"profile" ->> '$.lastName',`id`);--> statement-breakpoint
CREATE INDEX `customers_by_company` ON `customers` (`tenant`,"profile" ->> '$.company',`id`);--> statement-breakpoint
CREATE INDEX `customers_by_external_id` ON `customers` (`tenant`,"profile" ->> '$.externalId',`id`);--> statement-breakpoint
CREATE INDEX `customers_by_created_at` ON `customers` (`tenant`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `customers_by_modified_at` ON `customers` (`tenant`,`modified_at`,`id`);