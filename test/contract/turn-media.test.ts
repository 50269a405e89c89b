// Files of people on their way to the assistant: joined, uploaded beside the lane, read, heard, or left out with a sentence.

import { expect, test } from 'vitest'
import type { Attachment } from '../../src/contract/event.ts'
import type { Route } from '../../src/contract/policy.ts'
import { makePng } from '../../src/emulators/common/png.ts'
import { command, message, policy, route } from '../support/bridge-events.ts'
import { press, tokenOf } from '../support/bridge-people.ts'
import { openTurns, setUp, type BridgeHarness } from '../support/bridge-harness.ts'
import { at, completed, createGate, delta, failure, says, started } from '../support/scripted-assistant.ts'

/** A real picture, another one for each seed. */
const picture = (name: string): string => {
  const seed = Buffer.from(name).reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7)
  return makePng({ widthPx: 2, heightPx: 2, seed }).toString('latin1')
}
const png = (name: string, more: Partial<Attachment> = {}): Attachment => ({
  kind: 'image',
  name,
  ref: { bytes: picture(name) },
  ...more,
})
const text = (name: string, words: string): Attachment => ({ kind: 'file', name, ref: { bytes: words } })
const voice = (): Attachment => ({ kind: 'voice', ref: { bytes: 'OggS\0\x02' } })
const withRoute = (more: Partial<Route>) => ({ policy: policy({ routes: [route(more)] }) })
const waiting = (mergeWindowMs: number) =>
  withRoute({ media: { maxFileBytes: 1_000, inlineTextBytes: 100, mergeWindowMs, attach: true } })
const asked = (h: BridgeHarness): readonly (readonly [string, ...string[]])[] =>
  h.assistant.asked.map((each) => [each.text, ...each.media.map(({ kind, fileId }) => `${kind} ${fileId}`)])

test('a picture and its words are one question', async () => {
  const h = await setUp()
  await h.say('what is this?', { attachments: [png('a.png')] })
  await h.run()
  expect(asked(h)).toEqual([['what is this?', 'image file-1']])
  expect(h.assistant.uploaded).toEqual(['a.png'])
  expect(h.screen).toEqual(['Hello.'])
})

test('a picture alone is asked about in the person’s language', async () => {
  const h = await setUp()
  await h.say('', { attachments: [png('a.png')] })
  await h.run()
  expect(asked(h)).toEqual([['media.alone.image', 'image file-1']])
})

test('a picture followed by its question is one question', async () => {
  const h = await setUp(waiting(2_000))
  await h.say('', { attachments: [png('a.png')] })
  await h.run(1_500)
  expect(h.assistant.asked).toHaveLength(0)
  expect(h.assistant.uploaded).toEqual(['a.png'])
  await h.say('what is this?')
  await h.run()
  expect(asked(h)).toEqual([['what is this?', 'image file-1']])
  expect(h.screen).toEqual(['Hello.'])
  expect(await openTurns(h)).toBe(0)
})

test('a picture nobody adds a question to is asked about by itself', async () => {
  const h = await setUp(waiting(2_000))
  await h.say('', { attachments: [png('a.png')] })
  await h.run(1_900)
  expect(h.assistant.asked).toHaveLength(0)
  await h.run(200)
  expect(asked(h)).toEqual([['media.alone.image', 'image file-1']])
})

test('an album is one question, whichever of its pictures has the words', async () => {
  const h = await setUp()
  await h.say('', { groupKey: 'g', attachments: [png('a.png')] })
  await h.say('compare them', { groupKey: 'g', attachments: [png('b.png')] })
  await h.run(300)
  await h.say('', { groupKey: 'g', attachments: [png('c.png')] })
  await h.run(2_000)
  expect(asked(h)).toEqual([['compare them', 'image file-1', 'image file-2', 'image file-3']])
  expect(h.screen).toEqual(['Hello.'])
})

test('another person’s question does not join an album', async () => {
  const h = await setUp(withRoute({ conversation: 'per-chat' }))
  await h.say('look', { groupKey: 'g', attachments: [png('a.png')] })
  await h.say('hello', { user: 'bob' })
  await h.run(2_000)
  expect(asked(h)).toEqual([['look', 'image file-1'], ['hello']])
})

test('an album that was cut by a kill is one question after the start', async () => {
  const h = await setUp()
  await h.say('compare', { groupKey: 'g', attachments: [png('a.png')] })
  await h.kill()
  await h.say('', { groupKey: 'g', attachments: [png('b.png')] })
  await h.run(2_000)
  expect(asked(h)).toEqual([['compare', 'image file-1', 'image file-2']])
})

