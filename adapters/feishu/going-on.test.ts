// Does a card go on after its end, with other buttons, and with a person's finger on them?
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PlatformError } from '../../src/contract/errors.ts'
import type { Control, Surface, SurfaceState } from '../../src/contract/platform.ts'
import { parse } from '../../src/markdown/parse.ts'
import { createFeishuStage, type FeishuStage, type Life } from '../../test/support/feishu-stage.ts'
import type { FeishuBody } from './body.ts'

const KEY = 'turn1p0'
const never = new AbortController().signal
const stop: Control = { kind: 'stop', token: 'stop-1', label: 'Stop' }
const choices: readonly Control[] = [
  { kind: 'choice', token: 'a', label: 'Oslo' },
  { kind: 'choice', token: 'b', label: 'Rome' },
]
const MINUTE_MS = 60_000

let stage: FeishuStage

beforeEach(async () => {
  stage = await createFeishuStage()
})
afterEach(async () => {
  await stage.close()
})

function open(life: Life, resume?: SurfaceState): Surface<FeishuBody> {
  const surface = life.outbox.openStream?.({ key: KEY, ...(resume === undefined ? {} : { resume }) })
  if (surface === undefined) throw new Error('expected a surface')
  return surface
}
const body = (life: Life, text: string): FeishuBody => life.outbox.renderer.render(parse(text))
const having = (...controls: readonly Control[]) => ({ controls })
const shown = () =>
  stage.emulator.screen(stage.chat).map(({ text, generating, msgType, buttons }) => ({
    text,
    generating,
    msgType,
    buttons: buttons.map(({ label }) => label),
  }))
const card = (text: string, ...buttons: readonly string[]) => ({
  text,
  generating: false,
  msgType: 'interactive',
  buttons,
})

/** As the core does when a reply waits for its person: a frame whose state is journaled, then the end for now. */
async function askAndRest(life: Life): Promise<SurfaceState> {
  const surface = open(life)
  await surface.update(body(life, 'Let me'), having(stop), never)
  await surface.update(body(life, 'Let me see. Which'), having(stop), never)
  const state = await surface.update(body(life, 'Let me see. Which city?'), having(...choices), never)
  await surface.finish(body(life, 'Let me see. Which city?'), having(...choices), never)
  return JSON.parse(JSON.stringify(state)) as SurfaceState
}
async function untilDone(attempt: () => Promise<unknown>): Promise<number> {
  for (let tries = 1; tries <= 30; tries += 1) {
    try {
      await attempt()
      return tries
    } catch (error) {
      if (!(error instanceof PlatformError) || error.kind !== 'unavailable') throw error
    }
    stage.passTime(500)
  }
  throw new Error('it was asked for ever')
}
/** As the core does: a refused body goes once more as plain text. */
async function orPlain(
  life: Life,
  text: string,
  show: (body: FeishuBody) => Promise<unknown>,
): Promise<void> {
  try {
    await show(body(life, text))
  } catch (error) {
    if (!(error instanceof PlatformError) || error.kind !== 'rejected') throw error
    await show(life.outbox.renderer.plain(text))
  }
}

test('buttons change while it streams, and it streams on', async () => {
  const life = stage.life()
  const surface = open(life)
  const again: Control = { kind: 'again', token: 'again-1', label: 'Again' }
  await surface.update(body(life, 'One'), having(stop), never)
  await surface.update(body(life, 'One'), having(stop, again), never)
  expect(shown()).toEqual([{ ...card('One', 'Stop', 'Again'), generating: true }])
  await surface.update(body(life, 'One two'), having(), never)
  expect(shown()).toEqual([{ ...card('One two'), generating: true }])
  await surface.update(body(life, 'One two three'), having(), never)
  expect(stage.operations().slice(-3)).toEqual(['card.update', 'card.update', 'cardElement.content'])
})

test('an end with other buttons is one call', async () => {
  const life = stage.life()
  const surface = open(life)
  await surface.update(body(life, 'One'), having(stop), never)
  const before = stage.operations().length
  await surface.finish(body(life, 'One two'), having(), never)
  expect(shown()).toEqual([card('One two')])
  expect(stage.operations().slice(before)).toEqual(['card.update'])
})

test.each([300121, 10002])(
  'where the whole card is refused at the end (%i), the last words stand all the same',
  async (code) => {
    const life = stage.life()
    const surface = open(life)
    await surface.update(body(life, 'One'), having(stop), never)
    stage.emulator.faults.add({ operations: ['card.update'], fault: { do: 'error', code }, times: Infinity })
    await untilDone(() => surface.finish(body(life, 'One two'), having(), never))
    expect(shown()).toEqual([card('One two', 'Stop')])
  },
)

