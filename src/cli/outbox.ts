/**
 * `npm run outbox`: what the operator sees of mail that is not delivered and of addresses that take none, and does about it,
 * in the local or the deployed database. What is to be tried again is only made due here; the next minute's sweep queues it.
 */
import { parseArgs } from 'node:util'
import { isEmailAddress, emailKey } from '../domain/credentials/email-address.ts'
import { readOptions, runCommand, UsageError } from './command-line.ts'
import {
  addressRows,
  allowStatement,
  dropStatement,
  outboxRows,
  presentAddresses,
  presentRows,
  retryStatement,
} from './database/outbox-rows.ts'
import { queryDatabase, type Row } from './wrangler.ts'

const usage = `usage: npm run outbox -- COMMAND [--remote]

  list                 mail that was tried in vain: what has failed, then what is still being tried
  retry ID ... | --all failed mail is tried again, within a minute
  drop ID ... | --all  failed mail is forgotten
  addresses            addresses that take no mail, and since when and why; mail to them is kept as failed
  allow EMAIL ...      mail is sent to them again; what was kept follows with retry

  --json               list and addresses as JSON
  --state DIR          the data of \`npm run dev -- --state DIR\`
Without --remote the database of \`npm run dev\` is meant.
`

const views = {
  list: { statement: outboxRows, present: presentRows },
  addresses: { statement: addressRows, present: presentAddresses },
}

await runCommand(usage, run)

async function run(): Promise<number | void> {
  const { words, json, all, query } = readCommandLine()
  const [command, ...named] = words
  if (command === 'list' || command === 'addresses') {
    if (named.length > 0 || all) throw new UsageError(`${command} takes nothing more.`)
    const { statement, present } = views[command]
    const rows = await query(statement)
    process.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : present(rows))
    return
  }
  if (command === 'allow') {
    if (all || named.length === 0) throw new UsageError('allow takes addresses.')
    refuseOdd(named, isEmailAddress, 'address')
    const emails = new Map(named.map((email) => [emailKey(email), email]))
    const changed = await query(allowStatement([...emails.keys()], Date.now()))
    return answer('Allowed', changed, emails, 'No mark on')
  }
  if (command !== 'retry' && command !== 'drop') throw new UsageError('A command is needed.')
  if (all === named.length > 0) throw new UsageError(`${command} takes ids, or --all.`)
  refuseOdd(named, (id) => /^[\w-]{1,64}$/.test(id), 'id')
  const wanted = all ? 'all' : named
  const retries = command === 'retry'
  const changed = await query(retries ? retryStatement(wanted, Date.now()) : dropStatement(wanted))
  const ids = new Map(named.map((id) => [id, id]))
  return answer(retries ? 'To be tried again' : 'Dropped', changed, ids, 'No failed mail')
}

function refuseOdd(named: readonly string[], isOne: (text: string) => boolean, what: string): void {
  const odd = named.find((text) => !isOne(text))
  if (odd !== undefined) throw new UsageError(`Not an ${what}: ${JSON.stringify(odd)}`)
}

/** Says what was done, and which of those that were named, by their ids, were not there. */
function answer(done: string, changed: Row[], named: Map<string, string>, missing: string): number | void {
  const ids = new Set(changed.map(({ id }) => String(id)))
  const unknown = [...named].flatMap(([id, text]) => (ids.has(id) ? [] : [text]))
  process.stdout.write(`${done}: ${ids.size}\n`)
  if (unknown.length === 0) return
  process.stderr.write(`${missing}: ${unknown.join(' ')}\n`)
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
