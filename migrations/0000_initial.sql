CREATE TABLE `accounts` (
	`tenant` text NOT NULL,
	`email_key` text NOT NULL,
	`customer_id` text NOT NULL,
	`id` text NOT NULL,
	`position` integer NOT NULL,
	`email` text NOT NULL,
	`password_hash` text,
	`initial_password` integer NOT NULL,
	`cleared_at` integer,
	PRIMARY KEY(`tenant`, `email_key`),
	FOREIGN KEY (`tenant`,`customer_id`) REFERENCES `customers`(`tenant`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `accounts_by_customer` ON `accounts` (`tenant`,`customer_id`);--> statement-breakpoint
CREATE TABLE `addresses` (
	`tenant` text NOT NULL,
	`customer_id` text NOT NULL,
	`id` text NOT NULL,
	`position` integer NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`tenant`, `customer_id`, `id`),
	FOREIGN KEY (`tenant`,`customer_id`) REFERENCES `customers`(`tenant`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `clients` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant` text NOT NULL,
	`secret_hash` text NOT NULL,
	`scopes` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `clients_by_tenant` ON `clients` (`tenant`);--> statement-breakpoint
CREATE TABLE `customers` (
	`tenant` text NOT NULL,
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`operation_id` text NOT NULL,
	`message_sequence` integer NOT NULL,
	`created_at` text NOT NULL,
	`modified_at` text NOT NULL,
	`erased_at` text,
	`profile` text NOT NULL,
	`credentials` text NOT NULL,
	`credentials_revision` integer NOT NULL,
	PRIMARY KEY(`tenant`, `id`)
);
--> statement-breakpoint
CREATE TABLE `mailbox` (
	`id` text PRIMARY KEY NOT NULL,
	`recipient` text NOT NULL,
	`created_at` text NOT NULL,
	`mail` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `mailbox_by_recipient` ON `mailbox` (`recipient`,`created_at`);--> statement-breakpoint
CREATE TABLE `messages` (
	`tenant` text NOT NULL,
	`resource_id` text NOT NULL,
	`sequence` integer NOT NULL,
	`id` text NOT NULL,
	`resource_version` integer NOT NULL,
	`type` text NOT NULL,
	`payload` text NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`tenant`, `resource_id`, `sequence`)
);
--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant` text NOT NULL,
	`customer_id` text,
	`mail_order` text NOT NULL,
	`created_at` text NOT NULL,
	`claimed_until` integer NOT NULL,
	`due_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `outbox_by_due` ON `outbox` (`due_at`);--> statement-breakpoint
CREATE INDEX `outbox_by_customer` ON `outbox` (`tenant`,`customer_id`);--> statement-breakpoint
CREATE TABLE `tenants` (
	`key` text PRIMARY KEY NOT NULL,
	`settings` text NOT NULL,
	`created_at` text NOT NULL,
	`modified_at` text NOT NULL
);
