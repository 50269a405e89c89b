// Files and sound of the Coze client: slow lines, broken sources, refusals, and a voice that speaks on.

import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { createHttp } from '../../src/coze/http.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import type { Clock } from '../../src/contract/runtime.ts'
import { defaults, say } from '../../src/emulators/coze/index.ts'
import { askIn, assistantAt, fastClock, live, serve } from '../support/coze-assistant.ts'
import { emulator } from '../support/coze-wire.ts'
import { createRealClock } from '../support/real-clock.ts'

const DONE = JSON.stringify({ code: 0, data: { id: '75', bytes: 1, file_name: 'a.png' } })
const MIB = 1024 * 1024

/** Reads it all, keeps nothing. */
async function sizeOf(request: IncomingMessage): Promise<number> {
  let sizeBytes = 0
  for await (const chunk of request as AsyncIterable<Uint8Array>) sizeBytes += chunk.byteLength
  return sizeBytes
}

async function* slowly(pieces: readonly string[], pauseMs: number) {
  for (const piece of pieces) {
    await sleep(pauseMs)
    yield Buffer.from(piece)
  }
}

async function* breaking(error: Error, afterBytes = 100_000) {
  for (let sent = 0; sent < afterBytes; sent += 50_000) yield Buffer.alloc(50_000)
  await sleep(1)
  throw error
}

test.each(['upload', 'transcribe'] as const)('%s rejects with what broke its source', async (call) => {
  const url = await serve((request, response) => {
    request
      .on('error', () => undefined)
      .on('end', () => response.end(DONE))
      .resume()
  })
  const assistant = assistantAt(url)
  const gone = new PlatformError('discord', 'gone', 'the link has expired')
  for (const afterBytes of [0, 500_000]) {
    const file = { stream: breaking(gone, afterBytes), sizeBytes: 5_000_000, name: 'a.ogg' }
    await expect(assistant[call](file, live)).rejects.toBe(gone)
  }
  // The connection it broke is not the one the next file goes by.
  expect(await assistant.upload({ stream: slowly(['x'], 0), sizeBytes: 1, name: 'a.png' }, live)).toEqual({
    fileId: '75',
  })
})

test('a file that is shorter or longer than announced is not sent as if it were whole', async () => {
  const sizes: number[] = []
  const url = await serve((request, response) => {
    void sizeOf(request).then(
      (sizeBytes) => {
        sizes.push(sizeBytes)
        response.end(DONE)
      },
      () => undefined,
    )
  })
  const assistant = assistantAt(url)
  for (const sizeBytes of [2, 9]) {
    const file = { stream: slowly(['abc', 'def'], 0), sizeBytes, name: 'a.png' }
    await expect(assistant.upload(file, live)).rejects.toMatchObject({
      failure: { kind: 'unavailable', outcome: 'not-sent' },
    })
  }
  expect(sizes).toEqual([])
})

test('a slow file outlives the time its answer may take; an answer that never comes does not', async () => {
  const url = await serve((request, response) => {
    void sizeOf(request).then(() => {
      if (request.url === '/answers') response.end(DONE)
    })
  })
  const http = createHttp({ apiBase: url, clock: createRealClock(), limits: { firstByteMs: 200 } })
  onTestFinished(() => http.close())
  const send = (path: string, pauseMs: number) => {
    const stream = slowly(['a', 'b', 'c', 'd'], pauseMs)
    const payload = { contentType: 'text/plain', sizeBytes: 4, stream }
    return http.json({ method: 'POST', path, payload }, live)
  }
  await expect(send('/answers', 250)).resolves.toHaveProperty('body')
  await expect(send('/silent', 0)).rejects.toMatchObject({ failure: { kind: 'lost', outcome: 'unknown' } })
})

test('a file that stops coming is given up, and its source is let go', async () => {
  const url = await serve((request) => void request.on('error', () => undefined).resume())
  let isLetGo = false
  let wake = (): void => undefined
  async function* stuck() {
    try {
      yield Buffer.from('a')
      await new Promise<void>((resolve) => (wake = resolve))
    } finally {
      isLetGo = true
    }
  }
  // A minute of silence is a little more than a second of this clock.
  const sent = assistantAt(url).upload({ stream: stuck(), sizeBytes: 9, name: 'a.png' }, live)
  await expect(sent).rejects.toMatchObject({ failure: { kind: 'unavailable', outcome: 'unknown' } })
  wake()
  await expect.poll(() => isLetGo).toBe(true)
})

