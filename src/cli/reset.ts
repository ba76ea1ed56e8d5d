/**
 * `npm run dev:reset`: empties the local database, tokens, objects and queues. The secrets in `.dev.vars` stay.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { projectFolder } from './wrangler.ts'

await rm(join(projectFolder, '.wrangler', 'state'), { recursive: true, force: true })
process.stdout.write('Local state is empty; `npm run dev` makes and seeds it anew.\n')