test('the same picture is uploaded once', async () => {
  const h = await setUp()
  await h.say('one', { attachments: [png('a.png')] })
  await h.run()
  await h.say('two', { attachments: [png('again.png', { ref: { bytes: picture('a.png'), other: true } })] })
  await h.run()
  expect(h.assistant.uploaded).toEqual(['a.png'])
  expect(asked(h)).toEqual([
    ['one', 'image file-1'],
    ['two', 'image file-1'],
  ])
})

test('the same picture twice in one question is uploaded once, too', async () => {
  const h = await setUp()
  const twin = png('b.png', { ref: { bytes: picture('a.png'), other: true } })
  await h.say('two of them', { attachments: [png('a.png'), twin] })
  await h.run()
  expect(h.assistant.uploaded).toHaveLength(1)
  expect(asked(h)).toEqual([['two of them', 'image file-1', 'image file-1']])
})

test('a small text file is read into the question, with its name', async () => {
  const h = await setUp()
  await h.say('summarise', { attachments: [text('notes.md', 'Point one.\n```js\n1\n```\n')] })
  await h.run()
  expect(h.assistant.asked[0]?.text).toBe('summarise\n\nnotes.md:\n````md\nPoint one.\n```js\n1\n```\n````')
  expect(h.assistant.uploaded).toEqual([])
})

test('a voice message is heard and asked as words', async () => {
  const h = await setUp()
  h.assistant.onVoice('Turn on the lights.')
  await h.say('', { attachments: [voice()] })
  await h.run()
  expect(asked(h)).toEqual([['Turn on the lights.']])
  expect(h.screen).toEqual(['Hello.'])
})

test('what was heard stands above the answer where the route wants that', async () => {
  const h = await setUp(withRoute({ voice: { input: 'transcribe', quote: true, replies: 'never' } }))
  h.assistant.onVoice('Turn on\nthe lights.')
  await h.say('', { attachments: [voice()] })
  await h.run()
  expect(h.screen[0]).toContain('🎤 Turn on')
  expect(h.screen[0]?.endsWith('Hello.')).toBe(true)
})

test('a voice message is passed on as sound where the route wants that', async () => {
  const h = await setUp(withRoute({ voice: { input: 'audio', quote: false, replies: 'never' } }))
  await h.say('', { attachments: [{ ...voice(), name: 'v.ogg' }] })
  await h.run()
  expect(asked(h)).toEqual([['media.alone.audio', 'audio file-1']])
})

test('silence is told, and nothing is asked', async () => {
  const h = await setUp()
  h.assistant.onVoice('  ')
  await h.say('', { attachments: [voice()] })
  await h.run()
  expect(h.assistant.asked).toHaveLength(0)
  expect(h.screen).toEqual(['voice.silent'])
  expect(await openTurns(h)).toBe(0)
})

test('a file that is too large is named, and the rest is asked', async () => {
  const h = await setUp()
  await h.say('look', { attachments: [png('big.png', { sizeBytes: 2_000 }), png('a.png')] })
  await h.run()
  expect(asked(h)).toEqual([['look', 'image file-1']])
  expect(h.screen).toEqual(['Hello.\n\nmedia.tooLarge'])
  // Nobody asked the platform for it.
  expect(h.platform.callsOf('open').map(({ text: name }) => name)).toEqual(['a.png'])
})

test('a file that is gone is told, and the words are asked', async () => {
  const h = await setUp()
  await h.say('look', { attachments: [png('a.png', { ref: { lost: true } })] })
  await h.run()
  expect(asked(h)).toEqual([['look']])
  expect(h.screen).toEqual(['Hello.\n\nmedia.expired'])
})

test('a file that cannot be taken is told alone where nothing else was sent', async () => {
  const h = await setUp()
  await h.say('', { attachments: [png('a.png', { ref: { lost: true } })] })
  await h.run(3_000)
  expect(h.assistant.asked).toHaveLength(0)
  expect(h.screen).toEqual(['media.expired'])
  expect(await openTurns(h)).toBe(0)
})

test('an upload that fails is tried again, and then told', async () => {
  const h = await setUp()
  h.assistant.failUploads(failure('unavailable'))
  await h.say('one', { attachments: [png('a.png')] })
  await h.run(5_000)
  expect(asked(h)).toEqual([['one', 'image file-1']])
  h.assistant.failUploads(...Array.from({ length: 4 }, () => failure('unavailable')))
  await h.say('two', { attachments: [png('b.png')] })
  await h.run(20_000)
  expect(asked(h).at(-1)).toEqual(['two'])
  expect(h.screen.at(-1)).toBe('Hello.\n\nmedia.unavailable')
})

