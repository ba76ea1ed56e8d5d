/**
 * `.dev.vars`: the secrets and variables of local development, made once and then left as they are.
 */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newSecret, newSigningKey } from './secrets.ts'
import { projectFolder } from './wrangler.ts'

/** True when the file was made by this call. */
export async function ensureDevVars(publicUrl: string): Promise<boolean> {
  const file = join(projectFolder, '.dev.vars')
  if (existsSync(file)) return false
  await writeFile(file, devVarsText(publicUrl), { mode: 0o600, flag: 'wx' })
  return true
}

export function devVarsText(publicUrl: string): string {
  const lines = [
    '# Made by `npm run dev`. Local secrets: not for any deployment.',
    'ENVIRONMENT=development',
    `PUBLIC_URL=${publicUrl}`,
    `SIGNING_KEYS='${JSON.stringify({ current: newSigningKey() })}'`,
    `TOKEN_SECRET=${newSecret()}`,
  ]
  return `${lines.join('\n')}\n`
}
