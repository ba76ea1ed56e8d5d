/**
 * `npm run dev:reset`: empties the local database, tokens, objects and queues. The secrets in `.dev.vars` stay.
 */
import { rm } from 'node:fs/promises'
import { stateFolder } from './wrangler.ts'

await rm(stateFolder, { recursive: true, force: true })
process.stdout.write('Local state is empty; `npm run dev` makes and seeds it anew.\n')