test('a chatflow takes no files, and says so', async () => {
  const h = await setUp({
    policy: policy({ agents: { default: { kind: 'chatflow', workflow: '1', bot: '1' } } }),
  })
  await h.say('look', { attachments: [png('a.png')] })
  await h.run()
  expect(asked(h)).toEqual([['look']])
  expect(h.screen).toEqual(['Hello.\n\nmedia.noFiles'])
  expect(h.assistant.uploaded).toEqual([])
})

test('files are fetched while the question waits in its lane, and not again', async () => {
  const h = await setUp()
  const gate = createGate()
  h.assistant.onAnswer([started, delta('First'), at(gate), completed])
  await h.say('first')
  await h.run()
  await h.say('second', { attachments: [png('a.png')] })
  await h.run()
  expect(h.assistant.uploaded).toEqual(['a.png'])
  expect(h.assistant.asked).toHaveLength(1)
  // Ten minutes later the platform has it no more.
  await h.run(600_000)
  h.platform.fail('open', { kind: 'gone' }, 100)
  expect(h.assistant.asked).toHaveLength(1)
  gate.open()
  await h.run()
  expect(asked(h).at(-1)).toEqual(['second', 'image file-1'])
  expect(h.platform.callsOf('open')).toHaveLength(1)
})

test('after a kill in its lane a question still has its files, although the platform has them no more', async () => {
  const h = await setUp()
  const gate = createGate()
  h.assistant.onAnswer([started, delta('First'), at(gate), completed])
  h.assistant.onFollow([delta('First'), completed])
  await h.say('first')
  await h.say('second', { attachments: [png('a.png')] })
  await h.run()
  await h.kill()
  await h.run()
  expect(asked(h).at(-1)).toEqual(['second', 'image file-1'])
  expect(h.platform.callsOf('open')).toHaveLength(1)
})

test('a kill in mid-upload asks the whole question once', async () => {
  const h = await setUp()
  const gate = createGate()
  h.assistant.holdUploads(gate)
  await h.say('look', { attachments: [png('a.png')] })
  await h.run()
  expect(h.assistant.asked).toHaveLength(0)
  await h.kill()
  gate.open()
  await h.run()
  expect(asked(h)).toHaveLength(1)
  expect(h.assistant.asked[0]?.text).toBe('look')
  expect(h.assistant.asked[0]?.media).toHaveLength(1)
  expect(h.screen).toEqual(['Hello.'])
  expect(await openTurns(h)).toBe(0)
})

test('how far a long upload is stands where the answer will be', async () => {
  const h = await setUp()
  const gate = createGate()
  h.assistant.holdUploads(gate)
  await h.say('look', { attachments: [png('a.png')] })
  await h.run(3_000)
  expect(h.screen).toEqual(['media.uploading'])
  gate.open()
  await h.run()
  expect(h.screen).toEqual(['Hello.'])
  expect(h.platform.messages).toHaveLength(1)
})

test('a stop ends an upload, and says so in its place', async () => {
  const h = await setUp()
  h.assistant.holdUploads(createGate())
  await h.say('look', { attachments: [png('a.png')] })
  await h.run(3_000)
  await h.take(command('stop'))
  await h.run()
  expect(h.screen.at(0)).toBe('turn.stopped')
  expect(h.assistant.asked).toHaveLength(0)
  expect(await openTurns(h)).toBe(0)
})

test('the files of a quoted message are part of the question, also those of the bot’s own', async () => {
  for (const fromBot of [false, true]) {
    const h = await setUp()
    await h.say('make it blue', { quoted: { fromBot, text: 'see', attachments: [png('a.png')] } })
    await h.run()
    expect(asked(h)[0]?.slice(1)).toEqual(['image file-1'])
  }
})

test('a picture taken back before its question is asked is not asked about', async () => {
  const h = await setUp(waiting(2_000))
  const event = message('', { attachments: [png('a.png')] })
  await h.take(event)
  await h.run(100)
  await h.take({
    kind: 'retracted',
    id: message('').id,
    sentAtMs: 0,
    address: event.address,
    messageId: event.messageId,
  })
  await h.run(5_000)
  expect(h.assistant.asked).toHaveLength(0)
  expect(await openTurns(h)).toBe(0)
})

test('a reply to a voice message is spoken where the route wants that', async () => {
  const files = {
    maxBytes: 1_000,
    image: { maxBytes: 1_000, types: ['image/png'] },
    imagesPerMessage: 10,
    takesControls: true,
    albumsTakeControls: false,
  }
  const spoken = { input: 'transcribe', quote: false, replies: 'voice', voice: 'anna' } as const
  const h = await setUp({ ...withRoute({ voice: spoken }), files })
  h.assistant.onAnswer(says('It is noon.'), says('Bye.'))
  await h.say('', { attachments: [voice()] })
  await h.run()
  expect(h.assistant.spoken).toEqual(['It is noon.'])
  expect(h.screen).toHaveLength(2)
  expect(h.screen[0]).toBe('It is noon.')
  await h.say('bye')
  await h.run()
  expect(h.assistant.spoken).toHaveLength(1)
  expect(await openTurns(h)).toBe(0)
})

