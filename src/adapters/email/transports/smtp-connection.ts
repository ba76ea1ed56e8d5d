/**
 * One SMTP conversation over a socket: a line out, a whole reply in. Knows replies, not mails.
 * What the server says before TLS is forgotten after it, and a closed or babbling connection is an exception. RFC 5321 §4.2.
 */

export interface SmtpReply {
  code: number
  /** Enhanced status code (RFC 3463), such as `5.1.1`. */
  status?: string
  /** All lines without their codes. */
  lines: string[]
}

const replyLengthMax = 64 * 1024
const encoder = new TextEncoder()

export class SmtpConnection {
  #socket: Socket
  #reader: ReadableStreamDefaultReader<Uint8Array>
  #writer: WritableStreamDefaultWriter<Uint8Array>
  #decoder = new TextDecoder()
  #received = ''

  constructor(socket: Socket) {
    this.#socket = handled(socket)
    this.#reader = socket.readable.getReader()
    this.#writer = socket.writable.getWriter()
  }

  async command(line: string): Promise<SmtpReply> {
    await this.write(line)
    return this.reply()
  }

  async write(line: string): Promise<void> {
    await this.#writer.write(encoder.encode(`${line}\r\n`))
  }

  async reply(): Promise<SmtpReply> {
    const lines: string[] = []
    for (;;) {
      const line = await this.#line()
      const [, code, separator, text = ''] = /^(\d{3})([ -]?)(.*)$/.exec(line) ?? []
      if (code === undefined) throw new Error(`The mail server does not speak SMTP: ${line}`)
      lines.push(text)
      if (separator === '-') continue
      const [, status] = /^([245]\.\d{1,3}\.\d{1,3})\b/.exec(text) ?? []
      return { code: Number(code), lines, ...(status === undefined ? {} : { status }) }
    }
  }

  /** After the server's consent. Whatever came along with that consent would be words of a third party. */
  startTls(): void {
    if (this.#received !== '') throw new Error('The mail server sent more than its consent to TLS.')
    this.#reader.releaseLock()
    this.#writer.releaseLock()
    this.#socket = handled(this.#socket.startTls())
    this.#reader = this.#socket.readable.getReader()
    this.#writer = this.#socket.writable.getWriter()
  }

  close(): void {
    this.#socket.close().catch(() => undefined)
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#received.indexOf('\n')
      if (end >= 0) {
        const line = this.#received.slice(0, end).replace(/\r$/, '')
        this.#received = this.#received.slice(end + 1)
        return line
      }
      if (this.#received.length > replyLengthMax) throw new Error('The mail server does not come to an end.')
      const { done, value } = await this.#reader.read()
      if (done) throw new Error('The mail server has closed the connection.')
      this.#received += this.#decoder.decode(value, { stream: true })
    }
  }
}

/** Its failures show in reads and writes; no caller waits for these two. */
function handled(socket: Socket): Socket {
  socket.opened.catch(() => undefined)
  socket.closed.catch(() => undefined)
  return socket
}
