/**
 * `npm run tenant`: makes, shows and changes tenants and their OAuth clients, in the local or the deployed database.
 * Settings are checked before they are stored. A client's secret is printed once and stored only as its hash.
 */
import { parseArgs } from 'node:util'
import { contradictions } from '../domain/tenant/tenant.ts'
import { parseTenantSettings } from '../adapters/d1/tenants/tenant-settings.ts'
import { isTenantKey } from '../domain/tenant/tenant-urls.ts'
import { readOptions, Refused, runCommand, UsageError } from './command-line.ts'
import { adminScopes, storefrontScopes } from './scopes.ts'
import { newSecret } from './secrets.ts'
import { parseAssignments, type JsonRecord, withAssignments } from './settings-path.ts'
import { hashClientSecret, insertClient, insertTenant, sqlText } from './database/sql.ts'
import { queryDatabase, type Row } from './wrangler.ts'

const usage = `usage: npm run tenant -- COMMAND [--remote]

  create KEY [--set path=value ...]          a tenant and its clients KEY-storefront and KEY-admin
  show KEY                                   stored and effective settings, clients
  set KEY path=value ...                     changes settings; path=null goes back to the default
  list                                       all tenants
  client KEY [--scope "a b"] [--id ID]       one more client; without --scope with those of a storefront
  remove-client KEY --id ID                  the client is gone, and whatever it was given within 30 seconds

KEY: a lower-case letter and 1 to 35 lower-case letters, digits, - or _.
Values are JSON where they are JSON, else text:
  npm run tenant -- create shop --set optIn=double --set 'allowedOrigins=["https://shop.example"]'
  npm run tenant -- set shop passwordPolicy=nist breachedPasswordCheck.onFailure=accept
Emporix' names are understood too, such as customer.passwordreset.redirecturl.
Without --remote the database of \`npm run dev\` is meant.
`

interface Options {
  place: '--local' | '--remote'
  sets: string[]
  scope: string | undefined
  id: string | undefined
}

await runCommand(usage, run)

async function run(): Promise<void> {
  const { words, options } = readCommandLine()
  const [command, key, ...rest] = words
  if (command === 'list' && key === undefined) return list(options)
  if (command === undefined) throw new UsageError('A command is needed.')
  if (!['create', 'show', 'set', 'client', 'remove-client'].includes(command))
    throw new UsageError(`Unknown command: ${words.join(' ')}`)
  if (key === undefined) throw new UsageError('A tenant key is needed.')
  if (!isTenantKey(key)) throw new UsageError(`Not a tenant key, or a reserved word: ${key}`)
  if (command === 'set') return change(key, rest, options)
  if (rest.length > 0) throw new UsageError(`Too many words: ${rest.join(' ')}`)
  if (command === 'create') return create(key, options)
  if (command === 'show') return show(key, options)
  if (command === 'remove-client') return removeClient(key, options)
  return addClient(key, options)
}

function readCommandLine(): { words: string[]; options: Options } {
  return readOptions(() => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        remote: { type: 'boolean', default: false },
        set: { type: 'string', multiple: true, default: [] },
        scope: { type: 'string' },
        id: { type: 'string' },
      },
    })
    const { remote, set: sets, scope, id } = values
    return { words: positionals, options: { place: remote ? '--remote' : '--local', sets, scope, id } }
  })
}

async function create(key: string, { place, sets }: Options): Promise<void> {
  const settings = checked(apply({}, sets))
  if ((await findTenant(key, place)) !== undefined) throw new Refused(`Tenant ${key} exists already.`)
  const at = new Date().toISOString()
  const clients = [
    { ...newClient(`${key}-storefront`), tenant: key, scopes: [...storefrontScopes] },
    { ...newClient(`${key}-admin`), tenant: key, scopes: [...adminScopes] },
  ]
  await queryDatabase(place, [
    insertTenant(key, settings, at),
    ...clients.map((client) => insertClient(client, at)),
  ])
  process.stdout.write(`Tenant ${key} is made. Its clients, with secrets that are shown only now:\n`)
  for (const { id, secret } of clients) process.stdout.write(`  ${id.padEnd(28)}${secret}\n`)
}

