/**
 * The frame of every page for people: one column that fits 320 px, no scripts, nothing loaded from anywhere, and the
 * headers that keep the token of a page's URL from going any further.
 */
import { html, raw } from 'hono/html'
import { encodeBase64 } from '../domain/base/binary-text.ts'
import type { Reply } from '../http/failure.ts'

type Markup = ReturnType<typeof html>

export interface Page {
  language: string
  title: string
  content: Markup
  /** Additions to the content security policy, which otherwise allows one inline style sheet and forms to ourselves. */
  policy?: string[]
}

const style = `
:root{color-scheme:light dark;--accent:#1f4fbf;--danger:#b3261e;--on-colour:#fff;--line:#767676}
@media(prefers-color-scheme:dark){:root{--accent:#a8c4ff;--danger:#ffb4ab;--on-colour:#14171f;--line:#8c8c8c}}
*{box-sizing:border-box}
body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}
h1,h2{line-height:1.25;text-wrap:balance}
label{display:block;margin-block:1rem .25rem}
input,button{font:inherit;padding:.6rem .8rem;width:100%;border:1px solid var(--line);border-radius:.4rem}
input+p{margin-block:.5rem}
button{margin-block:1rem;cursor:pointer;background:var(--accent);border-color:var(--accent);color:var(--on-colour)}
button.danger{background:var(--danger);border-color:var(--danger)}
.problem{color:var(--danger);font-weight:600}
[aria-invalid]{border-color:var(--danger)}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
article{border-block-start:1px solid var(--line);padding-block:1rem}
summary{cursor:pointer;margin-block-end:.5rem}
pre{white-space:pre-wrap;font:inherit}
iframe{width:100%;height:24rem;resize:vertical;border:1px solid var(--line);border-radius:.4rem;background:#fff}
`

export function page(
  status: number,
  { language, title, content, policy = [] }: Page,
  headers: Record<string, string> = {},
): Reply {
  const nonce = encodeBase64(crypto.getRandomValues(new Uint8Array(16)))
  const directives = [
    "default-src 'none'",
    ...(policy.some((directive) => directive.startsWith('style-src')) ? [] : [`style-src 'nonce-${nonce}'`]),
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...policy,
  ]
  const markup = html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style nonce="${nonce}">
          ${raw(style)}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`
  return {
    status,
    markup,
    headers: {
      'Content-Security-Policy': directives.join('; '),
      // Not `no-referrer`: browsers would send the page's own forms with `Origin: null`.
      'Referrer-Policy': 'same-origin',
      'Cache-Control': 'no-store',
      'Content-Language': language,
      'X-Robots-Tag': 'noindex',
      ...headers,
    },
  }
}

/** What a page needs that shows mails: frames inherit its policy, and mails bring styles and the tenant's logo. */
export const mailPolicy = ["style-src 'unsafe-inline'", "frame-src 'self'", 'img-src https:']

/** Runs no scripts; links open in a new tab. */
export function mailFrame(title: string, markup: string): Markup {
  return html`<iframe
    title="${title}"
    loading="lazy"
    sandbox="allow-popups allow-popups-to-escape-sandbox"
    srcdoc="${markup}"
  ></iframe>`
}
