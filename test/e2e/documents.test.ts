/**
 * The commands of the documents, as a reader copies them, against a real dev server: the tour of the README and the first
 * webhook of `docs/webhooks.md`. Only the address differs, because the port of the README may be taken.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort, startDevServer, type DevServer } from './dev-server.ts'

const documented = 'BASE=http://127.0.0.1:8787'
const project = join(import.meta.dirname, '..', '..')
const execute = promisify(execFile)
/** Mails take their time on a busy machine, and the commands wait for them. */
const timeout = 60_000

let folder: string
let server: DevServer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patron-documents-'))
  server = await startDevServer(await freePort(), join(folder, 'state'))
})
afterAll(async () => {
  await server.kill()
  await rm(folder, { recursive: true, force: true })
})

/** What the document's block of commands prints. */
async function outputOf(document: string): Promise<string> {
  const text = await readFile(join(project, document), 'utf8')
  const block = [...text.matchAll(/^```sh\n(.+?)^```$/gms)].find(([, code]) =>
    code?.startsWith(documented),
  )?.[1]
  if (block === undefined) throw new Error(`${document} has no commands that begin with ${documented}.`)
  const { stdout } = await execute('bash', ['-c', block.replace(documented, `BASE=${server.url}`)], {
    timeout,
  })
  return stdout
}

it(
  'the tour of the README answers at each step what the README says',
  async () => {
    const statuses = [...(await outputOf('README.md')).matchAll(/ (\d{3})$/gm)].map(([, status]) =>
      Number(status),
    )
    expect(statuses).toEqual([201, 403, 200, 200, 200, 204, 200, 200, 204, 204, 401])
  },
  timeout,
)

it(
  'the commands of docs/webhooks.md make a webhook and show its secret',
  async () => {
    expect(JSON.parse(await outputOf('docs/webhooks.md'))).toMatchObject({
      format: 'emporix',
      enabled: true,
      secret: expect.stringMatching(/^whsec_/),
    })
  },
  timeout,
)
