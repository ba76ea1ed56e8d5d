CREATE TABLE `password_migrations` (
	`tenant` text PRIMARY KEY NOT NULL,
	`end_date` text NOT NULL,
	`reminder_date` text NOT NULL,
	`notifies` integer NOT NULL,
	`reminded_up_to` text DEFAULT '' NOT NULL,
	`reminded_all` integer DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE INDEX `accounts_with_legacy_password` ON `accounts` (`tenant`,`customer_id`) WHERE substr(password_hash, 1, 8) = '$legacy$';