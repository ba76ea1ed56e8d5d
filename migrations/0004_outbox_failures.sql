ALTER TABLE `outbox` ADD `attempts` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `outbox` ADD `failed_at` text;--> statement-breakpoint
ALTER TABLE `outbox` ADD `failure_kind` text;--> statement-breakpoint
ALTER TABLE `outbox` ADD `failure_reason` text;