// Does a card grow, end and survive whatever happens between two calls?
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PlatformError } from '../../src/contract/errors.ts'
import type { Control, Surface, SurfaceState } from '../../src/contract/platform.ts'
import { parse } from '../../src/markdown/parse.ts'
import { createFeishuStage, type FeishuStage, type Life } from '../../test/support/feishu-stage.ts'
import type { FeishuBody } from './body.ts'

const KEY = 'turn1p0'
const never = new AbortController().signal
const NONE = { controls: [] }
const stop: Control = { kind: 'stop', token: 'stop-1', label: 'Stop' }
const again: Control = { kind: 'again', token: 'again-1', label: 'Again' }

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
function body(life: Life, text: string): FeishuBody {
  return life.outbox.renderer.render(parse(text))
}
function screen(): readonly {
  text: string
  generating: boolean
  msgType: string
  summary: string | undefined
}[] {
  return stage.emulator.screen(stage.chat).map(({ text, generating, msgType, summary }) => ({
    text,
    generating,
    msgType,
    summary,
  }))
}
const cardIdOf = (state: SurfaceState): string => {
  const cardId = state['cardId']
  return typeof cardId === 'string' ? cardId : ''
}
const card = (text: string) => ({ text, generating: false, msgType: 'interactive', summary: text })
const message = (text: string) => ({ text, generating: false, msgType: 'text', summary: undefined })

/** As the core does: a refused body goes once more as plain text. */
async function orPlain<T>(life: Life, text: string, show: (body: FeishuBody) => Promise<T>): Promise<T> {
  try {
    return await show(body(life, text))
  } catch (error) {
    if (!(error instanceof PlatformError) || error.kind !== 'rejected') throw error
    return show(life.outbox.renderer.plain(text))
  }
}
const PASSING = new Set<string>(['unavailable', 'rate-limited'])
/** As the pacer does: what is unavailable is asked for again, the signal never aborted. Resolves with the tries it took. */
async function untilDone(finish: () => Promise<unknown>, mostTries = 30): Promise<number> {
  for (let tries = 1; tries <= mostTries; tries += 1) {
    try {
      await finish()
      return tries
    } catch (error) {
      if (!(error instanceof PlatformError) || !PASSING.has(error.kind)) throw error
    }
    stage.passTime(1_000)
  }
  throw new Error('it was asked for ever')
}
const warningsOf = ({ log }: Life) => log.lines.filter(({ level }) => level === 'warn')
async function failureOf(call: Promise<unknown>): Promise<PlatformError> {
  const error = await call.then(
    () => undefined,
    (failure: unknown) => failure,
  )
  if (error instanceof PlatformError) return error
  throw new Error('expected a PlatformError', { cause: error })
}

describe('a card grows', () => {
  test('one entity, one message, whole texts, rising numbers, closed with a summary', async () => {
    const life = stage.life()
    const surface = open(life)
    const state = await surface.update(body(life, 'One'), NONE, never)
    expect(screen()).toEqual([{ ...card('One'), generating: true }])
    stage.passTime(300)
    await surface.update(body(life, 'One two'), NONE, never)
    await surface.update(body(life, 'One two'), NONE, never)
    const first = await surface.finish(body(life, 'One two three'), NONE, never)
    const twice = await surface.finish(body(life, 'One two three'), NONE, never)
    expect(twice).toBe(first)
    expect(state).toMatchObject({ messageId: first })
    expect(screen()).toEqual([card('One two three')])
    expect(stage.operations()).toEqual([
      'card.create',
      'message.create',
      'card.idConvert',
      'cardElement.content',
      'cardElement.content',
      'card.settings',
    ])
    const [entity] = stage.emulator.store.cards.values()
    const numbers = entity?.history.map(({ sequence }) => sequence) ?? []
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b))
    expect(life.isOwn(first)).toBe(true)
  })

  test('a reply that is known whole stands at once and never looks busy', async () => {
    const life = stage.life()
    await open(life).finish(body(life, 'All of it'), NONE, never)
    expect(screen()).toEqual([card('All of it')])
    expect(stage.operations()).toEqual(['card.create', 'message.create', 'card.idConvert'])
  })

  test('buttons are there from the first frame, and others come with the end', async () => {
    const life = stage.life()
    const surface = open(life)
    const labels = () =>
      stage.emulator.screen(stage.chat)[0]?.buttons.map(({ label, value }) => [label, value])
    await surface.update(body(life, 'One'), { controls: [stop] }, never)
    expect(labels()).toEqual([['Stop', { token: 'stop-1', direct: true }]])
    await surface.update(body(life, 'One two'), { controls: [stop] }, never)
    await surface.finish(body(life, 'One two'), { controls: [again] }, never)
    expect(labels()).toEqual([['Again', { token: 'again-1', direct: true }]])
    expect(screen()).toEqual([card('One two')])
  })

  test('giving up leaves what stands, and nothing that looks busy', async () => {
    const life = stage.life()
    const surface = open(life)
    const state = await surface.update(body(life, 'One'), NONE, never)
    await surface.abandon(never)
    expect(screen()).toEqual([card('One')])
    stage.passTime(5_000)
    const next = open(stage.life(), state)
    await next.update(body(life, 'One two'), NONE, never)
    expect(screen()).toMatchObject([{ text: 'One two', generating: true }])
    await next.finish(body(life, 'One two three'), NONE, never)
    expect(screen()).toEqual([card('One two three')])
  })
})

