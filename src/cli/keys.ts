/**
 * `npm run keys`: prints fresh values for the two secrets of a deployment; `--rotate` reads the present SIGNING_KEYS
 * from standard input and prints the next ones. Stores nothing.
 */
import { text } from 'node:stream/consumers'
import { newSecret, newSigningKey, rotateSigningKeys } from './secrets.ts'

const usage = `usage: npm run keys                                     a SIGNING_KEYS and a TOKEN_SECRET, for
                                                        npx wrangler secret put NAME
       npm run --silent keys -- --rotate < keys.json    the SIGNING_KEYS that follow the given ones
`

const options = process.argv.slice(2)

if (options.length === 0) {
  const keys = { current: newSigningKey(), next: newSigningKey() }
  process.stdout.write(`SIGNING_KEYS\n${JSON.stringify(keys)}\n\nTOKEN_SECRET\n${newSecret()}\n`)
} else if (options.length === 1 && options[0] === '--rotate') {
  try {
    process.stdout.write(`${JSON.stringify(rotateSigningKeys(await text(process.stdin)))}\n`)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : 'unreadable input'}\n`)
    process.exitCode = 1
  }
} else {
  process.stderr.write(usage)
  process.exitCode = 2
}
