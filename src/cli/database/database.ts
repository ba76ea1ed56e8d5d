/**
 * Brings the local database to the state that development expects: migrated and seeded.
 * A marker beside the database remembers what was applied, so that a second start does not pay for it again; it goes
 * when the state goes.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { seedStatements } from './seed.ts'
import { projectFolder, runWrangler } from '../wrangler.ts'

const migrationsFolder = join(projectFolder, 'migrations')

/** True when there was something to do. */
export async function prepareLocalDatabase(stateFolder: string): Promise<boolean> {
  const databaseFolder = join(stateFolder, 'v3', 'd1')
  const markerFile = join(databaseFolder, 'patron-prepared')
  const local = ['--local', '--persist-to', stateFolder]
  const wanted = await fingerprint()
  const present = await readFile(markerFile, 'utf8').catch(() => undefined)
  if (present === wanted) return false
  await runWrangler(['d1', 'migrations', 'apply', 'DB', ...local])
  await mkdir(databaseFolder, { recursive: true })
  const seedFile = join(databaseFolder, `patron-seed-${process.pid}.sql`)
  await writeFile(seedFile, `${seedStatements().join(';\n')};\n`)
  try {
    await runWrangler(['d1', 'execute', 'DB', ...local, '--yes', '--file', seedFile])
  } finally {
    await rm(seedFile, { force: true })
  }
  await writeFile(markerFile, wanted)
  return true
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256')
  const names = (await readdir(migrationsFolder)).filter((name) => name.endsWith('.sql')).sort()
  for (const name of names) hash.update(name).update(await readFile(join(migrationsFolder, name)))
  for (const statement of seedStatements()) hash.update(statement)
  return hash.digest('hex')
}
