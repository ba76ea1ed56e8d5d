CREATE TABLE `webhook_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant` text NOT NULL,
	`webhook_id` text NOT NULL,
	`event_id` text NOT NULL,
	`event` text NOT NULL,
	`message_id` text NOT NULL,
	`customer_id` text NOT NULL,
	`sequence` integer NOT NULL,
	`created_at` text NOT NULL,
	`status` text NOT NULL,
	`attempts` integer NOT NULL,
	`claimed_until` integer NOT NULL,
	`due_at` integer NOT NULL,
	`first_attempt_at` integer,
	`last_attempt_at` integer,
	`response_status` integer,
	`failure_reason` text
);
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_by_due` ON `webhook_deliveries` (`due_at`) WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX `webhook_deliveries_by_customer` ON `webhook_deliveries` (`webhook_id`,`customer_id`,`sequence`) WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX `webhook_deliveries_by_webhook` ON `webhook_deliveries` (`webhook_id`,`created_at`,`sequence`,`id`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_by_time` ON `webhook_deliveries` (`tenant`,`created_at`);--> statement-breakpoint
CREATE TABLE `webhooks` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant` text NOT NULL,
	`url` text NOT NULL,
	`format` text NOT NULL,
	`events` text NOT NULL,
	`excluded_fields` text NOT NULL,
	`include_tokens` integer NOT NULL,
	`secret_number` integer NOT NULL,
	`previous_secret_until` integer,
	`created_at` text NOT NULL,
	`modified_at` text NOT NULL,
	`failing_since` integer,
	`disabled_at` text,
	`disabled_reason` text
);
--> statement-breakpoint
CREATE INDEX `webhooks_by_tenant` ON `webhooks` (`tenant`,`created_at`);