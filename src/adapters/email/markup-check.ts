/**
 * Which HTML a mail may have: an allow list of elements, attributes, addresses and styles, read by the platform's own parser. Tags
 * of the template stand in the text, where escaping holds; inside of an element there is nothing but `href="{{link}}"`.
 */

const elements = new Set(
  `a abbr address b big blockquote br caption center code col colgroup dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr i img
  ins li mark ol p pre q s small span strike strong sub sup table tbody td tfoot th thead tr tt u ul wbr`.split(
    /\s+/,
  ),
)
const attributes = new Set(
  `abbr align alt aria-hidden aria-label bgcolor border cellpadding cellspacing class color cols colspan dir face height
  hspace id lang name nowrap rel role rowspan scope size span start target title type valign vspace width`.split(
    /\s+/,
  ),
)
/** Beginnings of addresses, by the attribute that holds one. An image is loaded, a link waits to be followed. */
const addresses: Record<string, RegExp> = {
  href: /^\s*(https:|mailto:|tel:|#|$)/i,
  src: /^\s*(https:|$)/i,
  background: /^\s*(https:|$)/i,
}
/** A function in a style may load something, and an escape may spell one. */
const harmlessFunctions = new Set(['rgb', 'rgba', 'hsl', 'hsla', 'calc', 'min', 'max', 'clamp'])

/** What is wrong first; undefined when nothing is. */
export async function markupProblem(source: string): Promise<string | undefined> {
  const strange = /<(?:[!?]|\s+(?:\/\s*)?[a-z])/i.exec(source)?.[0]
  if (strange !== undefined) return doesNotBelong(strange)
  const names: string[] = []
  const seen = new Set<string>()
  const problems: string[] = []
  // A tag of the template becomes an element: where the parser sees none, it did not stand in the text.
  const marked = source.replace(/\{\{[#^/]?\s?([^{}]*?)\s?\}\}/g, (tag, name: string, at: number) =>
    source.slice(at - 6, at + 9) === 'href="{{link}}"' ? tag : `<mustache-${names.push(name) - 1}>`,
  )
  const rewriter = new HTMLRewriter()
    .on('*', {
      element({ tagName, attributes: own }) {
        if (tagName.startsWith('mustache-')) seen.add(tagName.slice('mustache-'.length))
        else if (!elements.has(tagName)) problems.push(doesNotBelong(`<${tagName}>`))
        for (const [name = '', value = ''] of own) {
          const problem = attributeProblem(name, value)
          if (problem !== undefined) problems.push(problem)
        }
      },
    })
    .onDocument({
      comments: () => void problems.push(doesNotBelong('a comment')),
      doctype: () => void problems.push(doesNotBelong('a document type')),
    })
  try {
    await rewriter.transform(new Response(`${marked}<mustache-end>`)).text()
  } catch {
    return 'This cannot be read as HTML.'
  }
  const misplaced = names.find((_name, index) => !seen.has(String(index)))
  if (misplaced !== undefined) return inTag(misplaced)
  if (seen.has('end')) return problems[0]
  // What swallowed the mark at the end, if that has a name.
  return problems.find((problem) => !problem.includes('<mustache-')) ?? 'A tag or a quote has no end.'
}

function attributeProblem(name: string, value: string): string | undefined {
  if (name.startsWith('on')) return 'Event handlers do not belong in a mail.'
  if (name === 'href' && value === '{{link}}') return undefined
  if (value.includes('{{')) return inTag('link')
  const address = Object.hasOwn(addresses, name) ? addresses[name] : undefined
  if (address !== undefined)
    return address.test(value)
      ? undefined
      : 'Addresses begin with https:, mailto: or tel:, or are {{link}}; those of images begin with https:.'
  if (name === 'style') return isHarmless(value) ? undefined : 'A style must not load anything.'
  return attributes.has(name) ? undefined : doesNotBelong(name)
}

function isHarmless(style: string): boolean {
  if (/[\\&@<>{}]|\/\*/.test(style)) return false
  const functions = [...style.matchAll(/([\w-]*)\s*\(/g)].map(([, name = '']) => name.toLowerCase())
  return functions.every((name) => harmlessFunctions.has(name))
}

function doesNotBelong(what: string): string {
  return `This does not belong in a mail: ${what}`
}

function inTag(name: string): string {
  return `Inside of a tag there may be nothing but href="{{link}}", not ${name}.`
}
