CREATE TABLE `mail_templates` (
	`tenant` text NOT NULL,
	`template` text NOT NULL,
	`language` text NOT NULL,
	`subject` text NOT NULL,
	`text` text NOT NULL,
	`html` text NOT NULL,
	`modified_at` text NOT NULL,
	PRIMARY KEY(`tenant`, `template`, `language`)
);
