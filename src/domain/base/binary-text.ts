/**
 * Bytes as text and back: UTF-8, hexadecimal, and base64 in its spellings (padded, bare, URL-safe, bcrypt's). Reading answers
 * undefined for text that is none of it. The one place for this, until `Uint8Array.toBase64` is in every runtime we use.
 */

export type Bytes = Uint8Array<ArrayBuffer>

export function decodeHex(text: string): Bytes | undefined {
  if (text.length % 2 === 1 || !/^[0-9a-f]*$/i.test(text)) return undefined
  return Uint8Array.from({ length: text.length / 2 }, (_, at) =>
    Number.parseInt(text.slice(2 * at, 2 * at + 2), 16),
  )
}

/** Standard, URL-safe, or with a dot for the plus sign; padded or not. */
export function decodeBase64(text: string): Bytes | undefined {
  const [, digits] = /^([A-Za-z0-9+/._-]*)={0,2}$/.exec(text) ?? []
  if (digits === undefined || digits.length % 4 === 1) return undefined
  const standard = digits.replaceAll(/[.-]/g, '+').replaceAll('_', '/')
  return Uint8Array.from(atob(standard), (letter) => letter.charCodeAt(0))
}

/** Hexadecimal where it can be that, otherwise base64. */
export function decodeHexOrBase64(text: string): Bytes | undefined {
  return decodeHex(text) ?? decodeBase64(text)
}

export function encodeHex(bytes: ArrayLike<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The standard alphabet, padded. */
export function encodeBase64(bytes: ArrayLike<number>): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

/** Without padding, as PHC strings want it. */
export function encodeBareBase64(bytes: ArrayLike<number>): string {
  return encodeBase64(bytes).replace(/=+$/, '')
}

/** For URLs and tokens: `-` and `_`, no padding. */
export function encodeBase64Url(bytes: ArrayLike<number>): string {
  return encodeBareBase64(bytes).replaceAll('+', '-').replaceAll('/', '_')
}

export function encodeUtf8(text: string): Bytes {
  return new Uint8Array(new TextEncoder().encode(text))
}

const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const bcryptDigits = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** The base64 of bcrypt: the same bits, other letters. */
export function decodeBcryptBase64(text: string): Bytes | undefined {
  return decodeBase64(translate(text, bcryptDigits, base64Digits))
}

export function encodeBcryptBase64(bytes: Uint8Array): string {
  return translate(encodeBareBase64(bytes), base64Digits, bcryptDigits)
}

function translate(text: string, from: string, to: string): string {
  return Array.from(text, (letter) => to[from.indexOf(letter)] ?? '=').join('')
}
