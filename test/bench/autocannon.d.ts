/**
 * The part of the load generator that the benchmark uses; the package brings no types.
 */
declare module 'autocannon' {
  export interface Options {
    url: string
    connections: number
    /** Seconds. */
    duration: number
    /** Puts a new text for each `[<id>]` in a body. */
    idReplacement: boolean
    requests: { method: string; path: string; headers: Record<string, string>; body?: string }[]
  }

  export interface Result {
    '2xx': number
    non2xx: number
    errors: number
    /** Seconds. */
    duration: number
    /** Milliseconds. */
    latency: { p50: number }
  }

  export default function autocannon(options: Options): Promise<Result>
}
