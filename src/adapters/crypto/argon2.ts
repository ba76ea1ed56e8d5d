/**
 * Argon2 (RFC 9106), by the WebAssembly build of `@phi-ag/argon2`.
 * Only the module is used, not the package's class: the class passes the number of UTF-16 units as the length of the
 * UTF-8 password, which cuts the end off every password with a character beyond ASCII. Knows nothing of PHC strings.
 */
import compiled from '@phi-ag/argon2/argon2.wasm'

export interface Argon2Cost {
  memoryKib: number
  passes: number
  lanes: number
}

interface Exports {
  memory: WebAssembly.Memory
  malloc(bytes: number): number
  free(pointer: number): void
  argon2_hash(
    passes: number,
    memoryKib: number,
    lanes: number,
    password: number,
    passwordBytes: number,
    salt: number,
    saltBytes: number,
    hash: number,
    hashBytes: number,
    encoded: number,
    encodedBytes: number,
    type: number,
    version: number,
  ): number
}

export interface Argon2Variant {
  type: 'argon2d' | 'argon2i' | 'argon2id'
  version: 16 | 19
}

const typeNumbers = { argon2d: 0, argon2i: 1, argon2id: 2 }
const argon2id: Argon2Variant = { type: 'argon2id', version: 19 }

/** One per isolate: its heap grows to the largest cost that was asked for and is used again. */
let instance: Exports | undefined

/**
 * Blocks the isolate until it is done. Throws when the cost, the salt (at least 8 bytes) or the hash length (at least 4
 * bytes) is outside of what Argon2 allows, or memory is short.
 */
export function argon2(
  password: Uint8Array,
  salt: Uint8Array,
  cost: Argon2Cost,
  hashBytes: number,
  variant = argon2id,
): Uint8Array<ArrayBuffer> {
  try {
    return run((instance ??= instantiate()), password, salt, cost, hashBytes, variant)
  } catch (error) {
    // After a trap the heap may be in any state.
    instance = undefined
    throw error
  }
}

function run(
  wasm: Exports,
  password: Uint8Array,
  salt: Uint8Array,
  cost: Argon2Cost,
  hashBytes: number,
  variant: Argon2Variant,
) {
  const { memoryKib, passes, lanes } = cost
  const size = password.byteLength + salt.byteLength + hashBytes
  const passwordAt = wasm.malloc(size)
  if (passwordAt === 0) throw new Error('Argon2: out of memory')
  const saltAt = passwordAt + password.byteLength
  const hashAt = saltAt + salt.byteLength
  // The buffer is looked up anew after each call, because growing memory detaches the former one.
  const heap = () => new Uint8Array(wasm.memory.buffer)
  heap().set(password, passwordAt)
  heap().set(salt, saltAt)
  const code = wasm.argon2_hash(
    passes,
    memoryKib,
    lanes,
    passwordAt,
    password.byteLength,
    saltAt,
    salt.byteLength,
    hashAt,
    hashBytes,
    0,
    0,
    typeNumbers[variant.type],
    variant.version,
  )
  const hash = heap().slice(hashAt, hashAt + hashBytes)
  heap().fill(0, passwordAt, passwordAt + size)
  wasm.free(passwordAt)
  if (code !== 0) throw new Error(`Argon2: error ${code}`)
  return hash
}

function instantiate(): Exports {
  const { exports } = new WebAssembly.Instance(compiled, {})
  const { memory, malloc, free, argon2_hash, _initialize } = exports
  if (!(memory instanceof WebAssembly.Memory) || typeof _initialize !== 'function') {
    throw new TypeError('Argon2: not the expected module')
  }
  _initialize()
  return { memory, malloc, free, argon2_hash } as Exports
}