test('given up right after a restart: closed, and the chat list keeps its words', async () => {
  const state = await open(stage.life()).update(body(stage.life(), 'One'), NONE, never)
  await open(stage.life(), state).abandon(never)
  expect(screen()).toEqual([card('One')])
})

describe('streaming ends before the reply does', () => {
  test.each(['timed-out', 'closed'] as const)(
    '%s: opened again once, then the card stands still',
    async (how) => {
      const life = stage.life()
      const surface = open(life)
      const state = await surface.update(body(life, 'One'), NONE, never)
      const cardId = cardIdOf(state)
      stage.emulator.closeStreaming(cardId, how)
      await surface.update(body(life, 'One two'), NONE, never)
      expect(screen()).toMatchObject([{ text: 'One two', generating: true }])
      stage.emulator.closeStreaming(cardId, how)
      await surface.update(body(life, 'One two three'), NONE, never)
      expect(screen()).toEqual([card('One two three')])
      await surface.finish(body(life, 'One two three four'), NONE, never)
      expect(screen()).toEqual([card('One two three four')])
    },
  )

  test('at the very end: the whole card is set, still', async () => {
    const life = stage.life()
    const surface = open(life)
    const state = await surface.update(body(life, 'One'), NONE, never)
    stage.emulator.closeStreaming(cardIdOf(state), 'timed-out')
    await surface.finish(body(life, 'One two'), NONE, never)
    expect(screen()).toEqual([card('One two')])
  })

  test('after nine minutes nobody trusts the stream: it may swallow words in silence', async () => {
    const life = stage.life()
    const surface = open(life)
    await surface.update(body(life, 'One'), NONE, never)
    stage.passTime(9 * 60_000)
    stage.emulator.faults.add({
      fault: { do: 'ignore' },
      operations: ['cardElement.content'],
      times: Infinity,
    })
    await surface.update(body(life, 'One two'), NONE, never)
    expect(screen()).toEqual([card('One two')])
  })

  test('a card resumed after eight minutes streams anew', async () => {
    const life = stage.life()
    const state = await open(life).update(body(life, 'One'), NONE, never)
    stage.passTime(8 * 60_000)
    const next = open(stage.life(), state)
    await next.update(body(life, 'One two'), NONE, never)
    expect(screen()).toMatchObject([{ text: 'One two', generating: true }])
    stage.passTime(7 * 60_000)
    await next.update(body(life, 'One two three'), NONE, never)
    expect(stage.operations().slice(-3)).toEqual(['card.settings', 'card.update', 'cardElement.content'])
    await next.finish(body(life, 'One two three'), NONE, never)
    expect(screen()).toEqual([card('One two three')])
  })
})

describe('the clock goes back between two lives', () => {
  test.each([60_000, 50 * 60_000, 30 * 3_600_000])('by %i ms: numbers leap and rise again', async (ms) => {
    const life = stage.life()
    stage.passTime(1_000)
    const surface = open(life)
    const state = await surface.update(body(life, 'One'), NONE, never)
    stage.passTime(100_000)
    await surface.update(body(life, 'One two'), NONE, never)
    stage.setBack(ms)
    const second = open(stage.life(), state)
    const leapt = await second.update(body(life, 'One two three'), NONE, never)
    expect(leapt['aheadMs']).toBeGreaterThan(0)
    stage.passTime(1_000)
    const third = open(stage.life(), leapt)
    const calls = stage.emulator.store.calls.length
    await third.update(body(life, 'One two three four'), NONE, never)
    expect(stage.emulator.store.calls.slice(calls).filter(({ code }) => code === 300317)).toEqual([])
    await third.finish(body(life, 'One two three four'), NONE, never)
    expect(screen()).toEqual([card('One two three four')])
  })
})

