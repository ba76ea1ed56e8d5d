/**
 * A mail as it travels by SMTP: header and two alternative parts, nothing but ASCII, no line of more than 76 characters.
 * No value can begin a header or a line of its own, and every attempt at a mail has the same Message-ID.
 * RFC 5322 (messages), 2045 (quoted-printable), 2046 (multipart), 2047 (encoded words), 3834 (automatic mail).
 */
import { encodeBase64, encodeHex, encodeUtf8 } from '../../../domain/base/binary-text.ts'
import { asciiDomain } from '../../../domain/credentials/email-address.ts'
import type { Mail } from '../../../flows/ports/index.ts'

/** Of UTF-8 in one encoded word, which may have 75 characters in all. */
const encodedWordBytesMax = 36
const plainLengthMax = 64
const lineLengthMax = 76

/** Lines end with CRLF, the last one too. */
export function mimeMessage(mail: Mail): string {
  const boundary = `=_${mail.id.replace(/[^A-Za-z0-9]/g, '')}`
  return [
    `Date: ${new Date(mail.createdAt).toUTCString().replace('GMT', '+0000')}`,
    `From: ${sender(mail.from)}`,
    `To: ${asciiDomain(mail.to)}`,
    `Message-ID: ${messageId(mail)}`,
    `Subject: ${headerText(mail.subject)}`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative;',
    ` boundary="${boundary}"`,
    '',
    ...part(boundary, 'text/plain', mail.text),
    ...part(boundary, 'text/html', mail.html),
    `--${boundary}--`,
    '',
  ].join('\r\n')
}

export function messageId({ id, from }: Mail): string {
  return `<${id}@${asciiDomain(from.email).split('@')[1]}>`
}

/** Display name and address as one text, for an API that takes UTF-8. */
export function mailboxOf({ name, email }: Mail['from']): string {
  return `${quoted(oneLine(name))} <${asciiDomain(email)}>`
}

function sender({ name, email }: Mail['from']): string {
  const phrase = quoted(oneLine(name))
  return `${isPlain(phrase) ? phrase : encodedWords(oneLine(name))}\r\n <${asciiDomain(email)}>`
}

function headerText(text: string): string {
  const line = oneLine(text)
  return isPlain(line) ? line : encodedWords(line)
}

function quoted(phrase: string): string {
  return `"${phrase.replace(/["\\]/g, '\\$&')}"`
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}

function isPlain(line: string): boolean {
  return line.length <= plainLengthMax && /^[\x20-\x7e]*$/.test(line) && !line.includes('=?')
}

function encodedWords(line: string): string {
  const words: Uint8Array[] = []
  let word: number[] = []
  for (const character of line) {
    const bytes = encodeUtf8(character)
    if (word.length + bytes.length > encodedWordBytesMax) {
      words.push(Uint8Array.from(word))
      word = []
    }
    word.push(...bytes)
  }
  words.push(Uint8Array.from(word))
  return words.map((bytes) => `=?UTF-8?B?${encodeBase64(bytes)}?=`).join('\r\n ')
}

function part(boundary: string, type: string, body: string): string[] {
  return [
    `--${boundary}`,
    `Content-Type: ${type}; charset=utf-8`,
    'Content-Transfer-Encoding: quoted-printable',
    '',
    ...body.split(/\r\n|\r|\n/).map(quotedPrintable),
  ]
}

/** One line of text, which may need several with soft breaks between them. */
function quotedPrintable(line: string): string {
  const bytes = encodeUtf8(line)
  const pieces = Array.from(bytes, (byte, index) => {
    const blank = byte === 0x20 || byte === 0x09
    const literal = blank ? index < bytes.length - 1 : byte > 0x20 && byte < 0x7f && byte !== 0x3d
    return literal ? String.fromCharCode(byte) : `=${encodeHex([byte]).toUpperCase()}`
  })
  let encoded = ''
  let length = 0
  for (const piece of pieces) {
    if (length + piece.length >= lineLengthMax) {
      encoded += '=\r\n'
      length = 0
    }
    encoded += piece
    length += piece.length
  }
  return encoded
}
