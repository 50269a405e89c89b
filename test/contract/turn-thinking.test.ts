// What a model thinks, and which tool it uses, beside its reply: for a while, and never in the way of a word. Over fakes.

import { expect, test } from 'vitest'
import type { ReplySettings, Route } from '../../src/contract/policy.ts'
import type { Beat } from '../support/scripted-assistant.ts'
import { policy, route } from '../support/bridge-events.ts'
import { option } from '../support/bridge-people.ts'
import { openTurns, paced, setUp, type HarnessOptions } from '../support/bridge-harness.ts'
import {
  at,
  calls,
  completed,
  createGate,
  delta,
  fails,
  says,
  started,
  wait,
  whole,
} from '../support/scripted-assistant.ts'
import { oneSecondOfOpus } from '../support/sound-files.ts'

const thinks = (text: string): Beat => ({ kind: 'reasoning', text })
const uses = (tool?: string): Beat => ({
  kind: 'status',
  status: 'tool',
  ...(tool === undefined ? {} : { tool }),
})
const REPLY: ReplySettings = { minChars: 1, maxWaitMs: 0, quote: 'groups', reasoning: true, status: true }

const TAKES_FILES = {
  maxBytes: 1_000_000,
  image: { maxBytes: 1_000, types: ['image/png'] },
  imagesPerMessage: 10,
  takesControls: true,
  albumsTakeControls: false,
}

function thinking(
  options: HarnessOptions = {},
  overrides: Partial<Route> = {},
  reply: Partial<ReplySettings> = {},
) {
  const routes = [route({ ...overrides, reply: { ...REPLY, ...reply } })]
  return setUp({ ...paced, showsAsides: true, ...options, policy: policy({ routes }) })
}

test.each([{}, { streams: true }])(
  'thoughts grow in the message of the answer, and stand above it when it is there: %o',
  async (settings) => {
    const h = await thinking(settings)
    h.assistant.onAnswer([
      started,
      thinks('One. '),
      wait(2_000),
      thinks('Two.'),
      wait(2_000),
      delta('Four.'),
      wait(2_000),
      completed,
    ])
    await h.say('2 + 2?')
    await h.run(1_000)
    const showing = (): readonly string[] => [...h.screen, ...h.platform.drafts.values()]
    expect(showing()).toEqual(['{thinking.now: One.}'])
    await h.run(2_500)
    expect(showing()).toEqual(['{thinking.now: One. Two.}'])
    await h.run(10_000)
    expect(h.screen).toEqual(['{thinking.done: One. Two.}\nFour.'])
    expect(h.platform.messages).toHaveLength(1)
    expect(await openTurns(h)).toBe(0)
  },
)

test('where the route does not want it, no thought is shown, nor kept', async () => {
  const h = await thinking({}, {}, { reasoning: false })
  h.assistant.onAnswer([started, thinks('secretly'), wait(3_000), delta('Four.'), at(createGate())])
  await h.say('?')
  await h.run(10_000)
  expect(h.screen).toEqual(['Four.'])
  expect(JSON.stringify(await h.journal.open())).not.toContain('secretly')
})

test('a thought never makes the reply longer by a message, and its words are all there', async () => {
  const answer = Array.from({ length: 90 }, (_, n) => `word${n}`).join(' ')
  const cutsWith = async (thought: readonly Beat[]): Promise<readonly string[]> => {
    const h = await thinking({ maxChars: 250 })
    h.assistant.onAnswer([started, ...thought, delta(answer), completed])
    await h.say('?')
    await h.run(30_000)
    return h.screen.map((text) => text.replace(/^\{.*\}\n/, ''))
  }
  const without = await cutsWith([])
  expect(await cutsWith([thinks('I think '.repeat(300))])).toEqual(without)
  expect(without.join(' ')).toBe(answer)
})

test('of much thinking its end is shown while it grows, and its beginning after, with a mark', async () => {
  const h = await thinking({ maxChars: 2_000 })
  const thought = Array.from({ length: 400 }, (_, n) => `t${n}`).join(' ')
  h.assistant.onAnswer([started, thinks(thought), wait(3_000), delta('So.'), completed])
  await h.say('?')
  await h.run(1_000)
  expect(h.screen[0]).toMatch(/^\{thinking\.now: …t\d+ .* t399\}$/)
  await h.run(10_000)
  expect(h.screen[0]).toMatch(/^\{thinking\.done: t0 t1 .*…\}\nSo\.$/)
  expect(h.screen[0]!.length).toBeLessThan(950)
})