test('an upload that is cancelled lets its source go', async () => {
  const url = await serve((request) => void request.on('error', () => undefined).resume())
  const stop = new AbortController()
  let isLetGo = false
  async function* endless() {
    try {
      for (;;) {
        yield Buffer.alloc(1_000)
        await sleep(1)
        stop.abort()
      }
    } finally {
      isLetGo = true
    }
  }
  const sent = assistantAt(url).upload({ stream: endless(), sizeBytes: MIB, name: 'a.png' }, stop.signal)
  await expect(sent).rejects.toMatchObject({ failure: { kind: 'cancelled' } })
  await expect.poll(() => isLetGo).toBe(true)
})

test('a large file goes through without being kept, and arrives byte for byte', async () => {
  const sizeBytes = 256 * MIB
  const url = await serve((request, response) => {
    const heard = createHash('sha256')
    let left: number | undefined
    request.on('data', (chunk: Buffer) => {
      const bytes = left === undefined ? chunk.subarray(chunk.indexOf('\r\n\r\n') + 4) : chunk
      left ??= sizeBytes
      heard.update(bytes.subarray(0, left))
      left -= Math.min(left, bytes.byteLength)
    })
    request.on('end', () => response.end(JSON.stringify({ code: 0, data: { id: heard.digest('hex') } })))
  })
  const chunk = Buffer.alloc(64 * 1024, 'the words of a large file, ')
  const said = createHash('sha256')
  const base = process.memoryUsage().rss
  let peak = base
  async function* file() {
    for (let at = 0; at < sizeBytes; at += chunk.byteLength) {
      said.update(chunk)
      peak = Math.max(peak, process.memoryUsage.rss())
      yield chunk
    }
  }
  const assistant = assistantAt(url, { clock: createRealClock() })
  const { fileId } = await assistant.upload({ stream: file(), sizeBytes, name: 'a.zip' }, live)
  expect(fileId).toBe(said.digest('hex'))
  expect((peak - base) / MIB).toBeLessThan(100)
}, 60_000)

test.each([
  [4302, 'rejected'],
  [4303, 'rejected'],
  [4304, 'rejected'],
  [4020, 'rate-limited'],
])('a refusal with code %i is %s, and is told by its code', async (code, kind) => {
  const url = await serve((request, response) => {
    request.on('end', () => response.end(JSON.stringify({ code, msg: 'no' }))).resume()
  })
  const file = { stream: slowly(['abc'], 0), sizeBytes: 3, name: 'a.png' }
  await expect(assistantAt(url).upload(file, live)).rejects.toMatchObject({ failure: { kind, code } })
})

test('too large is told the same way by us, by Coze and by a gateway that does not listen to the end', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(413).end('<html>too large</html>')
  })
  const assistant = assistantAt(url)
  const failure = { kind: 'rejected', code: 4302 }
  const file = { stream: slowly(['abc'], 0), sizeBytes: 3, name: 'a.png' }
  await expect(assistant.upload(file, live)).rejects.toMatchObject({ failure })
  const huge = { ...file, sizeBytes: assistant.files.maxBytes + 1 }
  await expect(assistant.upload(huge, live)).rejects.toMatchObject({ failure })
  const long = { ...file, sizeBytes: assistant.speech.maxHeardBytes + 1 }
  await expect(assistant.transcribe(long, live)).rejects.toMatchObject({ failure })
})

test('an upload past its limit waits its turn', async () => {
  const coze = await emulator()
  const assistant = assistantAt(coze.url, { rates: { uploadsPerSecond: 2 } })
  const files = [1, 2, 3, 4, 5].map(() =>
    assistant.upload({ stream: slowly(['abc'], 0), sizeBytes: 3, name: 'a.png' }, live),
  )
  expect(new Set((await Promise.all(files)).map(({ fileId }) => fileId)).size).toBe(5)
})

