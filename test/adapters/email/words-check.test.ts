/** Which words a tenant may use in mails: variables, links, and HTML by an allow list (T57). */
import { describe, expect, it } from 'vitest'
import { builtInTranslations } from '../../../src/adapters/email/built-in.ts'
import { checkWords } from '../../../src/adapters/email/words-check.ts'
import { mailTemplates } from '../../../src/domain/mail/mail.ts'

describe('a check of words', () => {
  const good = { subject: 'S', text: '{{link}}', html: '<a href="{{link}}">x</a>' }

  it.each<[string, Partial<typeof good>, string, RegExp]>([
    ['an empty part', { subject: ' ' }, 'subject', /required/],
    ['a subject that is too long', { subject: 'x'.repeat(201) }, 'subject', /at most 200/],
    ['a text that is too long', { text: `{{link}}${'x'.repeat(10_000)}` }, 'text', /at most 10000/],
    ['too much HTML', { html: `${good.html}${'x'.repeat(40_000)}` }, 'html', /at most 40000/],
    ['a line break in the subject', { subject: 'a\nBcc: b' }, 'subject', /control character/],
    ['an escape character', { text: '{{link}}\u001b[2J' }, 'text', /control character/],
    [
      'variables that do not exist',
      { text: '{{link}} {{nmae}} {{#points}}1{{/points}}' },
      'text',
      /: nmae, points\./,
    ],
    [
      'what only objects have',
      { text: '{{link}}{{constructor}}{{toString}}' },
      'text',
      /constructor, toString/,
    ],
    ['the link in the subject', { subject: '{{link}}' }, 'subject', /Unknown variable: link/],
    ['a text without the link', { text: 'Hello' }, 'text', /\{\{link\}\} has to be there/],
    ['a link that only some see', { text: 'x{{#name}}{{link}}{{/name}}' }, 'text', /whoever reads it/],
    ['HTML whose link cannot be clicked', { html: '<p>{{link}}</p>' }, 'html', /href="\{\{link\}\}"/],
    ['a subject that only some see', { subject: '{{#name}}x{{/name}}' }, 'subject', /empty when/],
    [
      'an unescaped value',
      { html: `${good.html}{{{name}}}` },
      'html',
      /no variable and no section: \{\{\{name/,
    ],
    ['an unescaped value by &', { html: `${good.html}{{&name}}` }, 'html', /no variable/],
    ['a partial', { html: `${good.html}{{>name}}` }, 'html', /no variable/],
    ['other delimiters', { html: `${good.html}{{=<% %>=}}` }, 'html', /no variable/],
    ['a comment', { html: `${good.html}{{! x }}` }, 'html', /no variable/],
    ['a path', { text: '{{link}}{{name.length}}' }, 'text', /no variable/],
    ['a tag without end', { text: '{{link}}{{name' }, 'text', /no variable/],
    ['a section without end', { text: '{{link}}{{#name}}' }, 'text', /Unclosed section/],
    ['an end without section', { text: '{{link}}{{/name}}' }, 'text', /Unopened section/],
    ['a script', { html: `${good.html}<script>1</script>` }, 'html', /does not belong/],
    ['a style sheet', { html: `${good.html}< style>` }, 'html', /does not belong/],
    ['a comment of HTML', { html: `${good.html}<!-- x -->` }, 'html', /does not belong/],
    ['a form', { html: `${good.html}<FORM>` }, 'html', /does not belong/],
    ['an event handler', { html: `${good.html}<img alt="x"onload="1">` }, 'html', /Event handlers/],
    ['a script URL', { html: `${good.html}<a href=" javascript:x">` }, 'html', /Addresses begin/],
    ['an http URL', { html: `${good.html}<img src=http://x.example>` }, 'html', /Addresses begin/],
    ['a name in an attribute', { html: `${good.html}<p title="{{name}}">` }, 'html', /Inside of a tag.*name/],
    [
      'a name behind a quoted >',
      { html: `${good.html}<p title=">" lang={{name}}>` },
      'html',
      /Inside of a tag/,
    ],
    ['a link without quotes', { html: `${good.html}<a href={{link}}>` }, 'html', /Inside of a tag.*link/],
    ['a link that goes on', { html: `${good.html}<a href="{{link}}&x=1">` }, 'html', /Inside of a tag.*link/],
  ])('refuses %s', async (_what, part, field, message) => {
    const violations = await checkWords('password-reset', { ...good, ...part })
    expect(violations).toHaveLength(1)
    expect(violations[0]).toMatchObject({ field, message: expect.stringMatching(message) as string })
  })

  it('takes words with sections, and wants no link where a mail has none', async () => {
    const html = `${good.html}{{#name}}<b>{{ name }}</b>{{/name}}{{^name}}you{{/name}} <a href='mailto:a@x.example'>x</a>`
    expect(await checkWords('password-reset', { ...good, html })).toEqual([])
    expect(await checkWords('welcome', { subject: '{{shop}}', text: 'x', html: 'on = 1 < 2' })).toEqual([])
    expect(await checkWords('welcome', { ...good })).toMatchObject([{ field: 'text' }, { field: 'html' }])
  })

  it('wants words that also fit where the old address can undo nothing', async () => {
    expect(await checkWords('email-changed', good)).toMatchObject([
      { field: 'html', message: expect.stringMatching(/between/) as string },
    ])
    const html = `{{#link}}${good.html}{{/link}}`
    expect(await checkWords('email-changed', { ...good, html })).toEqual([])
  })

  it('names the faults of all parts at once', async () => {
    const violations = await checkWords('opt-in', { subject: '', text: '', html: '' })
    const fields = violations.map(({ field }) => field)
    expect(fields).toEqual(['subject', 'text', 'html'])
  })

  it.each([
    ['tags', '{{'],
    ['blanks in a tag', `{{${' '.repeat(39_000)}`],
    ['blanks in an element', `<${' '.repeat(39_000)}`],
    ['blanks in an address', `href=${' '.repeat(39_000)}`],
    ['elements', '<'.repeat(39_000)],
    ['sections', '{{#name}}'.repeat(2000)],
    ['handlers', ' on'.repeat(12_000)],
  ])('of the longest parts takes no time, also of %s', async (_what, html) => {
    const started = performance.now()
    await checkWords('welcome', { subject: 'S', text: 'x', html })
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

describe('the HTML of a mail', () => {
  const check = (html: string) =>
    checkWords('password-reset', { subject: 'S', text: '{{link}}', html: `<a href="{{link}}">x</a>${html}` })

  it.each<[string, string, string]>([
    ['an address that is told of clicks', 'ping', '<a href="https://x.example" ping="https://t.example">'],
    ['a set of images', 'srcset', '<img alt="x" srcset="http://x.example 2x">'],
    ['a style that loads', 'style', '<p style="background:url(https://x.example)">'],
    ['a style that loads in capitals', 'style', '<p style="background:URL (x)">'],
    ['a style that spells a load with escapes', 'style', '<p style="background:u\\72l(x)">'],
    ['a style that spells a load with entities', 'style', '<p style="background:url&#40;x)">'],
    ['a style that hides a load in a comment', 'style', '<p style="background:ur/**/l(x)">'],
    ['a style with a set of images', 'style', `<p style="background:image-set('x' 1x)">`],
    ['a style that computes', 'style', '<p style="width:expression(alert(1))">'],
    ['a style that imports', 'style', `<p style="@import 'x'">`],
    ['a drawing', '<svg>', '<svg><a href="https://x.example">'],
    ['formulas', '<math>', '<math>'],
    ['a frame', '<iframe>', '<iframe src="https://x.example">'],
    ['a form of its own', '<form>', '<form action="https://x.example">'],
    ['a field', '<input>', '<input name="password">'],
    ['a button that sends elsewhere', '<button>', '<button formaction="https://x.example">'],
    ['a refresh', '<meta>', '<meta http-equiv="refresh" content="0;url=https://x.example">'],
    ['a base', '<base>', '<base href="https://x.example">'],
    ['a style sheet that is linked', '<link>', '<link rel="stylesheet" href="https://x.example">'],
    ['an object', '<object>', '<object data="https://x.example">'],
    ['a film', '<video>', '<video poster="https://x.example">'],
    ['an element that nobody knows', '<x-y>', '<x-y>'],
    ['an element like our own marks', 'no end', '<mustache-end title="'],
    ['an attribute that nobody knows', 'xlink:href', '<a xlink:href="https://x.example">'],
    ['a document in an attribute', 'srcdoc', '<p srcdoc="x">'],
    ['an event handler without spaces', 'Event', '<img/onerror=alert(1)/alt=x>'],
    ['an event handler behind a line break', 'Event', '<p\nONCLICK=x>'],
    ['a script address in capitals', 'Addresses', '<a href="JavaScript:x">'],
    ['a script address spelled with entities', 'Addresses', '<a href="java&#115;cript:x">'],
    ['a script address with a tabulator', 'Addresses', '<a href="java\tscript:x">'],
    ['an address that is data', 'Addresses', '<img src="data:image/png;base64,AAAA">'],
    ['a mail as an image', 'Addresses', '<img src="mailto:a@x.example">'],
    ['an address without a scheme', 'Addresses', '<a href="//x.example">'],
    ['a comment that has conditions', '<!', '<!--[if mso]><p>x</p><![endif]-->'],
    ['a comment that has no end', '<!', '<!-- '],
    ['a comment that looks like an end', 'comment', '</ x>'],
    ['a document type', '<!', '<!DOCTYPE html>'],
    ['an instruction', '<?', '<?xml version="1.0"?>'],
    ['a tag without end', 'no end', '<img alt="x"'],
    ['a quote without end', 'no end', '<p title="x>'],
    ['a section that ends inside of a tag', 'Inside of a tag', '{{#name}}<p title="x{{/name}}">'],
    ['a link in another attribute', 'Inside of a tag', `<p title='href="{{link}}"'>`],
  ])('refuses %s', async (_what, says, html) => {
    const violations = await check(html)
    expect(violations).toHaveLength(1)
    expect(violations[0]).toMatchObject({ field: 'html', message: expect.stringContaining(says) as string })
  })

  it.each([
    '<table role="presentation" width="100%" cellpadding="0" border="0"><tr><td align="center" valign="top" bgcolor="#fff" colspan="2">x</td></tr></table>',
    `<p style="margin:0 0 16px;font:bold 16px/1.5 'Arial',sans-serif;color:rgb(0, 0, 0)!important;width:calc(100% - 8px)">x</p>`,
    '<img src="https://cdn.example/a.png" alt="x" width="20" height="20"><br/><hr>',
    '<a class="button" href="{{link}}" target="_blank" rel="noopener">x</a> <a href="tel:+49">x</a> <a href="#top">x</a>',
    '<H1>{{shop}}</H1><ul><li>a &amp; b</li></ul><blockquote lang="de" dir="ltr">x</blockquote>',
    '{{#name}}<strong>{{name}}</strong>{{/name}}{{^name}}<em>you</em>{{/name}}',
    'url(x), onclick=x, javascript:x and 1 < 2 are words',
  ])('takes %s', async (html) => {
    expect(await check(html)).toEqual([])
  })

  it.each(
    mailTemplates.flatMap((template) => builtInTranslations(template).map((own) => ({ template, ...own }))),
  )('takes our own words: $template in $language', async ({ template, ...own }) => {
    expect(await checkWords(template, own)).toEqual([])
  })
})
