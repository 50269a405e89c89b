import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ReplyEvent } from '../contract/assistant.ts'
import { createNodeTexts } from './node-texts.ts'
import type { NodeMessage } from './workflow-events.ts'

const piece = (
  node: string,
  seq: number | undefined,
  text: string,
  more: Partial<NodeMessage> = {},
): NodeMessage => ({
  kind: 'message',
  text,
  contentType: 'text',
  nodeKey: node,
  isExact: true,
  nodeTitle: node,
  seq,
  isFinish: false,
  isEnd: false,
  ...more,
})
const end = (text: string, more: Partial<NodeMessage> = {}) =>
  piece('end', 0, text, { isEnd: true, isFinish: true, ...more })

function play(
  messages: readonly NodeMessage[],
  options: { show?: string; ids?: readonly (string | undefined)[] } = {},
) {
  const texts = createNodeTexts(options.show)
  const out: ReplyEvent[] = []
  messages.forEach((message, i) => {
    const id = options.ids === undefined ? String(i) : options.ids[i]
    texts.take(message, id)
    texts.count(id)
    texts.tell(out)
  })
  const losses = texts.end(out)
  let shown = ''
  for (const event of out) {
    if (event.kind === 'delta') shown += event.text
    if (event.kind === 'whole') shown = event.text
  }
  expect(texts.said()).toBe(shown)
  return { out, shown, losses, kinds: out.map(({ kind }) => kind), texts }
}

test('nodes that speak one after another are told in deltas alone', () => {
  const { shown, kinds } = play([
    piece('a', 0, 'one'),
    piece('a', 1, ' two', { isFinish: true }),
    piece('b', 0, 'three', { isFinish: true }),
  ])
  expect(shown).toBe('one two\n\nthree')
  expect(new Set(kinds)).toEqual(new Set(['delta']))
})

test('however pieces are shuffled, doubled and interleaved, each node stands together, in order of its first piece', () => {
  const script = fc
    .array(fc.array(fc.string({ maxLength: 4 }), { minLength: 1, maxLength: 12 }), {
      minLength: 1,
      maxLength: 4,
    })
    .chain((nodes) => {
      const all = nodes.flatMap((parts, n) =>
        parts.map((text, seq) => piece(`n${n}`, seq, text, { isFinish: seq === parts.length - 1 })),
      )
      const order = fc.shuffledSubarray(all, { minLength: all.length })
      return fc.record({ nodes: fc.constant(nodes), order, doubles: fc.subarray(all) })
    })
  fc.assert(
    fc.property(script, ({ nodes, order, doubles }) => {
      const { shown, losses } = play([...order, ...doubles], { ids: [] })
      const names = [...new Set(order.map(({ nodeKey }) => nodeKey))]
      const expected = names
        .map((name) => (nodes[Number(name.slice(1))] ?? []).join(''))
        .filter((text) => text !== '')
      expect(shown).toBe(expected.join('\n\n'))
      expect(losses).toEqual({ events: 0, pieces: 0 })
    }),
  )
})

test('what comes early waits for what is missing, and is shown in order', () => {
  const { shown, kinds } = play([piece('a', 0, 'a'), piece('a', 2, 'c'), piece('a', 1, 'b')])
  expect(shown).toBe('abc')
  expect(kinds).toEqual(['delta', 'delta'])
})

test('a lost piece holds nothing back for ever, and is counted', () => {
  const late = Array.from({ length: 20 }, (_unused, i) => piece('a', i + 2, String.fromCharCode(99 + i)))
  const texts = createNodeTexts()
  const out: ReplyEvent[] = []
  for (const message of [piece('a', 0, 'a'), ...late]) texts.take(message, undefined)
  texts.tell(out)
  expect(texts.said()).toBe('acdefghijklmnopqrstuv')
  expect(texts.end(out)).toEqual({ events: 0, pieces: 1 })
  const short = play([piece('a', 0, 'a'), piece('a', 2, 'c', { isFinish: true })], { ids: ['0', '2'] })
  expect(short).toMatchObject({ shown: 'ac', losses: { events: 1, pieces: 1 } })
})

test('the same piece twice stands once, also without ids of its node, or of its event', () => {
  const last = piece('a', 0, 'hi', { isExact: false, isFinish: true })
  expect(play([last, last], { ids: ['0', '0'] }).shown).toBe('hi')
  expect(play([piece('a', 0, 'hi'), piece('a', 0, 'hi')], { ids: [] }).shown).toBe('hi')
})

