/**
 * What the system knows about processes, read from /proc: who started whom, who is alive, and how much time the
 * processor has spent on one. Linux only.
 */
import { readdirSync, readFileSync } from 'node:fs'

const ticksPerSecond = 100

/** The process and all below it, top down. */
export function familyOf(top: number): number[] {
  const children = childrenByParent()
  const family = [top]
  for (const parent of family) family.push(...(children.get(parent) ?? []))
  return family
}

export function isAlive(pid: number): boolean {
  const state = statOf(pid)?.[0]
  return state !== undefined && state !== 'Z'
}

/** In user and kernel mode, all threads together, since the process began. */
export function cpuSecondsOf(pid: number): number {
  const stat = statOf(pid)
  return (Number(stat?.[11]) + Number(stat?.[12])) / ticksPerSecond
}

/** Name of the program, cut to fifteen characters. */
export function programOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>()
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  for (const pid of pids) {
    const parent = Number(statOf(pid)?.[1])
    children.set(parent, [...(children.get(parent) ?? []), pid])
  }
  return children
}

/** State, parent and so on: what follows the program's name, which may hold anything. */
function statOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')
  } catch {
    return undefined
  }
}
