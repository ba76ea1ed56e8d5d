ALTER TABLE `customers` ADD `published_sequence` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `messages` ADD `published_sequence` integer;--> statement-breakpoint
ALTER TABLE `messages` ADD `identifiers` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `token_id` text GENERATED ALWAYS AS (payload ->> '$.tokenId') VIRTUAL;--> statement-breakpoint
CREATE UNIQUE INDEX `messages_by_id` ON `messages` (`tenant`,`id`);--> statement-breakpoint
CREATE INDEX `messages_by_time` ON `messages` (`tenant`,`created_at`,`sequence`);--> statement-breakpoint
CREATE INDEX `messages_by_token` ON `messages` (`tenant`,`token_id`) WHERE token_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `anonymous_ids_by_time` ON `anonymous_ids` (`created_at`);