/**
 * scrypt (RFC 7914) with a table that is given back as soon as it is done with.
 * A table of 32 MiB left to the garbage collector, as libraries leave it, piles up to more than an isolate's 128 MiB. Callers
 * bound the cost; PBKDF2 and SHA-256 are those of `@noble/hashes`.
 */
import { pbkdf2 } from '@noble/hashes/pbkdf2.js'
import { sha256 } from '@noble/hashes/sha2.js'

export interface ScryptCost {
  /** Logarithm of N to base 2. */
  ln: number
  r: number
  p: number
}

/** Blocks the isolate until it is done. */
export function scrypt(password: Uint8Array, salt: Uint8Array, cost: ScryptCost, hashBytes: number) {
  const { ln, r, p } = cost
  const n = 2 ** ln
  const words = 32 * r
  const blocks = pbkdf2(sha256, password, salt, { c: 1, dkLen: 128 * r * p })
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength)
  const table = new Int32Array(words * n)
  const [block, mixed] = [new Int32Array(words), new Int32Array(words)]
  for (let lane = 0; lane < p; lane++) {
    const start = lane * words
    for (let i = 0; i < words; i++) block[i] = view.getUint32(4 * (start + i), true)
    mixWithTable(block, mixed, table, n)
    for (let i = 0; i < words; i++) view.setUint32(4 * (start + i), block[i] ?? 0, true)
  }
  table.buffer.transfer(0)
  return new Uint8Array(pbkdf2(sha256, password, blocks, { c: 1, dkLen: hashBytes }))
}

/** scryptROMix (section 5) of `block` in place; `mixed` is room of the same size. */
function mixWithTable(block: Int32Array, mixed: Int32Array, table: Int32Array, n: number): void {
  const words = block.length
  for (let i = 0; i < n; i++) {
    table.set(block, i * words)
    mixBlocks(block, mixed)
    block.set(mixed)
  }
  for (let i = 0; i < n; i++) {
    const at = ((block[words - 16] ?? 0) & (n - 1)) * words
    for (let word = 0; word < words; word++) block[word] = (block[word] ?? 0) ^ (table[at + word] ?? 0)
    mixBlocks(block, mixed)
    block.set(mixed)
  }
}

/** scryptBlockMix (section 4) from `input` to `output`. */
function mixBlocks(input: Int32Array, output: Int32Array): void {
  const words = input.length
  let previous = words - 16
  let from = input
  for (let at = 0; at < words; at += 16) {
    const to = at % 32 === 0 ? at / 2 : words / 2 + (at - 16) / 2
    salsa(from, previous, input, at, output, to)
    from = output
    previous = to
  }
}

const state = new Int32Array(16)

/** Salsa20/8 (section 3) of two blocks of sixteen words, exclusive-ored. */
function salsa(
  left: Int32Array,
  leftAt: number,
  right: Int32Array,
  rightAt: number,
  output: Int32Array,
  at: number,
): void {
  for (let i = 0; i < 16; i++) {
    output[at + i] = state[i] = (left[leftAt + i] ?? 0) ^ (right[rightAt + i] ?? 0)
  }
  for (let round = 0; round < 8; round += 2) {
    quarterRound(0, 4, 8, 12)
    quarterRound(5, 9, 13, 1)
    quarterRound(10, 14, 2, 6)
    quarterRound(15, 3, 7, 11)
    quarterRound(0, 1, 2, 3)
    quarterRound(5, 6, 7, 4)
    quarterRound(10, 11, 8, 9)
    quarterRound(15, 12, 13, 14)
  }
  for (let i = 0; i < 16; i++) output[at + i] = ((output[at + i] ?? 0) + (state[i] ?? 0)) | 0
}

function quarterRound(a: number, b: number, c: number, d: number): void {
  let x = state[a] ?? 0
  let y = state[b] ?? 0
  let z = state[c] ?? 0
  let w = state[d] ?? 0
  y ^= rotate((x + w) | 0, 7)
  z ^= rotate((y + x) | 0, 9)
  w ^= rotate((z + y) | 0, 13)
  x ^= rotate((w + z) | 0, 18)
  state[a] = x
  state[b] = y
  state[c] = z
  state[d] = w
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
