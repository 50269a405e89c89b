// Does a card think, answer and end as one message, with few calls, whatever happens between two of them?
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Control, Surface, SurfaceState } from '../../src/contract/platform.ts'
import { parse } from '../../src/markdown/parse.ts'
import { withAside } from '../../src/reply/thought.ts'
import { createFeishuStage, type FeishuStage, type Life } from '../../test/support/feishu-stage.ts'
import type { FeishuBody } from './body.ts'

const never = new AbortController().signal
const NONE = { controls: [] }
const stop: Control = { kind: 'stop', token: 'stop-1', label: 'Stop' }
let stage: FeishuStage

beforeEach(async () => {
  stage = await createFeishuStage()
})
afterEach(async () => {
  await stage.close()
})

function open(life: Life, resume?: SurfaceState): Surface<FeishuBody> {
  const surface = life.outbox.openStream?.({ key: 'turn1p0', ...(resume === undefined ? {} : { resume }) })
  if (surface === undefined) throw new Error('expected a surface')
  return surface
}

/** `status`: below the words. */
function bodyOf(life: Life, thinks: string, says = '', status?: string): FeishuBody {
  const { renderer } = life.outbox
  const isOver = says !== ''
  const thought = { title: isOver ? 'Thought' : 'Thinking', text: thinks, isOver }
  return withAside(renderer, renderer.render(parse(says)), { thought, status })
}

interface Panel {
  readonly expanded: boolean
  readonly header: { readonly title: { readonly content: string } }
  readonly elements: readonly { readonly content: string }[]
}

/** What its panel says, and whether it stands open; what stands below. */
function shown(): object {
  const cards = [...stage.emulator.store.cards.values()]
  const { card } = cards.find(({ messageId }) => messageId !== undefined) ?? {}
  const { elements } = card?.['body'] as { readonly elements: readonly { readonly element_id: string }[] }
  const byId = (id: string): unknown => elements.find(({ element_id }) => element_id === id)
  const panel = byId('thought') as Panel | undefined
  return {
    title: panel?.header.title.content,
    isOpen: panel?.expanded,
    thinks: panel?.elements[0]?.content,
    says: (byId('body') as { readonly content: string } | undefined)?.content,
  }
}

const grown = () =>
  stage
    .operations()
    .slice(stage.operations().indexOf('message.create') + 1)
    .filter((name) => name !== 'card.idConvert')
const looksBusy = () => stage.emulator.screen(stage.chat).some(({ generating }) => generating)

test('thoughts are written into the open panel; the answer folds it with one change of the card, and grows below', async () => {
  const life = stage.life()
  const surface = open(life)
  await surface.update(bodyOf(life, 'One'), NONE, never)
  expect(shown()).toEqual({ title: 'Thinking', isOpen: true, thinks: 'One', says: undefined })
  await surface.update(bodyOf(life, 'One two'), NONE, never)
  await surface.update(bodyOf(life, 'One two', 'So'), NONE, never)
  expect(shown()).toEqual({ title: 'Thought', isOpen: false, thinks: 'One two', says: 'So' })
  await surface.update(bodyOf(life, 'One two', 'So be'), NONE, never)
  await surface.finish(bodyOf(life, 'One two', 'So be it.'), NONE, never)
  expect(shown()).toEqual({ title: 'Thought', isOpen: false, thinks: 'One two', says: 'So be it.' })
  expect(grown()).toEqual([
    'cardElement.content',
    'card.update',
    'cardElement.content',
    'cardElement.content',
    'card.settings',
  ])
  expect(stage.emulator.screen(stage.chat)).toMatchObject([{ generating: false, summary: 'So be it.' }])
})

test('buttons, a passing status and a thought change beside each other', async () => {
  const life = stage.life()
  const surface = open(life)
  await surface.update(bodyOf(life, 'One'), { controls: [stop] }, never)
  await surface.update(bodyOf(life, 'One', 'So', 'Using x…'), { controls: [stop] }, never)
  expect(shown()).toMatchObject({ says: 'So\n\n*Using x…*' })
  await surface.update(bodyOf(life, 'One', 'So be it'), { controls: [stop] }, never)
  await surface.finish(bodyOf(life, 'One', 'So be it.'), NONE, never)
  expect(shown()).toMatchObject({ isOpen: false, says: 'So be it.' })
  expect(stage.emulator.screen(stage.chat)[0]?.buttons).toEqual([])
  expect(looksBusy()).toBe(false)
})

test.each(['thinking', 'answering'] as const)(
  'taken up by the next process while %s: one card, folded, closed, the thought once',
  async (when) => {
    const life = stage.life()
    const says = when === 'answering' ? 'So' : ''
    const state = await open(life).update(bodyOf(life, 'One', says), NONE, never)
    const next = stage.life()
    const surface = open(next, state)
    await surface.update(bodyOf(next, 'One', 'So be'), NONE, never)
    await surface.finish(bodyOf(next, 'One', 'So be it.'), NONE, never)
    expect(shown()).toEqual({ title: 'Thought', isOpen: false, thinks: 'One', says: 'So be it.' })
    expect(stage.emulator.screen(stage.chat)).toHaveLength(1)
    expect(looksBusy()).toBe(false)
  },
)

test('a thought that nobody knows any more is gone from the card', async () => {
  const life = stage.life()
  const state = await open(life).update(bodyOf(life, 'One'), NONE, never)
  const next = stage.life()
  const { renderer } = next.outbox
  await open(next, state).finish(renderer.render(parse('So be it.')), NONE, never)
  expect(shown()).toEqual({ title: undefined, isOpen: undefined, thinks: undefined, says: 'So be it.' })
})

test('where cards are refused, the thought stands above the text in quoted lines', async () => {
  const life = stage.life()
  const surface = open(life)
  const thought = { title: 'Thought', text: 'One\ntwo', isOver: true }
  await surface.finish(life.outbox.renderer.plain('So be it.', thought), NONE, never)
  expect(stage.emulator.screen(stage.chat)).toMatchObject([
    { msgType: 'text', text: '│ Thought\n│ One\n│ two\n\nSo be it.' },
  ])
})

test('a card that stands and refuses its markup takes the words alone, and its panel goes', async () => {
  const life = stage.life()
  const surface = open(life)
  await surface.update(bodyOf(life, 'One'), NONE, never)
  await surface.finish(
    life.outbox.renderer.plain('So be *it*.', { title: 'Thought', text: 'One', isOver: true }),
    NONE,
    never,
  )
  expect(shown()).toMatchObject({ title: undefined, says: '│ Thought  \n│ One\n\nSo be &#42;it&#42;.' })
  expect(looksBusy()).toBe(false)
})