describe('a card just made is not known everywhere', () => {
  test.each([1, 3, 5])('%i refusals are waited out', async (times) => {
    const life = stage.life()
    stage.emulator.faults.add({ fault: { do: 'fresh-card' }, times })
    const surface = open(life)
    await surface.update(body(life, 'One'), NONE, never)
    await surface.finish(body(life, 'One two'), NONE, never)
    expect(screen()).toEqual([card('One two')])
    expect(stage.leftovers()).toEqual({ generating: 0, unseenWrites: 0 })
  })

  test('refused for ever: text stands instead, and nothing is written where nobody looks', async () => {
    const life = stage.life()
    stage.emulator.faults.add({ fault: { do: 'fresh-card' }, times: Infinity })
    const surface = open(life)
    await orPlain(life, 'One', (shown) => surface.update(shown, NONE, never))
    expect(screen()).toEqual([message('One')])
    await surface.finish(life.outbox.renderer.plain('One two'), NONE, never)
    expect(screen()).toEqual([message('One two')])
    expect(stage.leftovers()).toEqual({ generating: 0, unseenWrites: 0 })
  })
})

describe('a person never sees nothing', () => {
  const refusals = [
    ['the scope is missing', 99991672, 'card.create'],
    ['only schema 2.0', 300303, 'card.create'],
    ['too many elements', 300305, 'card.create'],
    ['no such path', 99991201, 'card.create'],
    ['the message refuses the card', 230099, 'message.create'],
  ] as const
  test.each(refusals)('%s: text stands instead, and ends with the last words', async (_, code, operation) => {
    const life = stage.life()
    stage.emulator.faults.add({
      fault: { do: 'error', code, msg: 'refused' },
      operations: [operation],
      times: Infinity,
      when: ({ payload }) => payload['msg_type'] !== 'text',
    })
    const surface = open(life)
    await orPlain(life, 'One *two*', (shown) => surface.update(shown, NONE, never))
    expect(screen()).toEqual([message('One *two*')])
    const plain = (text: string) => life.outbox.renderer.plain(text)
    await surface.update(plain('One two three'), NONE, never)
    expect(screen()).toEqual([message('One *two*')])
    const id = await surface.finish(plain('One two three four'), NONE, never)
    expect(await surface.finish(plain('One two three four'), NONE, never)).toBe(id)
    expect(screen()).toEqual([message('One two three four')])
  })

  test('cards that are refused for want of a scope are not asked for again at once', async () => {
    const life = stage.life()
    const fault = stage.emulator.faults.add({
      fault: { do: 'error', code: 99991672 },
      operations: ['card.create'],
      times: Infinity,
    })
    for (const key of ['a', 'b']) {
      const surface = life.outbox.openStream?.({ key })
      await orPlain(life, key, async (shown) => surface?.finish(shown, NONE, never))
    }
    expect(fault.hits).toBe(1)
    expect(screen()).toEqual([message('a'), message('b')])
    expect(life.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
    fault.remove()
    stage.passTime(11 * 60_000)
    await life.outbox.openStream?.({ key: 'c' }).finish(body(life, 'c'), NONE, never)
    expect(screen()[2]).toEqual(card('c'))
  })

  test('a standing card that refuses its last text takes it to the letter', async () => {
    const life = stage.life()
    const surface = open(life)
    await surface.update(body(life, 'One'), NONE, never)
    const refused = { fault: { do: 'error', code: 200220 } as const }
    stage.emulator.faults.add({ ...refused, operations: ['cardElement.content'] })
    stage.emulator.faults.add({ ...refused, operations: ['card.update'] })
    await orPlain(life, 'One **two**', (shown) => surface.finish(shown, NONE, never))
    expect(screen()).toMatchObject([{ text: 'One &#42;&#42;two&#42;&#42;', generating: false }])
  })

  test('a card that refuses even that is closed, and the text stands below it', async () => {
    const life = stage.life()
    const surface = open(life)
    await surface.update(body(life, 'One'), NONE, never)
    const operations = ['cardElement.content', 'card.update']
    stage.emulator.faults.add({ fault: { do: 'error', code: 200220 }, operations, times: Infinity })
    await orPlain(life, 'One two', (shown) => surface.finish(shown, NONE, never))
    expect(screen()).toMatchObject([
      { text: 'One', generating: false },
      { text: 'One two', msgType: 'text' },
    ])
  })

  test.each([300313, 10002, 200740, 300311])(
    'a standing card that takes no frame any more (%i) shows the whole at its end',
    async (code) => {
      const life = stage.life()
      const surface = open(life)
      await surface.update(body(life, 'One'), NONE, never)
      const fault = { do: 'error', code } as const
      stage.emulator.faults.add({ fault, operations: ['cardElement.content'], times: Infinity })
      await orPlain(life, 'One two', (shown) => surface.update(shown, NONE, never))
      await surface.update(life.outbox.renderer.plain('One two three'), NONE, never)
      await surface.finish(life.outbox.renderer.plain('One two three four'), NONE, never)
      expect(screen()).toEqual([card('One two three four')])
    },
  )

  test.each([200740, 200750, 300311])(
    'a card that is lost (%i) is left, and the whole stands below it',
    async (code) => {
      const life = stage.life()
      const surface = open(life)
      await surface.update(body(life, 'One'), NONE, never)
      const operations = ['cardElement.content', 'card.update']
      stage.emulator.faults.add({ fault: { do: 'error', code }, operations, times: Infinity })
      await surface.update(body(life, 'One two'), NONE, never)
      await orPlain(life, 'One two three', (shown) => surface.finish(shown, NONE, never))
      expect(screen()).toMatchObject([
        { text: 'One', generating: false },
        { text: 'One two three', msgType: 'text' },
      ])
    },
  )

  test('cards cannot be made for long: the end goes out as text', async () => {
    const life = stage.life()
    stage.emulator.faults.add({
      fault: { do: 'error', code: 2200, status: 500 },
      operations: ['card.create'],
      times: Infinity,
    })
    const surface = open(life)
    for (let tries = 0; tries < 3; tries += 1) {
      expect(await failureOf(surface.finish(body(life, 'One'), NONE, never))).toMatchObject({
        kind: 'unavailable',
      })
    }
    await orPlain(life, 'One', (shown) => surface.finish(shown, NONE, never))
    expect(screen()).toEqual([message('One')])
  })
})

describe('the end is refused again and again', () => {
  const forEver = (code: number, operations: readonly string[]) =>
    stage.emulator.faults.add({ fault: { do: 'error', code }, operations, times: Infinity })
  const end = (life: Life, surface: Surface<FeishuBody>, text: string) => () =>
    orPlain(life, text, (shown) => surface.finish(shown, NONE, never))

  test.each([300122, 300120, 2200, 10002, 99991672, 99991201])(
    'a card that cannot be closed (%i) is set whole, and the next question is answered',
    async (code) => {
      const life = stage.life()
      const surface = open(life)
      await surface.update(body(life, 'One'), NONE, never)
      forEver(code, ['card.settings'])
      expect(await untilDone(end(life, surface, 'One two'))).toBeLessThanOrEqual(3)
      expect(screen()).toEqual([card('One two')])
      expect(warningsOf(life)).toEqual([])
    },
  )

  test.each(['html', 'drop'] as const)('a closing that is never answered (%s) is one, too', async (how) => {
    const life = stage.life()
    const surface = open(life)
    await surface.update(body(life, 'One'), NONE, never)
    stage.emulator.faults.add({ fault: { do: how }, operations: ['card.settings'], times: Infinity })
    await untilDone(end(life, surface, 'One two'), 4)
    expect(screen()).toEqual([card('One two')])
  })

  test.each([300122, 2200, 10002, 200740, 99991672])(
    'a whole text whose card is neither closed nor set (%i) stands, once, and is left with one warning',
    async (code) => {
      const life = stage.life()
      const surface = open(life)
      const state = await surface.update(body(life, 'One'), NONE, never)
      forEver(code, ['card.settings', 'card.update'])
      expect(await untilDone(end(life, surface, 'One two'))).toBeLessThanOrEqual(6)
      expect(await surface.finish(body(life, 'One two'), NONE, never)).toBe(state['messageId'])
      expect(screen()).toMatchObject([{ text: 'One two', msgType: 'interactive' }])
      expect(warningsOf(life)).toHaveLength(1)
    },
  )

  test('last words the server stumbles over again and again come with the whole card', async () => {
    const life = stage.life()
    const surface = open(life)
    await surface.update(body(life, 'One'), NONE, never)
    forEver(300122, ['cardElement.content', 'card.settings'])
    await untilDone(end(life, surface, 'One two'))
    expect(screen()).toEqual([card('One two')])
  })

  test('where nothing can be said in the card any more the whole stands below it', async () => {
    const life = stage.life()
    const surface = open(life)
    await surface.update(body(life, 'One'), NONE, never)
    forEver(2200, ['cardElement.content', 'card.update'])
    await untilDone(end(life, surface, 'One two'))
    expect(screen()).toMatchObject([
      { text: 'One', generating: false },
      { text: 'One two', msgType: 'text' },
    ])
  })

  test('a card that stays below a restart is closed all the same', async () => {
    const life = stage.life()
    const state = await open(life).update(body(life, 'One'), NONE, never)
    forEver(300122, ['card.settings'])
    const next = stage.life()
    await untilDone(end(next, open(next, state), 'One two'))
    expect(screen()).toEqual([card('One two')])
  })

  test('a server that is down for minutes is waited for: the card is closed when it is back', async () => {
    const life = stage.life()
    const surface = open(life)
    await surface.update(body(life, 'One'), NONE, never)
    await surface.update(body(life, 'One two'), NONE, never)
    const down = stage.emulator.faults.add({ fault: { do: 'html', status: 503 }, times: Infinity })
    for (let tries = 0; tries < 20; tries += 1) {
      expect(await failureOf(surface.finish(body(life, 'One two'), NONE, never))).toMatchObject({
        kind: 'unavailable',
      })
      stage.passTime(10_000)
    }
    down.remove()
    await surface.finish(body(life, 'One two'), NONE, never)
    expect(screen()).toEqual([card('One two')])
  })

  test('after ten minutes the server has closed it itself, whatever it answers', async () => {
    const life = stage.life()
    const surface = open(life)
    await surface.update(body(life, 'One'), NONE, never)
    const operations = ['card.settings', 'card.update']
    stage.emulator.faults.add({ fault: { do: 'html', status: 503 }, operations, times: Infinity })
    for (let tries = 0; tries < 10; tries += 1) {
      await failureOf(surface.finish(body(life, 'One two'), NONE, never))
      stage.passTime(60_000)
    }
    await surface.finish(body(life, 'One two'), NONE, never)
    expect(screen()).toMatchObject([{ text: 'One two' }])
    expect(warningsOf(life)).toHaveLength(1)
  })

  test.each(['One', 'One two'])(
    'a reply that ends after nine minutes is set whole: the stream may swallow its last words (%s)',
    async (text) => {
      const life = stage.life()
      const surface = open(life)
      await surface.update(body(life, 'One'), NONE, never)
      stage.passTime(9 * 60_000)
      const operations = ['cardElement.content']
      stage.emulator.faults.add({ fault: { do: 'ignore' }, operations, times: Infinity })
      await surface.finish(body(life, text), NONE, never)
      expect(screen()).toEqual([card(text)])
    },
  )

  const lost = ['cardElement.content', 'card.update', 'card.settings'] as const
  test.each([200740, 200750, 300311, 300317, 99991672])(
    'a card nobody can change any more (%i) does not stand there generating above its own words',
    async (code) => {
      const life = stage.life()
      const surface = open(life)
      await surface.update(body(life, 'One'), NONE, never)
      forEver(code, lost)
      await untilDone(end(life, surface, 'One two'))
      expect(screen()).toMatchObject([
        { text: '', msgType: 'interactive' },
        { text: 'One two', msgType: 'text' },
      ])
      expect(stage.operations().at(-1)).toBe('message.delete')
    },
  )

  test('a card that could not be taken back either: the whole stands below it', async () => {
    const life = stage.life()
    const surface = open(life)
    await surface.update(body(life, 'One'), NONE, never)
    forEver(200740, lost)
    forEver(230026, ['message.delete'])
    await untilDone(end(life, surface, 'One two'))
    expect(screen()).toMatchObject([{ text: 'One' }, { text: 'One two', msgType: 'text' }])
  })

  test.each([
    [2200, 2],
    [230020, 5],
  ])(
    'a closing that fails below the words (%i, %i times) is tried again, and nothing is taken back',
    async (code, times) => {
      const life = stage.life()
      const surface = open(life)
      await surface.update(body(life, 'One'), NONE, never)
      forEver(200740, ['cardElement.content', 'card.update'])
      stage.emulator.faults.add({ fault: { do: 'error', code }, operations: ['card.settings'], times })
      await untilDone(end(life, surface, 'One two'))
      expect(screen()).toMatchObject([
        { text: 'One', generating: false },
        { text: 'One two', msgType: 'text' },
      ])
    },
  )
})

describe.each(['http400', 'http200'] as const)('errors come as %s', (errorsAs) => {
  test('closed streams, low numbers and refused cards are known all the same', async () => {
    await stage.close()
    stage = await createFeishuStage({ errorsAs })
    const life = stage.life()
    const surface = open(life)
    const state = await surface.update(body(life, 'One'), NONE, never)
    stage.emulator.closeStreaming(cardIdOf(state), 'closed')
    await surface.update(body(life, 'One two'), NONE, never)
    stage.passTime(10_000)
    await surface.update(body(life, 'One two three'), NONE, never)
    stage.setBack(60_000)
    await open(stage.life(), state).finish(body(life, 'One two three four'), NONE, never)
    expect(screen()).toEqual([card('One two three four')])
  })
})

const CALLS = 6
const calls = Array.from({ length: CALLS }, (_, at) => at)
const STEPS = ['One', 'One two', 'One two three'] as const

describe('an answer is lost', () => {
  test.each(calls)('call %i: tried again, there is one message with all words', async (skip) => {
    const life = stage.life()
    stage.emulator.faults.add({
      fault: { do: 'drop', storing: 'after' },
      skip,
      when: ({ path }) => !path.includes('tenant_access_token'),
    })
    const surface = open(life)
    const last = STEPS.length - 1
    for (const [at, text] of STEPS.entries()) {
      const show = async (): Promise<unknown> =>
        at === last
          ? surface.finish(body(life, text), NONE, never)
          : surface.update(body(life, text), NONE, never)
      await show().catch((error: unknown) => {
        expect(error).toMatchObject({ kind: 'unavailable', outcome: 'unknown' })
        return show()
      })
    }
    expect(screen()).toEqual([card('One two three')])
    expect(stage.leftovers()).toEqual({ generating: 0, unseenWrites: 0 })
  })
})

describe('the process is killed', () => {
  const deaths = calls.flatMap((atCall) =>
    (['before', 'after'] as const).flatMap((when) =>
      [3_000, 20 * 60_000].flatMap((downMs) =>
        (['grows on', 'is finished'] as const).map((then) => ({ atCall, when, downMs, then })),
      ),
    ),
  )
  test.each(deaths)(
    '$when call $atCall, back after $downMs ms, $then',
    async ({ atCall, when, downMs, then }) => {
      const first = stage.life({ dies: { atCall, when } })
      const dying = open(first)
      let journaled: SurfaceState | undefined
      try {
        journaled = await dying.update(body(first, STEPS[0]), NONE, never)
        journaled = await dying.update(body(first, STEPS[1]), NONE, never)
        await dying.finish(body(first, STEPS[2]), NONE, never)
      } catch {
        // Dead.
      }
      stage.passTime(downMs)
      const next = stage.life()
      const surface = open(next, journaled)
      if (then === 'grows on') {
        journaled = await surface.update(body(next, 'One two three'), NONE, never)
        expect(screen()).toMatchObject([{ text: 'One two three' }])
      }
      const id = await surface.finish(body(next, 'One two three four'), NONE, never)
      if (journaled !== undefined) expect(journaled['messageId']).toBe(id)
      expect(screen()).toEqual([card('One two three four')])
      expect(stage.leftovers()).toEqual({ generating: 0, unseenWrites: 0 })
    },
  )

  test('after its card was refused: the next life finds its text, and ends it', async () => {
    const fault = stage.emulator.faults.add({
      fault: { do: 'error', code: 300303 },
      operations: ['card.create'],
    })
    const first = stage.life()
    await orPlain(first, 'One', (shown) => open(first).update(shown, NONE, never)).catch(() => undefined)
    const surface = open(first)
    await surface.update(first.outbox.renderer.plain('One'), NONE, never)
    fault.remove()
    const next = stage.life()
    const again = open(next)
    await again.update(body(next, 'One two'), NONE, never)
    await orPlain(next, 'One two three', (shown) => again.finish(shown, NONE, never))
    expect(screen()).toEqual([message('One two three')])
  })
})