test('an album of which one item speaks to the bot is asked about whole, in its order', async () => {
  const inGroup = { chat: 'group', chatKind: 'group', mentionsBot: false, groupKey: 'g' } as const
  for (const speaks of [0, 1, 2]) {
    const h = await setUp()
    for (const n of [2, 0, 1]) {
      const attachments = [png(`${n}.png`, { order: n })]
      const says = n === speaks
      await h.say(says ? 'compare' : '', { ...inGroup, mentionsBot: says, attachments })
      await h.run(100)
    }
    await h.run(2_000)
    expect(h.assistant.asked).toHaveLength(1)
    expect(h.assistant.asked[0]?.text).toBe('compare')
    const names = h.assistant.asked[0]?.media.map(
      ({ fileId }) => h.assistant.uploaded[Number(fileId.slice(5)) - 1],
    )
    expect(names).toEqual(['0.png', '1.png', '2.png'])
  }
})

test('an album nobody addresses to the bot is not asked about, nor is what follows it', async () => {
  const inGroup = { chat: 'group', chatKind: 'group', mentionsBot: false } as const
  const h = await setUp()
  await h.say('', { ...inGroup, groupKey: 'g', attachments: [png('a.png')] })
  await h.run(100)
  await h.say('hello', { ...inGroup, mentionsBot: true })
  await h.run(2_000)
  expect(asked(h)).toEqual([['hello']])
  expect(h.platform.callsOf('open')).toHaveLength(0)
})

test('what an album answers to is quoted once, and its files are asked about once', async () => {
  const h = await setUp()
  const quoted = { fromBot: false, text: 'see', attachments: [png('q.png')] }
  await h.say('compare', { groupKey: 'g', quoted, attachments: [png('a.png')] })
  await h.say('', { groupKey: 'g', quoted, attachments: [png('b.png')] })
  await h.run(2_000)
  expect(h.assistant.asked[0]?.text).toBe('> see\n\ncompare')
  expect(h.assistant.asked[0]?.media).toHaveLength(3)
})

test('a stop before its question comes takes a picture back', async () => {
  const h = await setUp(waiting(2_000))
  await h.say('', { attachments: [png('a.png')] })
  await h.run(300)
  await h.take(command('stop'))
  await h.run(5_000)
  expect(h.assistant.asked).toHaveLength(0)
  expect(await openTurns(h)).toBe(0)
})

test('a spoken reply reads the answer, and not what was heard', async () => {
  const files = {
    maxBytes: 1_000,
    image: { maxBytes: 1_000, types: ['image/png'] },
    imagesPerMessage: 10,
    takesControls: true,
    albumsTakeControls: false,
  }
  const spoken = { input: 'transcribe', quote: true, replies: 'always', voice: 'anna' } as const
  const h = await setUp({ ...withRoute({ voice: spoken }), files })
  h.assistant.onVoice('What time is it?')
  h.assistant.onAnswer(says('It is noon.'))
  await h.say('', { attachments: [voice()] })
  await h.run()
  expect(h.screen[0]).toContain('What time is it?')
  expect(h.assistant.spoken).toEqual(['It is noon.'])
})

test('the listen button reads the reply aloud, once, however often it is pressed', async () => {
  const files = {
    maxBytes: 1_000,
    image: { maxBytes: 1_000, types: ['image/png'] },
    imagesPerMessage: 10,
    takesControls: true,
    albumsTakeControls: false,
  }
  const controls = { suggestions: false, stop: false, again: false, thumbs: false, listen: true }
  const silent = { input: 'transcribe', quote: false, replies: 'never', voice: 'anna' } as const
  const h = await setUp({ ...withRoute({ voice: silent, controls }), files })
  h.assistant.onAnswer(says('It is noon.'))
  await h.say('what time is it?')
  await h.run()
  expect(h.assistant.spoken).toEqual([])
  const token = tokenOf(h, 'control.listen')
  expect(await h.take(press(token))).toEqual({ show: 'nothing' })
  expect(await h.take(press(token))).toMatchObject({ notice: { key: 'action.done' } })
  await h.run()
  expect(h.assistant.spoken).toEqual(['It is noon.'])
  expect(h.screen).toHaveLength(2)
})
