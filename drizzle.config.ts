import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: [
    './src/adapters/d1/schema.ts',
    './src/adapters/d1/company-schema.ts',
    './src/adapters/d1/mail-schema.ts',
    './src/adapters/d1/webhook-schema.ts',
  ],
  out: './migrations',
  casing: 'snake_case',
})
