// Does a thought stand in a card's panel, and in quoted lines where there is no card, and does Feishu take it?
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { Control } from '../../src/contract/platform.ts'
import { parse } from '../../src/markdown/parse.ts'
import { readFeishu } from '../../src/playground/reading.ts'
import { withAside } from '../../src/reply/thought.ts'
import { createFeishuStage } from '../../test/support/feishu-stage.ts'
import { answers, hostile } from '../../test/support/markdown-arbitrary.ts'
import { cardJson, faceOf } from './card-json.ts'
import { growsInPlace } from './panel.ts'
import { createRenderer } from './render.ts'
import { createTextRenderer } from './text.ts'

const renderer = createRenderer()
const PLACE = { account: 'feishu', chatId: 'oc_1', direct: true }
const growing = { title: '💭 Thinking…', text: 'One *two*', isOver: false }
const over = { ...growing, title: '💭 Thought', isOver: true }

const cardOf = (body: ReturnType<typeof renderer.render>, controls: readonly Control[] = []) =>
  JSON.parse(cardJson(faceOf(body, controls), PLACE, true)) as Record<string, { elements: readonly object[] }>

test('while it grows the panel stands open and alone; the answer folds it up above itself', () => {
  const alone = renderer.withAside!(renderer.render([]), { thought: growing, status: undefined })
  expect(cardOf(alone)['body']?.elements).toMatchObject([
    {
      tag: 'collapsible_panel',
      expanded: true,
      header: { title: { tag: 'plain_text', content: '💭 Thinking…' } },
      elements: [{ tag: 'markdown', content: 'One &#42;two&#42;' }],
    },
  ])
  expect(alone).toMatchObject({ summary: '💭 Thinking…' })
  const answered = renderer.withAside!(renderer.render(parse('**Hi**')), {
    thought: over,
    status: 'Using x…',
  })
  expect(cardOf(answered)['body']?.elements).toMatchObject([
    { tag: 'collapsible_panel', expanded: false },
    { tag: 'markdown', element_id: 'body', content: '**Hi**\n\n*Using x…*' },
  ])
  expect(answered).toMatchObject({ summary: 'Hi' })
})

test('only more of the same thought grows in place', () => {
  const panelOf = (text: string, isOver = false) => {
    const body = renderer.withAside!(renderer.render([]), {
      thought: { title: 'T', text, isOver },
      status: undefined,
    })
    return body.kind === 'card' ? body.panel : undefined
  }
  expect(growsInPlace(panelOf('a'), panelOf('ab'))).toBe(true)
  expect(growsInPlace(panelOf('a'), panelOf('a'))).toBe(false)
  expect(growsInPlace(panelOf('a'), panelOf('ab', true))).toBe(false)
  expect(growsInPlace(undefined, panelOf('a'))).toBe(false)
})

test('plain words have it in quoted lines above, where there is room', () => {
  expect(renderer.plain('Hi *you*', over)).toEqual({
    kind: 'text',
    text: '│ 💭 Thought\n│ One *two*\n\nHi *you*',
  })
  const long = 'x'.repeat(29_990)
  expect(renderer.plain(long, over)).toEqual({ kind: 'text', text: long })
  const text = createTextRenderer()
  expect(text.withAside!(text.render(parse('Hi')), { thought: over, status: 'Using x…' })).toEqual({
    kind: 'text',
    text: '│ 💭 Thought\n│ One *two*\n\nHi\n\nUsing x…',
  })
})

test('Feishu takes any of it, with all buttons, and shows the thought to the letter', async () => {
  const controls = Array.from({ length: 10 }, (_, n): Control => ({
    kind: 'stop',
    token: `t${n}`,
    label: 'l'.repeat(90),
  }))
  const squeezed = (text: string): string => text.replace(/[\s\p{C}]/gu, '')
  const stage = await createFeishuStage()
  onTestFinished(() => stage.close())
  const { outbox } = stage.life()
  const signal = new AbortController().signal
  let posts = 0
  const texts = fc.array(answers, { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(texts, hostile, fc.boolean(), async (given, thinks, isOver) => {
      const thought = { title: '💭 Thought', text: `x ${thinks.slice(0, 800)}`, isOver }
      const body = renderer.render(parse(given.join('\n\n')))
      if (renderer.fill(body) > 1) return
      const shown = withAside(renderer, body, { thought, status: 'Using x…' })
      await outbox.post(shown, { key: `k${(posts += 1)}`, controls }, signal)
      const alone = cardOf(withAside(renderer, renderer.render([]), { thought, status: undefined }))
      const [panel] = (alone['body']?.elements ?? []) as {
        readonly elements: { readonly content: string }[]
      }[]
      expect(squeezed(readFeishu(panel?.elements[0]?.content ?? ''))).toBe(
        squeezed(thought.text.toWellFormed()),
      )
    }),
    { numRuns: 40 },
  )
  expect(posts).toBeGreaterThan(10)
}, 30_000)
