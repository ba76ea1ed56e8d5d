/**
 * The frame of every HTML mail: the tenant's name or logo, one column from 320 px up, legible in light and dark, with or
 * without the style sheet. Loads nothing but the tenant's logo. The words inside have been filled in and escaped.
 */
import { html, raw } from 'hono/html'
import type { Brand } from '../../domain/tenant/tenant.ts'

export interface Framed {
  language: string
  title: string
  shop: string
  brand: Brand
  content: string
}

const defaultColor = '#1f4fbf'

/** What programs that know style sheets add: the dark colours, and small print. */
const styleSheet = `
:root{color-scheme:light dark;supported-color-schemes:light dark}
.small{font-size:14px}
a{color:inherit}
@media(prefers-color-scheme:dark){
.page{background-color:#121418!important}
.card{background-color:#1f2329!important;color:#eceef1!important}
}
`

export function framed({ language, title, shop, brand, content }: Framed): string {
  const { color = defaultColor, logoUrl } = brand
  // Old programs obey the attribute, all others keep the logo's proportions in the room that there is.
  const heading =
    logoUrl === undefined
      ? html`<strong style="font-size:20px">${shop}</strong>`
      : html`<img
          src="${logoUrl}"
          alt="${shop}"
          height="48"
          style="display:inline-block;box-sizing:border-box;width:auto;height:auto;max-width:100%;max-height:64px;padding:8px;border:0;border-radius:6px;background-color:#ffffff;color:#1c1f24;font-size:20px;font-weight:bold;line-height:48px"
        />`
  const page = html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <style>
          ${raw(styleSheet)}
        </style>
      </head>
      <body class="page" style="margin:0;padding:0;background-color:#f2f3f5">
        <table
          role="presentation"
          class="page"
          width="100%"
          cellpadding="0"
          cellspacing="0"
          border="0"
          style="background-color:#f2f3f5"
        >
          <tr>
            <td align="center" style="padding:16px 8px">
              <table
                role="presentation"
                class="card"
                width="100%"
                cellpadding="0"
                cellspacing="0"
                border="0"
                style="max-width:600px;background-color:#ffffff;color:#1c1f24;border-top:6px solid ${color};border-radius:6px;font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5;text-align:left;overflow-wrap:anywhere;word-break:break-word"
              >
                <tr>
                  <td style="padding:24px 24px 0">${heading}</td>
                </tr>
                <tr>
                  <td style="padding:8px 24px 16px">${raw(content)}</td>
                </tr>
              </table>
            </td>
          </tr>
        </table>
      </body>
    </html>`
  return page.toString()
}

/**
 * Puts the looks of buttons into the markup itself, because many programs drop style sheets. To be done before anything
 * is filled in, so that no value is taken for markup.
 */
export function withButtons(source: string, { color = defaultColor }: Brand): string {
  const style = `display:inline-block;padding:12px 20px;border:1px solid #767b84;border-radius:6px;background-color:${color};color:${lettersOn(color)};font-weight:bold;text-decoration:none`
  return source.replaceAll('class="button"', `class="button" style="${style}"`)
}

/** Black or white, whichever contrasts more: 4.5 to 1 at least on any colour. Document: WCAG 2.2, "relative luminance". */
export function lettersOn(color: string): '#000000' | '#ffffff' {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? '#ffffff' : '#000000'
}