test('each name the assistant gives is taken by Coze', async () => {
  const coze = await emulator()
  const assistant = assistantAt(coze.url)
  for (const name of ['a.jpeg', 'a.tif', 'a.mid', 'a.oga', 'a.jp2', 'a.rm', 'a.PDF', 'a.3gpp']) {
    const taken = assistant.files.nameFor({ name })
    const file = { stream: slowly(['abc'], 0), sizeBytes: 3, ...(taken !== undefined && { name: taken }) }
    const { fileId } = await assistant.upload(file, live)
    expect(coze.store.files.get(fileId)?.name).toBe(taken)
  }
})

const wav = (text: string) => Buffer.from(text).toString('base64')

test('the voice of a reply is heard, also after its last word, and the end is told last', async () => {
  const coze = await emulator()
  coze.setScript(defaults.botId, () => [
    say('hello'),
    { audio: wav('one ') },
    { audio: '%%%' },
    { audio: wav('two '), late: true },
    { audio: wav('three'), late: true },
  ])
  const reply = await askIn(assistantAt(coze.url), '')
  expect(reply).toMatchObject({ shown: 'hello', closing: { kind: 'completed' } })
  const heard = reply.events.flatMap((event) => (event.kind === 'audio' ? [event.bytes] : []))
  expect(Buffer.concat(heard).toString()).toBe('one two three')
})

interface Line {
  readonly event: string
  readonly data: object
  /** On the assistant's clock. */
  readonly afterMs?: number
}
const chat = { id: 'x1', conversation_id: 'c1' }
const answer = { ...chat, chat_id: 'x1', id: 'a', role: 'assistant', type: 'answer', content_type: 'text' }
const created: Line = { event: 'conversation.chat.created', data: { ...chat, status: 'created' } }
const spoken: Line = { event: 'conversation.message.completed', data: { ...answer, content: 'hi' } }
const completed: Line = { event: 'conversation.chat.completed', data: { ...chat, status: 'completed' } }
const sound = (text: string, afterMs = 0): Line => ({
  event: 'conversation.audio.delta',
  data: { ...answer, content_type: 'audio', content: wav(text) },
  afterMs,
})

const real = createRealClock()
/** Fast enough to wait for, and slow enough that a busy machine does not look like a silent one. */
const briskClock: Clock = {
  now: () => real.now(),
  elapsed: () => real.elapsed() * 10,
  sleep: (ms, signal) => real.sleep(ms / 10, signal),
}

/** Says the lines, and then neither `done` nor goodbye. */
function tell(lines: readonly Line[], clock: Clock): Promise<string> {
  return serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    void (async () => {
      for (const { event, data, afterMs = 0 } of lines) {
        if (afterMs > 0) await clock.sleep(afterMs)
        response.write(`event:${event}\ndata:${JSON.stringify(data)}\n\n`)
      }
    })()
  })
}

async function hear(lines: readonly Line[], clock = briskClock) {
  const reply = await askIn(assistantAt(await tell(lines, clock), { clock }), '')
  expect(reply).toMatchObject({ shown: 'hi', closing: { kind: 'completed' } })
  return reply.events.flatMap((event) =>
    event.kind === 'audio' ? [Buffer.from(event.bytes).toString()] : [],
  )
}

test('a voice that speaks on after the last word is listened to, but not for ever', async () => {
  const paused = [created, spoken, completed, sound('one'), sound('two', 4_000), sound('three', 4_000)]
  expect(await hear(paused)).toEqual(['one', 'two', 'three'])
  const endless = Array.from({ length: 40 }, () => sound('x', 2_000))
  const heard = await hear([created, spoken, completed, sound('x'), ...endless], fastClock)
  expect(heard.length).toBeGreaterThan(1)
  expect(heard.length).toBeLessThan(40)
})

test('a reply without a voice after it is not held up, even one that has spoken before', async () => {
  const late = sound('late', 40_000)
  expect(await hear([created, spoken, completed, late])).toEqual([])
  expect(await hear([created, sound('one'), spoken, completed, late])).toEqual(['one'])
})
