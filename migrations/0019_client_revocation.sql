ALTER TABLE `clients` ADD `revoked_at` text;--> statement-breakpoint
CREATE INDEX `anonymous_ids_revoked` ON `anonymous_ids` (`tenant`,`revoked_at`) WHERE "anonymous_ids"."revoked_at" IS NOT NULL;