/**
 * Runs one command and all of its children as a group that never outlives its parent: when standard input closes, which
 * also happens when the parent is killed without warning, or on SIGTERM, the whole group ends.
 * Must be started as the leader of a process group of its own.
 */
import { spawn } from 'node:child_process'

const graceMilliseconds = 4000
const [command, ...options] = process.argv.slice(2)
if (command === undefined) throw new TypeError('nothing to run')

const child = spawn(command, options, { stdio: ['ignore', 'inherit', 'inherit'] })
child.on('exit', endGroup)
child.on('error', endGroup)

let ending = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
process.stdin.on('end', stop)
process.stdin.on('error', stop)
process.stdin.resume()

function stop(): void {
  if (ending) return
  ending = true
  process.kill(-process.pid, 'SIGTERM')
  setTimeout(endGroup, graceMilliseconds)
}

/** Takes whatever is left of the group, this process included. */
function endGroup(): void {
  process.kill(-process.pid, 'SIGKILL')
}
