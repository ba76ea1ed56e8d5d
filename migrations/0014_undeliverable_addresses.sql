CREATE TABLE `undeliverable_addresses` (
	`address` text PRIMARY KEY NOT NULL,
	`since` text NOT NULL,
	`reason` text NOT NULL,
	`detail` text,
	`allowed_at` text
);
--> statement-breakpoint
DROP INDEX `outbox_by_undeliverable`;