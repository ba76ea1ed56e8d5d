/**
 * Reads a query parameter letter by letter, forwards only, and says at which letter it cannot go on. Knows words and quoted
 * values of "Query parameter", not its grammar.
 */
import type { HttpFailure } from '../../../http/failure.ts'

export type MalformedParameter = Extract<HttpFailure, { kind: 'MalformedParameter' }>

/** Thrown inside the parsers only; their entry points return what it carries. */
export class Malformed extends Error {
  readonly failure: MalformedParameter

  constructor(failure: MalformedParameter) {
    super(failure.message)
    this.failure = failure
  }
}

const space = ' \t\r\n\f'

export class QueryCursor {
  readonly #parameter: string
  readonly #text: string
  #at = 0

  constructor(parameter: string, text: string) {
    this.#parameter = parameter
    this.#text = text
  }

  get position(): number {
    return this.#at
  }

  get isAtEnd(): boolean {
    return this.peek() === ''
  }

  get isAtSpace(): boolean {
    return !this.isAtEnd && space.includes(this.peek())
  }

  /** The next letter, empty at the end. Every look at the text goes through here. */
  peek(ahead = 0): string {
    return this.#text.charAt(this.#at + ahead)
  }

  /** Takes the next letter, whatever it is. */
  next(): string {
    const letter = this.peek()
    this.#at += 1
    return letter
  }

  /** Passes white space; whether there was any. */
  skipSpace(): boolean {
    const from = this.#at
    while (this.isAtSpace) this.#at += 1
    return this.#at > from
  }

  isNext(symbol: string): boolean {
    for (let index = 0; index < symbol.length; index += 1) {
      if (this.peek(index) !== symbol[index]) return false
    }
    return true
  }

  /** Takes the symbol if it comes next. */
  take(symbol: string): boolean {
    const isThere = this.isNext(symbol)
    if (isThere) this.#at += symbol.length
    return isThere
  }

  need(symbol: string, reason = `'${symbol}' is expected`): void {
    if (!this.take(symbol)) throw this.failure(reason)
  }

  /** Everything up to white space or one of the letters. */
  word(ends: string, reason: string): string {
    const from = this.#at
    while (!this.isAtEnd && !this.isAtSpace && !ends.includes(this.peek())) this.#at += 1
    if (this.#at === from) throw this.failure(reason)
    return this.#text.slice(from, this.#at)
  }

  /** The rest of a value whose quote has been taken; `\"` and `\\` stand for the second letter. */
  restOfQuoted(): string {
    const letters: string[] = []
    while (!this.take('"')) {
      if (this.isAtEnd) throw this.failure('The closing quote is missing')
      const isEscaped = this.take('\\')
      if (isEscaped && !this.isNext('"') && !this.isNext('\\'))
        throw this.failure('A backslash stands before a quote or a backslash only')
      letters.push(this.next())
    }
    return letters.join('')
  }

  failure(reason: string, at = this.#at): Malformed {
    const message = `${reason}, at position ${at + 1}.`
    return new Malformed({ kind: 'MalformedParameter', parameter: this.#parameter, message })
  }
}
