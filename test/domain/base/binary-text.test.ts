import { describe, expect, it } from 'vitest'
import {
  decodeBase64,
  decodeHex,
  encodeBase64,
  encodeBareBase64,
  encodeBase64Url,
  encodeHex,
  encodeUtf8,
} from '../../../src/domain/base/binary-text.ts'

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)

describe('bytes as text', () => {
  it('writes the examples of RFC 4648', () => {
    expect(['', 'f', 'fo', 'foo', 'foobar'].map((text) => encodeBase64(encodeUtf8(text)))).toEqual([
      '',
      'Zg==',
      'Zm8=',
      'Zm9v',
      'Zm9vYmFy',
    ])
    expect(encodeHex(encodeUtf8('foobar'))).toBe('666f6f626172')
  })

  it('writes every byte as Node does, in each spelling', () => {
    const node = Buffer.from(everyByte)
    expect(encodeHex(everyByte)).toBe(node.toString('hex'))
    expect(encodeBase64(everyByte)).toBe(node.toString('base64'))
    expect(encodeBareBase64(everyByte)).toBe(node.toString('base64').replace(/=+$/, ''))
    expect(encodeBase64Url(everyByte)).toBe(node.toString('base64url'))
  })

  it('reads every spelling back', () => {
    expect(decodeHex(encodeHex(everyByte))).toEqual(everyByte)
    for (const encode of [encodeBase64, encodeBareBase64, encodeBase64Url])
      expect(decodeBase64(encode(everyByte))).toEqual(everyByte)
  })

  it('reads nothing from what is no such text', () => {
    expect(['0', '0g', ' 00'].map(decodeHex)).toEqual([undefined, undefined, undefined])
    expect(['A', 'A===', 'AA==A', 'AA AA', 'ä'].map(decodeBase64)).toEqual(Array(5).fill(undefined))
  })

  it('writes what is too long for the arguments of one call', () => {
    const long = new Uint8Array(500_000)
    expect(decodeBase64(encodeBase64(long))?.length).toBe(long.length)
  })
})