test('a node that runs again speaks again, where nothing but its title is known', () => {
  const round = piece('a', 0, 'hi', { isExact: false, isFinish: true })
  expect(play([round, round]).shown).toBe('hi\n\nhi')
})

test('a server that does not count loses nothing', () => {
  expect(play([piece('a', undefined, 'x'), piece('a', undefined, 'y')]).shown).toBe('xy')
  expect(play([piece('a', 0, 'x'), piece('a', 0, 'y'), piece('a', 0, 'z')]).shown).toBe('xyz')
})

test('the result of the end node is unwrapped, and dropped where a node has said it', () => {
  expect(play([end('{"output":"ok"}')]).shown).toBe('ok')
  expect(play([piece('a', 0, 'ok', { isFinish: true }), end('{"output":"ok"}')]).shown).toBe('ok')
  expect(play([piece('a', 0, 'looking', { isFinish: true }), end('{"output":"ok"}')]).shown).toBe(
    'looking\n\nok',
  )
})

test('a streaming end grows piece by piece, even with words that were said before', () => {
  const words = ['the ', 'cat ', 'sees ', 'the ', 'cat']
  const pieces = words.map((text, i) =>
    piece('end', i, text, { isEnd: true, isFinish: i === words.length - 1 }),
  )
  const { shown, kinds } = play([piece('a', 0, 'the cat is there', { isFinish: true }), ...pieces])
  expect(shown).toBe('the cat is there\n\nthe cat sees the cat')
  expect(kinds).toHaveLength(6)
})

test('the JSON of an end node in pieces is shown only when it is whole', () => {
  const [first, second] = ['{"output":', '"ok"}']
  const pieces = [
    piece('end', 0, first, { isEnd: true }),
    piece('end', 1, second, { isEnd: true, isFinish: true }),
  ]
  expect(play(pieces).out).toEqual([{ kind: 'delta', text: 'ok' }])
  expect(play(pieces.slice(0, 1)).shown).toBe('')
})

test('a template shows the result', () => {
  expect(play([end('{"a":{"b":"x"},"c":1}')], { show: '**{a.b}** {c}' }).shown).toBe('**x** 1')
})

test('files are told once, and stand in the text, a picture as a picture', () => {
  const url = 'https://s.coze.cn/t/cat.png'
  const items = JSON.stringify([
    { type: 'text', text: 'look' },
    { type: 'image', file_url: url },
  ])
  const object = piece('a', 0, items, { contentType: 'object_string', isFinish: true })
  const { out, shown } = play([
    object,
    piece('b', 0, url, { isFinish: true }),
    end(JSON.stringify({ output: url })),
  ])
  expect(out.filter(({ kind }) => kind === 'files')).toEqual([{ kind: 'files', files: [{ url }] }])
  expect(shown).toBe(`look\n\n![](${url})\n\n![cat.png](${url})`)
})

test('a question with options that comes as JSON is shown in words', () => {
  const content = JSON.stringify({ question: 'Pick', options: [{ name: 'a' }, { name: 'b' }] })
  expect(play([piece('q', 0, content, { contentType: 'option', isFinish: true })]).shown).toBe(
    'Pick\n\nA. a\nB. b',
  )
})

test('a run that goes on in another stream counts anew, and its nodes follow', () => {
  const texts = createNodeTexts()
  const out: ReplyEvent[] = []
  const say = (text: string): void => {
    texts.take(piece('a', 0, text, { isExact: false, isFinish: true }), '0')
    texts.count('0')
  }
  say('one')
  texts.nextStream()
  say('one')
  expect(texts.end(out)).toEqual({ events: 0, pieces: 0 })
  expect(texts.said()).toBe('one\n\none')
})

test('a hundred thousand pieces take no longer than they should', () => {
  const texts = createNodeTexts()
  const out: ReplyEvent[] = []
  for (let i = 0; i < 100_000; i += 1) {
    texts.take(piece('a', i, 'word '), String(i))
    texts.count(String(i))
    if (i % 100 === 0) texts.tell(out)
  }
  expect(texts.end(out)).toEqual({ events: 0, pieces: 0 })
  expect(texts.said()).toHaveLength(500_000)
})
