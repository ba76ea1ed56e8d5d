/**
 * `npm run outbox`: what the operator sees of mail that is not delivered, and does about it, in the local or the deployed
 * database. What is to be tried again is only made due here; the next minute's sweep queues it.
 */
import { parseArgs } from 'node:util'
import { readOptions, runCommand, UsageError } from './command-line.ts'
import { outboxRows, retryStatement, dropStatement, presentRows } from './outbox-rows.ts'
import { queryDatabase } from './wrangler.ts'

const usage = `usage: npm run outbox -- COMMAND [--remote]

  list                 mail that was tried in vain: what has failed, then what is still being tried
  retry ID ... | --all failed mail is tried again, within a minute
  drop ID ... | --all  failed mail is forgotten

  --json               list as JSON
  --state DIR          the data of \`npm run dev -- --state DIR\`
Without --remote the database of \`npm run dev\` is meant.
`

await runCommand(usage, run)

async function run(): Promise<number | void> {
  const { words, json, all, query } = readCommandLine()
  const [command, ...ids] = words
  if (command === 'list') {
    if (ids.length > 0 || all) throw new UsageError('list takes no ids.')
    const rows = await query(outboxRows)
    process.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : presentRows(rows))
    return
  }
  if (command !== 'retry' && command !== 'drop') throw new UsageError('A command is needed.')
  if (all === ids.length > 0) throw new UsageError(`${command} takes ids, or --all.`)
  const odd = ids.find((id) => !/^[\w-]{1,64}$/.test(id))
  if (odd !== undefined) throw new UsageError(`Not an id: ${JSON.stringify(odd)}`)
  const wanted = all ? 'all' : ids
  const changed = await query(
    command === 'retry' ? retryStatement(wanted, Date.now()) : dropStatement(wanted),
  )
  const done = new Set(changed.map(({ id }) => id))
  const unknown = ids.filter((id) => !done.has(id))
  process.stdout.write(`${command === 'retry' ? 'To be tried again' : 'Dropped'}: ${done.size}\n`)
  if (unknown.length === 0) return
  process.stderr.write(`No failed mail: ${unknown.join(' ')}\n`)
  return 1
}

function readCommandLine() {
  return readOptions(() => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        remote: { type: 'boolean', default: false },
        all: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        state: { type: 'string' },
      },
    })
    const { remote, all, json, state } = values
    if (remote && state !== undefined) throw new UsageError('--state is for the local database.')
    const query = async (statement: string) => {
      const [rows = []] = await queryDatabase(
        remote ? '--remote' : '--local',
        [statement],
        state === undefined ? [] : ['--persist-to', state],
      )
      return rows
    }
    return { words: positionals, all, json, query }
  })
}
