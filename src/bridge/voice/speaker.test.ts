import { expect, test } from 'vitest'
import { createManualClock } from '../../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../../test/support/quiet-logger.ts'
import { mp3File, oneSecondOfOpus } from '../../../test/support/sound-files.ts'
import type { Assistant } from '../../contract/assistant.ts'
import { AssistantError } from '../../contract/errors.ts'
import type { FailureKind } from '../../contract/errors.ts'
import type { OutgoingFile } from '../../contract/platform.ts'
import { createSpeaker } from './speaker.ts'

const never = new AbortController().signal
type Speak = NonNullable<Assistant['speak']>

function stage(speak?: Speak, maxSpokenBytes = 40) {
  const time = createManualClock()
  const log = createQuietLogger()
  const speech = { maxHeardBytes: 1, maxSpokenBytes, heardNameFor: () => undefined }
  const assistant = speak === undefined ? {} : { speak, speech }
  return { time, log, speaker: createSpeaker({ assistant, clock: time.clock, log }) }
}

function failure(kind: FailureKind, retryAfterMs?: number): AssistantError {
  const more = retryAfterMs === undefined ? {} : { retryAfterMs }
  return new AssistantError({ kind, detail: 'POST /speech: refused', outcome: 'not-sent', ...more })
}

async function bytesOf(file: OutgoingFile): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of file.open()) pieces.push(piece)
  return Buffer.concat(pieces)
}

test('a reply is spoken piece by piece, in order, and becomes one voice message', async () => {
  const asked: Parameters<Speak>[0][] = []
  const { speaker } = stage(async (speech) => {
    asked.push(speech)
    return { bytes: oneSecondOfOpus(asked.length), mimeType: 'audio/ogg' }
  })
  const markdown = 'The **first** sentence is this one. And a second one follows here.'
  const file = (await speaker.speak(markdown, { voice: 'v1', speed: 1.5 }, never))!
  expect(asked).toEqual([
    { text: 'The first sentence is this one.', voice: 'v1', speed: 1.5 },
    { text: 'And a second one follows here.', voice: 'v1', speed: 1.5 },
  ])
  expect(file).toMatchObject({ kind: 'voice', name: 'reply.ogg', mimeType: 'audio/ogg' })
  expect(file.durationMs).toBeGreaterThanOrEqual(2_000)
  expect(file.loudness?.length).toBeGreaterThan(0)
  expect((await bytesOf(file)).length).toBe(file.sizeBytes)
  expect(Buffer.compare(await bytesOf(file), await bytesOf(file))).toBe(0)
})

test('sound that is no voice message goes as sound', async () => {
  const { speaker } = stage(async () => ({ bytes: mp3File(10), mimeType: 'audio/mpeg' }))
  expect(await speaker.speak('Hello.', { voice: 'v1' }, never)).toMatchObject({
    kind: 'audio',
    name: 'reply.mp3',
    durationMs: 240,
  })
})

test('nothing to say, or nobody to say it: no file', async () => {
  let calls = 0
  const { speaker } = stage(async () => {
    calls += 1
    return { bytes: mp3File(1), mimeType: 'audio/mpeg' }
  })
  expect(await speaker.speak('```\ncode\n```', { voice: 'v1' }, never)).toBeUndefined()
  expect(await stage().speaker.speak('Hello.', { voice: 'v1' }, never)).toBeUndefined()
  expect(calls).toBe(0)
})

test('a very long reply is spoken in eight pieces and no more', async () => {
  let calls = 0
  const { speaker } = stage(async () => {
    calls += 1
    return { bytes: oneSecondOfOpus(calls), mimeType: 'audio/ogg' }
  })
  await speaker.speak('This sentence is said again and again. '.repeat(50), { voice: 'v1' }, never)
  expect(calls).toBe(8)
})

test.each([
  ['their side is down', failure('unavailable'), 1_000],
  ['we are too fast', failure('rate-limited', 7_000), 7_000],
  ['they ask for an hour', failure('rate-limited', 3_600_000), 30_000],
])('tries again after a pause when %s', async (_why, error, pauseMs) => {
  let calls = 0
  const { speaker, time } = stage(async () => {
    calls += 1
    if (calls === 1) throw error
    return { bytes: oneSecondOfOpus(), mimeType: 'audio/ogg' }
  })
  const spoken = speaker.speak('Hello.', { voice: 'v1' }, never)
  await time.advance(pauseMs - 1)
  expect(calls).toBe(1)
  await time.advance(1)
  expect(calls).toBe(2)
  expect(await spoken).toMatchObject({ kind: 'voice' })
})

test('gives up after three tries, and at once where another try is of no use', async () => {
  let calls = 0
  const down = stage(async () => {
    calls += 1
    throw failure('unavailable')
  })
  const spoken = down.speaker.speak('Hello.', { voice: 'v1' }, never).catch((error: unknown) => error)
  await down.time.advance(60_000)
  expect(await spoken).toBeInstanceOf(AssistantError)
  expect(calls).toBe(3)
  for (const error of [failure('quota'), failure('denied'), new TypeError('a defect')]) {
    const { speaker } = stage(() => Promise.reject(error))
    await expect(speaker.speak('Hello.', { voice: 'v1' }, never)).rejects.toBe(error)
  }
})

test('stops in its pause when it is not wanted any more', async () => {
  const stop = new AbortController()
  const { speaker, time } = stage(() => Promise.reject(failure('unavailable')))
  const spoken = speaker.speak('Hello.', { voice: 'v1' }, stop.signal).catch((error: unknown) => error)
  await time.settle()
  stop.abort(new Error('not wanted'))
  expect(await spoken).toMatchObject({ message: 'not wanted' })
  expect(time.sleepers).toBe(0)
})

test('three speak at once, the fourth when one has ended', async () => {
  const open: (() => void)[] = []
  const { speaker, time } = stage(async () => {
    await new Promise<void>((resolve) => open.push(resolve))
    return { bytes: oneSecondOfOpus(), mimeType: 'audio/ogg' }
  })
  const all = Array.from({ length: 4 }, () => speaker.speak('Hello.', { voice: 'v1' }, never))
  await time.settle()
  expect(open).toHaveLength(3)
  open[0]?.()
  await all[0]
  await time.settle()
  expect(open).toHaveLength(4)
  for (const end of open) end()
  expect(await Promise.all(all)).toHaveLength(4)
})

test('an agent’s own sound is put together from its pieces, whatever it is', async () => {
  const { speaker } = stage()
  const ogg = oneSecondOfOpus()
  expect(await speaker.ownSound([ogg.subarray(0, 100), ogg.subarray(100)], never)).toMatchObject({
    kind: 'voice',
    name: 'reply.ogg',
    durationMs: 1_000,
  })
  expect(await speaker.ownSound([new Uint8Array(47_999), new Uint8Array(1)], never)).toMatchObject({
    kind: 'audio',
    name: 'reply.wav',
    mimeType: 'audio/wav',
    durationMs: 1_000,
  })
  expect(await speaker.ownSound([mp3File(2), mp3File(3)], never)).toMatchObject({
    name: 'reply.mp3',
    durationMs: 120,
  })
  expect(await speaker.ownSound([], never)).toBeUndefined()
})

test('words never reach the log', async () => {
  const { speaker, time, log } = stage(() => Promise.reject(failure('unavailable')))
  const spoken = speaker.speak('Something private.', { voice: 'v1' }, never).catch(() => undefined)
  await time.advance(60_000)
  await spoken
  expect(log.lines.length).toBeGreaterThan(0)
  expect(JSON.stringify(log.lines)).not.toContain('private')
})
