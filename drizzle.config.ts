import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: [
    './src/adapters/d1/schema.ts',
    './src/adapters/d1/companies/company-schema.ts',
    './src/adapters/d1/mail/mail-schema.ts',
    './src/adapters/d1/webhooks/webhook-schema.ts',
  ],
  out: './migrations',
  casing: 'snake_case',
})
