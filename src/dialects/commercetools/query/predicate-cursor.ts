/**
 * Reads a query parameter letter by letter, forwards only, and words what it cannot read as the vendor does, with line and
 * column. Knows words and values of the query language ("Query Predicates"), not its grammar.
 */

/** A query parameter that cannot be used; `message` is the whole sentence for the client. */
export interface MalformedParameter {
  kind: 'MalformedParameter'
  parameter: string
  message: string
  /** Both from 1; the column counts UTF-16 code units. */
  line: number
  column: number
}

/** Thrown inside the parsers only; their entry points return what it carries. */
export class Malformed extends Error {
  readonly failure: MalformedParameter

  constructor(failure: MalformedParameter) {
    super(failure.message)
    this.failure = failure
  }
}

/** Longest line that an error repeats. */
const echoLengthMax = 1000
/** No keyword is longer; nothing that is longer has to be looked at ahead. */
const keywordLengthMax = 8

const escapes = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

export class ParameterCursor {
  readonly parameter: string
  readonly #text: string
  #at = 0

  constructor(parameter: string, text: string) {
    this.parameter = parameter
    this.#text = text
  }

  get position(): number {
    return this.#at
  }

  /** The next letter, empty at the end. Every look at the text goes through here. */
  peek(ahead = 0): string {
    return this.#text.charAt(this.#at + ahead)
  }

  /** Passes white space; whether there was any. */
  skipSpace(): boolean {
    const from = this.#at
    while (' \t\n\r\f'.includes(this.peek()) && this.peek() !== '') this.#at += 1
    return this.#at > from
  }

  /** Takes the symbol if it comes next. */
  takeSymbol(symbol: string): boolean {
    for (let index = 0; index < symbol.length; index += 1) {
      if (this.peek(index) !== symbol[index]) return false
    }
    this.#at += symbol.length
    return true
  }

  needSymbol(symbol: string, expected = [`'${symbol}'`]): void {
    if (!this.takeSymbol(symbol)) this.refuse(expected)
  }

  /** Takes the keyword, in whatever letter case, if it comes next as a whole word. */
  takeKeyword(...keywords: string[]): string | undefined {
    const word = this.#wordAhead().toLowerCase()
    if (!keywords.includes(word)) return undefined
    this.#at += word.length
    return word
  }

  /** A word that begins like a keyword is refused where it stops to be one, as the vendor's parser does. */
  needKeyword(...keywords: string[]): string {
    return this.takeKeyword(...keywords) ?? this.refuse(keywords, keywords)
  }

  /** An identifier, or any name in back quotes. */
  needName(expected: string[]): { name: string; isQuoted: boolean } {
    const isQuoted = this.takeSymbol('`')
    const from = this.#at
    while (isQuoted ? this.peek() !== '`' && this.peek() !== '' : isNameLetter(this.peek())) this.#at += 1
    const name = this.#text.slice(from, this.#at)
    if (name === '') this.refuse(isQuoted ? ['SphereIdentifierChar'] : expected)
    if (isQuoted) this.needSymbol('`')
    return { name, isQuoted }
  }

  /** The rest of a string literal whose quote has been taken. */
  restOfString(): string {
    const parts: string[] = []
    let from = this.#at
    for (;;) {
      const letter = this.peek()
      if (letter === '' || (letter < ' ' && !'\t\n\r'.includes(letter))) this.refuse([`'"'`])
      if (letter !== '"' && letter !== '\\') {
        this.#at += 1
        continue
      }
      parts.push(this.#text.slice(from, this.#at))
      this.#at += 1
      if (letter === '"') return parts.join('')
      parts.push(this.#escaped())
      from = this.#at
    }
  }

  /** A number, if one comes next. */
  takeNumber(): number | undefined {
    const from = this.#at
    const sign = this.peek() === '-' ? 1 : 0
    if (!isDigit(this.peek(sign))) return undefined
    this.#at += sign
    this.#digits()
    if (this.takeSymbol('.')) this.#digits()
    if (this.peek().toLowerCase() === 'e') {
      this.#at += 1
      if (!this.takeSymbol('-')) this.takeSymbol('+')
      this.#digits()
    }
    return Number(this.#text.slice(from, this.#at))
  }

  /** Ends the reading: the next letter is none of what could stand here. */
  refuse(expected: string[], keywords: string[] = []): never {
    const common = Math.max(...keywords.map((keyword) => commonLength(keyword, this.#wordAhead())), 0)
    const letters = keywords
      .filter((keyword) => commonLength(keyword, this.#wordAhead()) === common && keyword.length > common)
      .map((keyword) => `'${keyword[common] ?? ''}'`)
    const isPartial = common > 0 && letters.length > 0
    const at = isPartial ? this.#at + common : this.#at
    const letter = this.#text.charAt(at)
    const what = letter === '' ? 'Unexpected end of input' : `Invalid input '${letter}'`
    const wanted = listed(isPartial ? [...new Set(letters)] : expected)
    const { line, column, text } = this.#locate(at)
    const echo = text.length > echoLengthMax ? '' : `\n${text}\n${' '.repeat(column - 1)}^`
    const place = `(line ${line}, column ${column}):${echo}`
    throw this.failure(
      `Syntax error while parsing '${this.parameter}'. ${what}, expected ${wanted} ${place}`,
      at,
    )
  }

  /** A failure that has nothing to do with the next letter. */
  failure(reason: string, at: number): Malformed {
    const { line, column } = this.#locate(at)
    const message = `Malformed parameter: ${this.parameter}: ${reason}`
    return new Malformed({ kind: 'MalformedParameter', parameter: this.parameter, message, line, column })
  }

  #escaped(): string {
    const letter = this.peek()
    if (letter === 'u') {
      const digits = this.#text.slice(this.#at + 1, this.#at + 5)
      if (/^[0-9A-Fa-f]{4}$/.test(digits)) {
        this.#at += 5
        return String.fromCharCode(parseInt(digits, 16))
      }
    }
    const plain = escapes.get(letter) ?? this.refuse(['EscapedCharacter', 'EscapedUnicode'])
    this.#at += 1
    return plain
  }

  #digits(): void {
    if (!isDigit(this.peek())) this.refuse(['Digits'])
    while (isDigit(this.peek())) this.#at += 1
  }

  /** The word that comes next, cut off where no keyword can match it any more. */
  #wordAhead(): string {
    let length = 0
    while (length <= keywordLengthMax && isNameLetter(this.peek(length))) length += 1
    return this.#text.slice(this.#at, this.#at + length)
  }

  #locate(at: number): { line: number; column: number; text: string } {
    const start = this.#text.lastIndexOf('\n', at - 1) + 1
    const end = this.#text.indexOf('\n', at)
    const line = this.#text.slice(0, at > 0 ? start : 0).split('\n').length
    return {
      line,
      column: at - (at > 0 ? start : 0) + 1,
      text: this.#text.slice(at > 0 ? start : 0, end < 0 ? undefined : end),
    }
  }
}

function isNameLetter(letter: string): boolean {
  return (
    isDigit(letter) || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || isJoint(letter)
  )
}

function isJoint(letter: string): boolean {
  return letter === '-' || letter === '_'
}

function isDigit(letter: string): boolean {
  return letter >= '0' && letter <= '9'
}

function commonLength(keyword: string, word: string): number {
  const lower = word.toLowerCase()
  let length = 0
  while (length < lower.length && lower[length] === keyword[length]) length += 1
  return length
}

/** `a, b or c`. */
function listed(words: string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`
}