test('what is thought after the answer began is not shown, but the end of a thought that came late is', async () => {
  const h = await thinking()
  h.assistant.onAnswer(
    [started, thinks('First, tha'), delta('So. '), thinks('t.'), delta('Done.'), completed],
    [
      started,
      thinks('First.'),
      delta('So.'),
      thinks(
        'Second thoughts that are much longer than what anything holds back of a text, since they go on and on and on.',
      ),
      completed,
    ],
  )
  await h.say('?')
  await h.run(10_000)
  await h.say('??')
  await h.run(10_000)
  expect(h.screen).toEqual(['{thinking.done: First, that.}\nSo. Done.', '{thinking.done: First.}\nSo.'])
})

test('killed while it thought: the answer comes in the same message, with all that was thought', async () => {
  const h = await thinking({ findsPosted: true })
  h.assistant.onAnswer([started, thinks('Hm, '), at(createGate())])
  h.assistant.onFollow([
    wait(2_000),
    { kind: 'reasoning', text: 'Hm, yes.', whole: true },
    whole('Yes.'),
    completed,
  ])
  await h.say('?')
  await h.run(1_000)
  expect(h.screen).toEqual(['{thinking.now: Hm,}'])
  await h.kill()
  await h.run(1_000)
  expect(h.screen).toEqual(['{thinking.now: Hm,}'])
  await h.run(5_000)
  expect(h.screen).toEqual(['{thinking.done: Hm, yes.}\nYes.'])
})

test('killed while it thought, and nobody knows the answer: the notice takes the place of the thought', async () => {
  const h = await thinking({ findsPosted: true })
  h.assistant.onAnswer([started, thinks('Hm, '), at(createGate())])
  h.assistant.onFollow([fails('gone')])
  await h.say('?')
  await h.run(1_000)
  await h.kill()
  await h.run(60_000)
  expect(h.screen).toEqual(['failure.unavailable'])
})

test('killed while it answered: the thought is known from before, and stands once', async () => {
  const h = await thinking({ findsPosted: true })
  h.assistant.onAnswer([started, thinks('Hm.'), delta('One '), at(createGate())])
  h.assistant.onFollow([{ kind: 'reasoning', text: 'Hm.', whole: true }, whole('One two'), completed])
  await h.say('?')
  await h.run(3_000)
  expect(h.screen).toEqual(['{thinking.done: Hm.}\nOne'])
  await h.kill()
  await h.run(5_000)
  expect(h.screen).toEqual(['{thinking.done: Hm.}\nOne two'])
})

test('killed while it delivers: the thought stands above the rest', async () => {
  const h = await thinking({ findsPosted: true })
  h.assistant.onAnswer([started, thinks('Hm.'), delta('One '), wait(3_000), delta('two'), completed])
  await h.say('?')
  await h.run(2_500)
  h.platform.fail('edit', { kind: 'rate-limited', retryAfterMs: 60_000 })
  await h.run(10_000)
  await h.kill()
  await h.run(100_000)
  expect(h.screen).toEqual(['{thinking.done: Hm.}\nOne two'])
})

test('a stream that breaks off amid the answer and is followed leaves the thought as it was', async () => {
  const h = await thinking()
  h.assistant.onAnswer([started, thinks('Hm.'), delta('One '), fails('lost')])
  h.assistant.onFollow([{ kind: 'reasoning', text: 'Hm.', whole: true }, whole('One two'), completed])
  await h.say('?')
  await h.run(20_000)
  expect(h.screen).toEqual(['{thinking.done: Hm.}\nOne two'])
})

test.each([{}, { streams: true }])(
  'a turn that asks its person before it says a word leaves nothing busy: %o',
  async (settings) => {
    const agent = { kind: 'chatflow', workflow: '9', options: [option('team')] } as const
    const h = await setUp({
      ...paced,
      ...settings,
      policy: policy({ agents: { default: agent }, routes: [route()] }),
    })
    h.assistant.onAnswer(says('One.'))
    await h.say('first')
    await h.run(1_000)
    expect(h.screen).toEqual(['ask.parameters\nteam'])
    const typed = h.platform.callsOf('typing').length
    await h.run(60_000)
    expect(h.platform.callsOf('typing')).toHaveLength(typed)
    await h.say('Blue')
    await h.run(10_000)
    expect(h.screen).toEqual(['ask.parameters\nteam', 'One.'])
    expect(await openTurns(h)).toBe(0)
  },
)

test('a draft that tells of a tool is given up when the turn asks its person in a form', async () => {
  const h = await thinking({ streams: true, asks: true })
  const fields = ['from', 'to'].map((name) => ({ name, type: 'string', required: true }) as const)
  h.assistant.onAnswer([
    started,
    uses('trains'),
    wait(3_000),
    { kind: 'question', prompt: { text: '', fields }, resume: {} },
  ])
  await h.say('?')
  await h.run(2_000)
  expect([...h.platform.drafts.values()]).toEqual(['working.tool'])
  await h.run(10_000)
  expect(h.platform.drafts.size).toBe(0)
  expect(h.platform.messages).toMatchObject([{ form: { fields: [{ name: 'from' }, { name: 'to' }] } }])
})

