/**
 * The schemas of requests, taken apart: every list, text and object that a client's input meets, with the place where it stands.
 */
import type { z } from 'zod'

export interface Node {
  place: string
  schema: z.core.$ZodType
}

/** The schema and all that it is made of, as far as a client's input meets them. */
export function* walk({ place, schema }: Node, seen = new Set<z.core.$ZodType>()): Generator<Node> {
  if (seen.has(schema)) return
  seen.add(schema)
  yield { place, schema }
  for (const inner of partsOf({ place, schema })) yield* walk(inner, seen)
}

function partsOf({ place, schema }: Node): Node[] {
  const def = (schema as z.core.$ZodTypes)._zod.def
  const within = (name: string, inner: z.core.$ZodType): Node => ({ place: `${place}${name}`, schema: inner })
  switch (def.type) {
    case 'object':
      return [
        ...Object.entries(def.shape).map(([name, inner]) => within(`.${name}`, inner)),
        ...(def.catchall ? [within('.*', def.catchall)] : []),
      ]
    case 'array':
      return [within('[]', def.element)]
    case 'record':
      return [within('{name}', def.keyType), within('{}', def.valueType)]
    case 'union':
      return def.options.map((inner, index) => within(`|${index}`, inner))
    case 'pipe':
      // What comes out of a transformation is ours, what goes through a preprocessing one is the client's.
      return isTransform(def.in) ? [within('', def.out)] : [within('', def.in), within('', def.out)]
    case 'optional':
    case 'nullable':
    case 'default':
    case 'catch':
    case 'nonoptional':
    case 'readonly':
      return [within('', def.innerType)]
    case 'lazy':
      return [within('', def.getter())]
    case 'string':
    case 'number':
    case 'boolean':
    case 'enum':
    case 'literal':
    case 'transform':
    case 'unknown':
    case 'custom':
    case 'never':
    case 'null':
    case 'undefined':
      return []
    default:
      throw new Error(`${place}: it is not known how a schema '${def.type}' is bounded.`)
  }
}

function isTransform(schema: z.core.$ZodType): boolean {
  return (schema as z.core.$ZodTypes)._zod.def.type === 'transform'
}
