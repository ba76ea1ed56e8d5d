/**
 * Bytes as text: hexadecimal and base64 in the spellings that password hashes come in.
 * Undefined for text that is neither; what is written is base64 without padding, as PHC strings want it.
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

export function encodeBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/=+$/, '')
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
  return translate(encodeBase64(bytes), base64Digits, bcryptDigits)
}

function translate(text: string, from: string, to: string): string {
  return Array.from(text, (letter) => to[from.indexOf(letter)] ?? '=').join('')
}
