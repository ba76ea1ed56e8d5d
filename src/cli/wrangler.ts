/**
 * Runs the project's own wrangler, offline and without questions, and queries D1 through it.
 * Knows nothing of tenants or seeds.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { z } from 'zod'
import { Refused } from './command-line.ts'

export const projectFolder = join(import.meta.dirname, '..', '..')
/** Where local databases, tokens, objects and queues are kept. */
export const stateFolder = join(projectFolder, '.wrangler', 'state')
export const wranglerScript = join(projectFolder, 'node_modules', 'wrangler', 'bin', 'wrangler.js')

/** No telemetry, no look-up of a sample `request.cf`, and none of the local recordings that slow every request down. */
export const wranglerEnvironment: NodeJS.ProcessEnv = {
  ...process.env,
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  X_LOCAL_OBSERVABILITY: 'false',
  X_LOCAL_EXPLORER: 'false',
}

export class WranglerError extends Refused {
  override readonly name = 'WranglerError'
}

/** Standard output of a finished run. Throws `WranglerError` with what wrangler said. */
export function runWrangler(options: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const settings = { cwd: projectFolder, env: wranglerEnvironment, maxBuffer: 64 * 1024 * 1024 }
    const child = execFile(
      process.execPath,
      [wranglerScript, ...options],
      settings,
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout)
        else reject(new WranglerError(`wrangler ${options.slice(0, 3).join(' ')} failed\n${stdout}${stderr}`))
      },
    )
    child.stdin?.end()
  })
}

export type Row = Record<string, unknown>

const answer = z.array(z.looseObject({ results: z.array(z.record(z.string(), z.unknown())) }))

/** Rows of each statement, in order; `options` are more of wrangler's own. */
export async function queryDatabase(
  place: '--local' | '--remote',
  statements: readonly string[],
  options: readonly string[] = [],
): Promise<Row[][]> {
  const command = statements.map((statement) => `${statement};`).join('\n')
  const query = ['d1', 'execute', 'DB', place, ...options, '--yes', '--json', '--command', command]
  const output = await runWrangler(query)
  return answer.parse(JSON.parse(output)).map(({ results }) => results)
}
