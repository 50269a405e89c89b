// Does nothing Coze says ring anybody, or look otherwise than it was written?
import { describe, expect, test } from 'vitest'
import { parse } from '../../src/markdown/parse.ts'
import { cardJson, faceOf, settingsJson } from './card-json.ts'
import { createRenderer } from './render.ts'
import { createTextRenderer, textContent } from './text.ts'

const PLACE = { chatId: 'oc_1', direct: true }
const TAGS = [
  '<at user_id="all"></at>',
  '<at user_id="ou_1">Ann</at>',
  '<at id=all></at>',
  '<at id=ou_1></at>',
  '<AT ids=ou_1,ou_2></AT>',
  '<at email=ann@example.com></at>',
  '<at\tid=all></at>',
  '<at\nid=all></at>',
  '</at>',
  "<person id='ou_1' show_name=true></person>",
  '<font color="red">red</font>',
  '<text_tag color="blue">tag</text_tag>',
  '<link url="https://a.example">x</link>',
  '<b>bold</b>',
  '<i>x</i><u>y</u><s>z</s>',
  '<a href="https://a.example">x</a>',
  '<hr>',
  '<img src="x">',
  '<raw><at id=all></at></raw>',
] as const
const WAYS: readonly (readonly [string, (tag: string) => string])[] = [
  ['alone', (tag) => tag],
  ['in words', (tag) => `Hello ${tag}!`],
  ['bold', (tag) => `**${tag}**`],
  ['in a quote', (tag) => `> ${tag}`],
  ['in a list', (tag) => `- ${tag}`],
  ['in a cell', (tag) => `| a |\n|---|\n| ${tag.replaceAll('\n', ' ')} |`],
  ['in a heading', (tag) => `# ${tag.replaceAll('\n', ' ')}`],
  ['as a link’s words', (tag) => `[${tag}](https://a.example)`],
  [
    'as an address',
    (tag) => `[x](<https://a.example/${tag.replaceAll(/[<>\n]/g, (c) => encodeURIComponent(c))}>)`,
  ],
  ['as a picture’s words', (tag) => `![${tag}](https://a.example/a.png)`],
  ['in code', (tag) => `\`${tag.replaceAll('\n', ' ')}\``],
  ['in a block of code', (tag) => `\`\`\`html\n${tag}\n\`\`\``],
  ['as a language', (tag) => `\`\`\`${tag.replaceAll('\n', ' ')}\nx\n\`\`\``],
  ['escaped', (tag) => tag.replaceAll('<', '\\<')],
  ['as an entity', (tag) => tag.replaceAll('<', '&lt;')],
]
const RINGS = /<\s*\/?\s*(?:at|person)\b/i
const CASES = WAYS.flatMap(([name, write]) => TAGS.map((tag) => [name, tag, write(tag)] as const))

/** All a card says, wherever it stands. */
function wordsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(wordsIn) : []
}

describe.each(CASES)('%s: %s', (name, _, source) => {
  test('in a card', () => {
    const body = createRenderer().render(parse(source))
    const face = faceOf(body, [])
    for (const words of wordsIn(JSON.parse(cardJson(face, PLACE, true)))) expect(words).not.toMatch(RINGS)
    for (const words of wordsIn(JSON.parse(settingsJson(false, face.summary))))
      expect(words).not.toMatch(RINGS)
    // Outside code every other tag is written, not meant, too.
    const isCode = name.includes('code')
    if (!isCode) expect(face.markdown).not.toMatch(/<\/?[a-z]/i)
  })

  test('in a message of text', () => {
    for (const body of [createTextRenderer().render(parse(source)), createTextRenderer().plain(source)]) {
      const words = body.kind === 'text' ? body.text : ''
      const { text } = JSON.parse(textContent(words)) as { text: string }
      expect(text).not.toMatch(RINGS)
      expect(text).not.toMatch(/<\/?(?:a|b|i|u|s)\b/i)
      // Shown as written: only what nobody sees was put in.
      expect(text.replaceAll('\u2060', '')).toBe(words)
    }
  })
})

test('as plain text in a card it stands to the letter', () => {
  for (const tag of TAGS) {
    const face = faceOf(createRenderer().plain(tag), [])
    expect(face.markdown).not.toMatch(/</)
  }
})