async function change(key: string, assignments: string[], { place, sets }: Options): Promise<void> {
  if (assignments.length + sets.length === 0) throw new UsageError('At least one path=value is needed.')
  const stored = await getStoredSettings(key, place)
  const settings = checked(apply(stored, [...assignments, ...sets]))
  const at = new Date().toISOString()
  await queryDatabase(place, [
    `UPDATE tenants SET settings = ${sqlText(JSON.stringify(settings))}, modified_at = ${sqlText(at)} WHERE key = ${sqlText(key)}`,
  ])
  process.stdout.write(`${JSON.stringify(settings, null, 2)}\n`)
  process.stdout.write('Stored; running instances follow within a minute.\n')
}

async function show(key: string, { place }: Options): Promise<void> {
  const stored = await getStoredSettings(key, place)
  const parsed = parseTenantSettings(stored)
  const [clients = []] = await queryDatabase(place, [
    `SELECT id, scopes, created_at FROM clients WHERE tenant = ${sqlText(key)} ORDER BY id`,
  ])
  const effective = parsed.ok ? parsed.settings : { problems: parsed.problems }
  const shown = { key, stored, effective, clients: clients.map(presentClient) }
  process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`)
  if (!parsed.ok) process.exitCode = 1
}

async function list({ place }: Options): Promise<void> {
  const [rows = []] = await queryDatabase(place, ['SELECT key, created_at FROM tenants ORDER BY key'])
  for (const row of rows)
    process.stdout.write(`${String(row['key']).padEnd(38)}${String(row['created_at'])}\n`)
}

async function addClient(
  key: string,
  { place, scope, id = `${key}-${newSecret().slice(0, 8)}` }: Options,
): Promise<void> {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{2,63}$/.test(id)) throw new UsageError(`Not a client id: ${id}`)
  const scopes =
    scope === undefined ? [...storefrontScopes] : scope.split(/\s+/).filter((word) => word !== '')
  if (!scopes.every((word) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(word)))
    throw new UsageError('A scope has a character that scopes cannot have.')
  await getStoredSettings(key, place)
  const [taken = []] = await queryDatabase(place, [`SELECT id FROM clients WHERE id = ${sqlText(id)}`])
  if (taken.length > 0) throw new Refused(`Client ${id} exists already.`)
  const client = newClient(id)
  await queryDatabase(place, [insertClient({ ...client, tenant: key, scopes }, new Date().toISOString())])
  process.stdout.write(`Client of ${key}, with a secret that is shown only now:\n  ${id}  ${client.secret}\n`)
}

async function removeClient(key: string, { place, id }: Options): Promise<void> {
  if (id === undefined) throw new UsageError('The --id of a client is needed.')
  const [removed = []] = await queryDatabase(place, [
    `DELETE FROM clients WHERE tenant = ${sqlText(key)} AND id = ${sqlText(id)} RETURNING id`,
  ])
  if (removed.length === 0) throw new Refused(`Tenant ${key} has no client ${id}.`)
  process.stdout.write(`Client ${id} is removed.\n`)
}

function newClient(id: string): { id: string; secret: string; secretHash: string } {
  const secret = newSecret()
  return { id, secret, secretHash: hashClientSecret(secret) }
}

function apply(stored: JsonRecord, assignments: readonly string[]): JsonRecord {
  const parsed = parseAssignments(assignments)
  if (!parsed.ok) throw new UsageError(`Not of the form path=value: ${parsed.text}`)
  return withAssignments(stored, parsed.assignments)
}

function checked(settings: JsonRecord): JsonRecord {
  const parsed = parseTenantSettings(settings)
  const problems = parsed.ok ? contradictions(parsed.settings) : parsed.problems
  if (problems.length > 0) throw new Refused(`These settings cannot be stored:\n  ${problems.join('\n  ')}`)
  return settings
}

async function findTenant(key: string, place: Options['place']): Promise<Row | undefined> {
  const [rows = []] = await queryDatabase(place, [`SELECT settings FROM tenants WHERE key = ${sqlText(key)}`])
  return rows[0]
}

async function getStoredSettings(key: string, place: Options['place']): Promise<JsonRecord> {
  const row = await findTenant(key, place)
  if (row === undefined) throw new Refused(`No tenant ${key}.`)
  const settings = JSON.parse(String(row['settings'])) as unknown
  if (typeof settings !== 'object' || settings === null)
    throw new Refused(`The settings of ${key} are no object.`)
  return { ...settings }
}

function presentClient(row: Row): object {
  return { id: row['id'], createdAt: row['created_at'], scopes: JSON.parse(String(row['scopes'])) as unknown }
}