test('an answer of sound alone leaves no tool at work above it', async () => {
  const h = await thinking({ files: TAKES_FILES })
  h.assistant.onAnswer([
    started,
    uses('sing'),
    wait(3_000),
    { kind: 'audio', bytes: oneSecondOfOpus() },
    completed,
  ])
  await h.say('?')
  await h.run(20_000)
  expect(h.screen).toEqual(['🔊', '[voice reply.ogg]'])
  expect(await openTurns(h)).toBe(0)
})

test('a reply that is stopped, or fails, amid its thoughts folds them up above what is said of it', async () => {
  const h = await thinking(
    {},
    { controls: { suggestions: false, stop: true, again: false, thumbs: false, listen: false } },
  )
  h.assistant.onAnswer([started, thinks('Hm.'), wait(2_000), fails('refused')])
  await h.say('?')
  await h.run(10_000)
  expect(h.screen).toEqual(['{thinking.done: Hm.}\nfailure.refused'])
})

test('a platform that takes plain text only gets the answer without its thought', async () => {
  const h = await thinking({ refusesMarkup: true })
  h.assistant.onAnswer([started, thinks('Hm.'), wait(2_000), delta('**One**'), completed])
  await h.say('?')
  await h.run(10_000)
  expect(h.screen).toEqual(['**One**'])
})

test('a tool is named while no text grows, before it and between, and gone with the next text', async () => {
  const h = await thinking()
  h.assistant.onAnswer([
    started,
    uses('get_weather'),
    wait(3_000),
    delta('Rain. '),
    wait(2_000),
    uses('calendar'),
    wait(3_000),
    delta('Free.'),
    wait(2_000),
    completed,
  ])
  await h.say('?')
  const seen: string[] = []
  for (let n = 0; n < 30; n += 1) {
    await h.run(500)
    const [shown = ''] = h.screen
    if (seen.at(-1) !== shown) seen.push(shown)
  }
  expect(seen.filter((text) => text !== '')).toEqual([
    'working.tool',
    'Rain.',
    'Rain.\n(working.tool)',
    'Rain. Free.',
  ])
})

test('a tool that is quick, or has no name, or is not wanted, is never seen', async () => {
  for (const [beats, reply] of [
    [[uses('quick'), wait(300)], {}],
    [[uses(''), uses('\u0000 @'), uses(), wait(3_000)], {}],
    [[uses('get_weather'), wait(3_000)], { status: false }],
  ] satisfies [Beat[], Partial<ReplySettings>][]) {
    const h = await thinking({}, {}, reply)
    h.assistant.onAnswer([started, ...beats, delta('Rain.'), wait(3_000), completed])
    await h.say('?')
    await h.run(20_000)
    expect(h.platform.calls.map(({ text }) => text).filter((text) => text?.includes('working'))).toEqual([])
    expect(h.screen).toEqual(['Rain.'])
  }
})

test('a tool of the owner’s is named while it works', async () => {
  const gate = createGate()
  const h = await setUp({
    ...paced,
    showsAsides: true,
    tools: async () => {
      await gate.opened
      return '{}'
    },
  })
  h.assistant.onAnswer([started, calls({ id: '1', kind: 'function', name: 'stock', argumentsJson: '{}' })])
  h.assistant.onSubmit([delta('Enough.'), completed])
  await h.say('?')
  await h.run(2_000)
  expect(h.screen).toEqual(['working.tool'])
  gate.open()
  await h.run(5_000)
  expect(h.screen).toEqual(['Enough.'])
})

test('killed while a tool worked: the answer comes in its message, and so does a notice', async () => {
  for (const [rest, stands] of [
    [[whole('Rain.'), completed], 'Rain.'],
    [[fails('gone')], 'failure.unavailable'],
  ] as const) {
    const h = await thinking({ findsPosted: true })
    h.assistant.onAnswer([started, uses('get_weather'), at(createGate())])
    h.assistant.onFollow(rest)
    await h.say('?')
    await h.run(2_000)
    expect(h.screen).toEqual(['working.tool'])
    await h.kill()
    await h.run(60_000)
    expect(h.screen).toEqual([stands])
  }
})

test('thoughts are no part of what is read aloud, or asked again', async () => {
  const voice = { input: 'transcribe', quote: false, replies: 'always', voice: 'anna' } as const
  const h = await thinking({ files: TAKES_FILES }, { voice })
  h.assistant.onAnswer([started, thinks('Hm.'), delta('One.'), completed], says('Again.'))
  await h.say('?')
  await h.run(10_000)
  expect(h.assistant.spoken).toEqual(['One.'])
})
