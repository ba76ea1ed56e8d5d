/**
 * The log: one JSON object a line. What went wrong is told by kind, message and stack of the error and of its causes, and
 * without what an error may quote of other people's data: texts in quotation marks, addresses, tokens, parameters.
 */
import type { Log, LogFields, LogLevel } from '../../flows/ports/index.ts'

/** `write` gets finished lines. */
export function jsonLog(write: (level: LogLevel, line: string) => void): Log {
  const log = (level: LogLevel, event: string, about: LogFields, failure: object = {}) =>
    write(level, JSON.stringify({ level, event, ...about, ...failure }))
  return {
    tell: log,
    failure: (event, error, about) => log('error', event, about, describe(error)),
  }
}

export function consoleLog(): Log {
  const methods = { info: 'log', warn: 'warn', error: 'error' } as const
  return jsonLog((level, line) => console[methods[level]](line))
}

/** An error may name itself as its cause. */
const causesMax = 3

interface Description {
  error: string
  message: string
  stack?: string[]
  cause?: Description
}

function describe(error: unknown, depth = 0): Description {
  if (!(error instanceof Error)) return { error: typeof error, message: '' }
  const { name, message, cause } = error
  // An object's own stack comes with the error; what the platform made of it begins at the call.
  const stack = 'stackInObject' in error ? String(error.stackInObject) : error.stack
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line))
  return {
    error: name,
    message: presentable(message),
    ...(frames && { stack: frames.map((line) => line.trim()) }),
    ...(cause !== undefined && depth < causesMax && { cause: describe(cause, depth + 1) }),
  }
}

const messageLengthMax = 500

/** The shape of a sentence is kept, so that kinds of failures can be told apart. */
function presentable(message: string): string {
  return message
    .replace(/\b(params:|for value) .*$/s, '$1 …')
    .replace(/"[^"]*"?|'[^']*'(?!\w)|`[^`]*`?/g, '"…"')
    .replace(/[^\s@<>()]+@[^\s@<>()]+/g, '[address]')
    .replace(/[\w.~+/=-]{25,}/g, (word) => (/\d/.test(word) ? '[token]' : word))
    .slice(0, messageLengthMax)
}
