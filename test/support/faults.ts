/**
 * Processes that fail at random: each call that one makes to the outside may be refused, may be carried out without an
 * answer, or may be the last thing that it does.
 */

/** How often each of them befalls a call, in 0 … 1, and how often it has. */
export interface Faults {
  rate: number
  refused: number
  unanswered: number
  killed: number
}

export class FaultyProcess {
  alive = true
  readonly #faults: Faults

  constructor(faults: Faults) {
    this.#faults = faults
  }

  /** The port as this process sees it; every method of it has to be asynchronous. */
  calling<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name)
        if (typeof method !== 'function') return method
        return (...given: unknown[]) => this.#call(() => Reflect.apply(method, target, given) as unknown)
      },
    })
  }

  async #call(work: () => unknown): Promise<unknown> {
    this.#expectAlive()
    const [fault, before] = [this.#fault(), Math.random() < 0.5]
    if (fault === 'killed' && before) this.#die()
    if (fault === 'refused') throw new Error('The other side refuses.')
    const answer = await work()
    // Others of the same process may have died meanwhile.
    this.#expectAlive()
    if (fault === 'killed') this.#die()
    if (fault === 'unanswered') throw new Error('There is no answer.')
    return answer
  }

  #fault(): 'refused' | 'unanswered' | 'killed' | undefined {
    const drawn = Math.random()
    const { rate } = this.#faults
    const kind = (['refused', 'unanswered', 'killed'] as const)[Math.floor(drawn / rate)]
    if (rate === 0 || kind === undefined) return undefined
    this.#faults[kind] += 1
    return kind
  }

  #die(): void {
    this.alive = false
    this.#expectAlive()
  }

  #expectAlive(): void {
    if (!this.alive) throw new Error('The process is dead.')
  }
}
