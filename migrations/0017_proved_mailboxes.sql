CREATE TABLE `reserved_emails` (
	`tenant` text NOT NULL,
	`email_key` text NOT NULL,
	`customer_id` text NOT NULL,
	`account_id` text NOT NULL,
	`until` integer NOT NULL,
	PRIMARY KEY(`tenant`, `email_key`)
);
--> statement-breakpoint
CREATE INDEX `reserved_emails_by_customer` ON `reserved_emails` (`tenant`,`customer_id`);--> statement-breakpoint
CREATE INDEX `reserved_emails_by_time` ON `reserved_emails` (`until`);--> statement-breakpoint
ALTER TABLE `accounts` ADD `proved_at` integer;--> statement-breakpoint
ALTER TABLE `accounts` ADD `proved_by` text;--> statement-breakpoint
ALTER TABLE `accounts` ADD `added_at` integer;--> statement-breakpoint
ALTER TABLE `accounts` ADD `added_by` text;