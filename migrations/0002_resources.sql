CREATE TABLE `resources` (
	`tenant` text NOT NULL,
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`key` text,
	`version` integer NOT NULL,
	`created_at` text NOT NULL,
	`modified_at` text NOT NULL,
	`created_by` text,
	`modified_by` text,
	`body` text NOT NULL,
	PRIMARY KEY(`tenant`, `kind`, `id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `resources_by_key` ON `resources` (`tenant`,`kind`,`key`);--> statement-breakpoint
ALTER TABLE `customers` ADD `key` text GENERATED ALWAYS AS (profile ->> '$.key') VIRTUAL;--> statement-breakpoint
ALTER TABLE `customers` ADD `customer_number` text GENERATED ALWAYS AS (coalesce(profile ->> '$.customerNumber', id)) VIRTUAL;--> statement-breakpoint
CREATE UNIQUE INDEX `customers_by_key` ON `customers` (`tenant`,`key`);--> statement-breakpoint
CREATE UNIQUE INDEX `customers_by_number` ON `customers` (`tenant`,`customer_number`);--> statement-breakpoint
ALTER TABLE `messages` ADD `created_by` text;