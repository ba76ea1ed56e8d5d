ALTER TABLE `outbox` ADD `undeliverable` text;--> statement-breakpoint
CREATE INDEX `outbox_by_undeliverable` ON `outbox` (`tenant`,`undeliverable`);