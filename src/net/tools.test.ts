// Does a local plugin get an answer, whatever the owner's service does?
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import type { ToolSpec } from '../contract/policy.ts'
import { createFetch } from './fetch.ts'
import type { Outside } from './fetch.ts'
import { createToolCaller } from './tools.ts'

const servers: Server[] = []
const outsides: Outside[] = []
afterEach(async () => {
  await Promise.all(outsides.splice(0).map((outside) => outside.dispatcher.destroy()))
  await Promise.all(
    servers.splice(0).map((server) => {
      server.closeAllConnections()
      return new Promise((done) => server.close(done))
    }),
  )
})

type Handler = (response: ServerResponse, body: string, request: IncomingMessage) => void

const context = { turn: 'turn-1', person: 'p_42', platform: 'telegram', chat: '7' }
const SECRET = 'a very secret key'

/** A service that answers with `handle`, and the caller that knows it as `lookup`. */
async function open(handle: Handler, spec: Partial<ToolSpec> = {}) {
  const calls: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      calls.push({ headers: request.headers, body })
      handle(response, body, request)
    })
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const url = `http://127.0.0.1:${address.port}/lookup`
  const outside = createFetch({ env: {} })
  outsides.push(outside)
  const time = createManualClock()
  const log = createQuietLogger()
  const call = createToolCaller({
    tools: () => ({ lookup: { url, timeoutMs: 10_000, ...spec } }),
    fetch: outside.fetch,
    clock: time.clock,
    log,
  })
  const ask = (argumentsJson = '{"city":"Oslo"}', name = 'lookup', signal = AbortSignal.timeout(20_000)) =>
    call({ name, argumentsJson, context }, signal)
  return { ask, calls, time, log, server }
}

test('asks the service with the arguments and who wants to know, and passes its JSON on to the letter', async () => {
  const { ask, calls } = await open((response) => response.end('{ "sky":  "clear" }\n'))
  expect(await ask()).toBe('{ "sky":  "clear" }\n')
  expect(JSON.parse(calls[0]?.body ?? '')).toEqual({ tool: 'lookup', arguments: { city: 'Oslo' }, context })
  expect(calls[0]?.headers['content-type']).toBe('application/json')
  expect(calls[0]?.headers).not.toHaveProperty('x-bridge-signature')
})

test('signs what it sends, so that the service can tell it from strangers', async () => {
  const spec = { secret: SECRET, headers: { 'X-Key': 'k', 'X-Bridge-Signature': 'v1=forged' } }
  const { ask, calls, time } = await open((response) => response.end('{}'), spec)
  await ask()
  const { headers, body } = calls[0] ?? { headers: {}, body: '' }
  const timestamp = String(Math.floor(time.now() / 1_000))
  const hex = createHmac('sha256', SECRET).update(`${timestamp}.${body}`).digest('hex')
  expect(headers).toMatchObject({
    'x-key': 'k',
    'x-bridge-timestamp': timestamp,
    'x-bridge-signature': `v1=${hex}`,
  })
})

test('words that are no JSON are said to be words', async () => {
  const { ask } = await open((response) => response.end('晴 "clear"'))
  expect(JSON.parse(await ask())).toEqual({ text: '晴 "clear"' })
})

test('a tool nobody configured is said to be missing, also one called like a part of every object', async () => {
  const { ask, calls } = await open((response) => response.end('{}'))
  expect(JSON.parse(await ask('{}', 'x'))).toEqual({ error: 'The tool "x" is not available here.' })
  expect(await ask('{}', 'constructor')).toContain('not available')
  expect(calls).toEqual([])
})

test('broken arguments reach nobody; no arguments at all are an empty object', async () => {
  const { ask, calls } = await open((response) => response.end('{}'))
  expect(await ask('{"city":"Os')).toContain('not valid JSON')
  expect(calls).toEqual([])
  await ask('')
  expect(JSON.parse(calls[0]?.body ?? '')).toMatchObject({ arguments: {} })
})

test.each([301, 302, 307, 404, 500])(
  'an answer of status %i is an error, and leads nowhere else',
  async (status) => {
    const { ask, calls } = await open((response) => {
      response.writeHead(status, { location: '/elsewhere' }).end('{"stack":"secret insides"}')
    })
    expect(JSON.parse(await ask())).toEqual({ error: 'The tool answered with an error.' })
    expect(calls).toHaveLength(1)
  },
)

test('an answer as long as allowed is passed on, a longer one is not', async () => {
  const sized = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`
  const fits = sized(262_144)
  expect(await (await open((response) => response.end(fits))).ask()).toBe(fits)
  const { ask } = await open((response) => response.end(sized(262_145)))
  expect(JSON.parse(await ask())).toEqual({ error: 'The answer of the tool is too long.' })
})

test('a service that answers for ever is left', async () => {
  const { ask } = await open((response) => {
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      response.once('drain', more)
    }
    more()
  })
  expect(await ask()).toContain('too long')
})

test.each(['nothing', 'half'] as const)(
  'after its time limit, a service that said %s is given up',
  async (said) => {
    const heard = Promise.withResolvers<undefined>()
    const { ask, time } = await open((response) => {
      if (said === 'half') response.write('{"half":')
      heard.resolve(undefined)
    })
    const answer = ask()
    await heard.promise
    await time.advance(9_999)
    await time.advance(1)
    expect(JSON.parse(await answer)).toEqual({ error: 'The tool did not answer in time.' })
    expect(time.sleepers).toBe(0)
  },
)

test('a service that is not there is told as such, without its address', async () => {
  const { ask, server } = await open(() => undefined)
  await new Promise((done) => server.close(done))
  expect(JSON.parse(await ask())).toEqual({ error: 'The tool could not be reached.' })
})

test('a service that breaks off is told as such', async () => {
  const { ask } = await open((response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('{"half":', () => response.destroy())
  })
  expect(JSON.parse(await ask())).toEqual({ error: 'The tool could not be reached.' })
})

test('when nobody waits any more, it ends with the reason and keeps no timer', async () => {
  const stop = new AbortController()
  const { ask, time, calls } = await open(() => stop.abort(new Error('stopped by the test')))
  await expect(ask('{}', 'lookup', stop.signal)).rejects.toThrow('stopped by the test')
  expect(time.sleepers).toBe(0)
  await expect(ask('{}', 'lookup', stop.signal)).rejects.toThrow('stopped by the test')
  expect(calls).toHaveLength(1)
})

test('the log holds ids and numbers: no address, no secret, no word of arguments or answer', async () => {
  const answers = ['{"sky":"clear"}', undefined]
  const { ask, log } = await open(
    (response) => {
      const answer = answers.shift()
      response.writeHead(answer === undefined ? 500 : 200).end(answer ?? 'secret insides')
    },
    { secret: SECRET },
  )
  await ask()
  await ask()
  await ask('{"city":"Os')
  expect(log.lines).toHaveLength(3)
  expect(log.lines[0]?.fields).toEqual({ turn: 'turn-1', tool: 'lookup', tookMs: 0, chars: 15 })
  expect(JSON.stringify(log.lines)).not.toMatch(/127\.0\.0\.1|secret|Os|clear|p_42/)
})
