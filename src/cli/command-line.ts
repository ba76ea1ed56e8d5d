/**
 * How the operator's commands end: words that are no command show how to say it and exit with 2, what cannot be done says why
 * and exits with 1, and only an unexpected failure shows its stack.
 */
import process from 'node:process'

/** The words are no command. */
export class UsageError extends Error {}

/** The command is understood and cannot be carried out; the message is all that its operator needs. */
export class Refused extends Error {}

/** Runs a command; a number that it returns is the exit code. */
export async function runCommand(usage: string, run: () => Promise<number | void>): Promise<void> {
  try {
    const code = await run()
    if (typeof code === 'number') process.exitCode = code
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${usage}`)
      process.exitCode = 2
    } else if (error instanceof Refused) {
      process.stderr.write(`${error.message}\n`)
      process.exitCode = 1
    } else throw error
  }
}

/** Options that cannot be read are a usage error, wherever that is noticed. */
export function readOptions<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(error instanceof Error ? error.message : 'Bad options.')
  }
}
