CREATE TABLE `customer_stores` (
	`tenant` text NOT NULL,
	`store` text NOT NULL,
	`customer_id` text NOT NULL,
	PRIMARY KEY(`tenant`, `store`, `customer_id`)
);
--> statement-breakpoint
CREATE INDEX `customer_stores_by_customer` ON `customer_stores` (`tenant`,`customer_id`);