test.each([0, 5 * MINUTE_MS, 9 * MINUTE_MS, 40 * MINUTE_MS, 13 * 24 * 60 * MINUTE_MS])(
  'a reply that waited %i ms goes on in its message, streaming, and ends there',
  async (waitedMs) => {
    const state = await askAndRest(stage.life())
    expect(shown()).toEqual([card('Let me see. Which city?', 'Oslo', 'Rome')])
    stage.passTime(waitedMs)
    const life = stage.life()
    const surface = open(life, state)
    await surface.update(body(life, 'Let me see. Which city? It is'), having(stop), never)
    expect(shown()).toEqual([{ ...card('Let me see. Which city? It is', 'Stop'), generating: true }])
    stage.passTime(MINUTE_MS)
    await surface.update(body(life, 'Let me see. Which city? It is sunny'), having(stop), never)
    expect(stage.operations().at(-1)).toBe('cardElement.content')
    await surface.finish(body(life, 'Let me see. Which city? It is sunny.'), having(), never)
    expect(shown()).toEqual([card('Let me see. Which city? It is sunny.')])
  },
)

test('what comes after the answer may be its end at once', async () => {
  const state = await askAndRest(stage.life())
  stage.passTime(20 * MINUTE_MS)
  const life = stage.life()
  await open(life, state).finish(body(life, 'Which city? Sunny.'), having(), never)
  expect(shown()).toEqual([card('Which city? Sunny.')])
  expect(stage.operations().at(-1)).toBe('card.update')
})

test('killed after it went on: the next life closes it, however old it is', async () => {
  const state = await askAndRest(stage.life())
  stage.passTime(30 * MINUTE_MS)
  const life = stage.life()
  const going = await open(life, state).update(body(life, 'Which city? It'), having(stop), never)
  stage.passTime(2_000)
  await open(stage.life(), going).abandon(never)
  expect(shown()).toMatchObject([{ text: 'Which city? It', generating: false }])
})

test.each([200740, 200750, 300309])(
  'a card nobody knows any more (%i): the whole reply stands once, below it',
  async (code) => {
    const state = await askAndRest(stage.life())
    stage.passTime(30 * MINUTE_MS)
    stage.emulator.faults.add({
      operations: ['card.update', 'card.settings', 'cardElement.content'],
      fault: { do: 'error', code },
      times: Infinity,
    })
    const life = stage.life()
    const surface = open(life, state)
    await surface.update(body(life, 'Which city? It'), having(stop), never)
    await orPlain(life, 'Which city? It is sunny.', (text) => surface.finish(text, having(), never))
    expect(shown().at(-1)).toMatchObject({ msgType: 'text', text: 'Which city? It is sunny.' })
  },
)

test.each([[[stop]], [[]]])(
  'a button is being pressed while the reply ends, with %o: it ends a moment later',
  async (buttons) => {
    const life = stage.life()
    const surface = open(life)
    const state = await surface.update(body(life, 'One'), having(stop), never)
    const entity = [...stage.emulator.store.cards.values()].find(({ id }) => id === state['cardId'])
    if (entity === undefined) throw new Error('no card')
    entity.callbacksRunning = 1
    let tries = 0
    await untilDone(() => {
      tries += 1
      if (tries === 7) entity.callbacksRunning = 0
      return surface.finish(body(life, 'One two'), having(...buttons), never)
    })
    expect(shown()).toEqual([card('One two', ...buttons.map(({ label }) => label))])
  },
)

test('a card that says for ever that it is being pressed does not hold up the chat', async () => {
  const life = stage.life()
  const surface = open(life)
  await surface.update(body(life, 'One'), having(stop), never)
  stage.emulator.faults.add({
    operations: ['card.update', 'card.settings', 'cardElement.content'],
    fault: { do: 'error', code: 200810 },
    times: Infinity,
  })
  await untilDone(() => orPlain(life, 'One two', (text) => surface.finish(text, having(), never)))
  expect(shown().at(-1)).toMatchObject({ text: 'One two' })
})

test('where the app has no cards, choices are listed to be read, and numbered', async () => {
  stage.emulator.faults.add({
    operations: ['card.create'],
    fault: { do: 'error', code: 99991672 },
    times: Infinity,
  })
  const life = stage.life()
  const surface = open(life)
  await orPlain(life, 'Which city?', (text) => surface.update(text, having(...choices), never))
  expect(shown()).toMatchObject([{ msgType: 'text', text: 'Which city?' }])
  await orPlain(life, 'Which city?', (text) => surface.finish(text, having(...choices, stop), never))
  expect(shown()).toMatchObject([{ msgType: 'text', text: 'Which city?\n\n1. Oslo\n2. Rome' }])
})

test('a finished card is edited like any message, under its buttons', async () => {
  const life = stage.life()
  const id = await open(life).finish(body(life, 'Which city?'), having(...choices), never)
  stage.passTime(3 * 60 * MINUTE_MS)
  await life.outbox.edit(id, body(life, 'Which city? Oslo'), having(), never)
  expect(shown()).toEqual([card('Which city? Oslo')])
})
