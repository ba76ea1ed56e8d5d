/**
 * A dev server of one's own, on a free port and with its state in a folder, that can be killed without warning: every
 * process at the same moment, workerd included.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { familyOf, isAlive } from '../support/processes.ts'

const script = join(import.meta.dirname, '..', '..', 'src', 'cli', 'dev.ts')
const readySeconds = 60

export interface DevServer {
  url: string
  kill(): Promise<void>
}

/** `vars` as in `NAME:VALUE`. */
export async function startDevServer(port: number, state: string, vars: string[] = []): Promise<DevServer> {
  const options = ['--port', String(port), '--state', state, ...vars.flatMap((text) => ['--var', text])]
  const server = spawn(process.execPath, [script, ...options], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const url = `http://127.0.0.1:${port}`
  const kill = async (): Promise<void> => {
    const ended = once(server, 'exit')
    // Top down, so that no parent has the time to tidy up after a child.
    const family = server.pid === undefined ? [] : familyOf(server.pid)
    for (const pid of family) killed(pid)
    if (server.exitCode === null && server.signalCode === null) await ended
    await until(() => family.every((pid) => !isAlive(pid)))
  }
  let output = ''
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-4000)))
  }
  const ready = () => output.includes('Patron is ready at')
  await until(() => ready() || server.exitCode !== null)
  if (ready()) return { url, kill }
  await kill()
  throw new Error(`The server did not start.\n${output}`)
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself in the meantime.
  }
}

export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + readySeconds * 1000
  while (!condition() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 25))
}
