CREATE TABLE `contact_assignments` (
	`tenant` text NOT NULL,
	`id` text NOT NULL,
	`customer_id` text NOT NULL,
	`legal_entity_id` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` text NOT NULL,
	`modified_at` text NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`tenant`, `id`),
	FOREIGN KEY (`tenant`,`customer_id`) REFERENCES `customers`(`tenant`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`tenant`,`legal_entity_id`) REFERENCES `legal_entities`(`tenant`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `contact_assignments_by_customer` ON `contact_assignments` (`tenant`,`customer_id`,`legal_entity_id`);--> statement-breakpoint
CREATE INDEX `contact_assignments_by_legal_entity` ON `contact_assignments` (`tenant`,`legal_entity_id`,`id`);--> statement-breakpoint
CREATE TABLE `legal_entities` (
	`tenant` text NOT NULL,
	`id` text NOT NULL,
	`parent_id` text,
	`version` integer NOT NULL,
	`created_at` text NOT NULL,
	`modified_at` text NOT NULL,
	`dissolved_at` text,
	`body` text NOT NULL,
	`name` text GENERATED ALWAYS AS (body ->> '$.name') VIRTUAL,
	`registration_id` text GENERATED ALWAYS AS (body ->> '$.legalInfo.registrationId') VIRTUAL,
	PRIMARY KEY(`tenant`, `id`)
);
--> statement-breakpoint
CREATE INDEX `legal_entities_by_name` ON `legal_entities` (`tenant`,`name`);--> statement-breakpoint
CREATE INDEX `legal_entities_by_registration` ON `legal_entities` (`tenant`,`registration_id`);--> statement-breakpoint
CREATE INDEX `legal_entities_by_parent` ON `legal_entities` (`tenant`,`parent_id`);--> statement-breakpoint
CREATE INDEX `legal_entities_dissolved` ON `legal_entities` (`tenant`,`id`) WHERE dissolved_at IS NOT NULL;