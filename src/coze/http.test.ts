import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createHttp } from './http.ts'

const live = new AbortController().signal

async function httpTo(listener: RequestListener, path = '') {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const http = createHttp({ apiBase: `http://127.0.0.1:${port}${path}`, clock: createManualClock().clock })
  onTestFinished(async () => {
    await http.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return http
}

test('keeps the path before the API, encodes the query, and sends the token', async () => {
  const seen: unknown[] = []
  const http = await httpTo((request, response) => {
    seen.push([request.method, request.url, request.headers.authorization])
    response.setHeader('content-type', 'application/json').end('{"code":0,"data":{}}')
  }, '/coze/')
  await http.json({ method: 'GET', path: '/v1/x', query: { a: '1&2', b: undefined }, token: 't' }, live)
  expect(seen).toEqual([['GET', '/coze/v1/x?a=1%262', 'Bearer t']])
})

test.each([
  ['X-Tt-Logid', 'A'],
  ['X-Log-ID', 'B'],
])('takes the logid from %s, else from the body', async (header, logid) => {
  const http = await httpTo((request, response) => {
    if (request.url === '/head') response.setHeader(header, logid)
    response.end('{"code":4000,"msg":"no","detail":{"logid":"BODY"}}')
  })
  const get = (path: string) => http.json({ method: 'GET', path }, live)
  await expect(get('/head')).rejects.toMatchObject({ failure: { logid, code: 4000 } })
  await expect(get('/body')).rejects.toMatchObject({ failure: { logid: 'BODY', code: 4000 } })
})

test('a body without code counts as a success when it brings something', async () => {
  const http = await httpTo((request, response) => {
    response.end(request.url === '/chat' ? '{"ChatV3ChatDetail":{"id":"75"},"BaseResp":null}' : '{"x":1}')
  })
  expect((await http.json({ method: 'GET', path: '/chat' }, live)).body).toHaveProperty('ChatV3ChatDetail')
  await expect(http.json({ method: 'GET', path: '/odd' }, live)).rejects.toMatchObject({
    failure: { kind: 'garbled' },
  })
})

test('an answer without end is given up after a megabyte', async () => {
  const http = await httpTo((_request, response) => {
    response.write('{"code":0,"data":"')
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    }
    response.on('drain', more)
    more()
  })
  await expect(http.json({ method: 'GET', path: '/' }, live)).rejects.toMatchObject({
    failure: { kind: 'garbled' },
  })
})

test('a redirect is not followed: the token stays with the one it is for', async () => {
  let requests = 0
  const http = await httpTo((_request, response) => {
    requests += 1
    response.writeHead(302, { location: '/elsewhere' }).end()
  })
  await expect(http.json({ method: 'GET', path: '/', token: 't' }, live)).rejects.toMatchObject({
    failure: { kind: 'garbled' },
  })
  expect(requests).toBe(1)
})

test('a token that cannot be a header is a fault of the setting, and is not told', async () => {
  const http = await httpTo((_request, response) => response.end())
  const failure = await http
    .json({ method: 'GET', path: '/', token: 'SECRET\nx' }, live)
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({ failure: { kind: 'misconfigured', outcome: 'not-sent' } })
  expect(String(failure)).not.toContain('SECRET')
})

test('Retry-After is read as seconds and as a date', async () => {
  const { clock } = createManualClock()
  const http = await httpTo((request, response) => {
    const date = new Date(clock.now() + 9_000).toUTCString()
    response.writeHead(429, { 'retry-after': request.url === '/date' ? date : '7' }).end('busy')
  })
  const get = (path: string) => http.json({ method: 'GET', path }, live)
  await expect(get('/seconds')).rejects.toMatchObject({
    failure: { kind: 'rate-limited', retryAfterMs: 7_000 },
  })
  await expect(get('/date')).rejects.toMatchObject({ failure: { kind: 'rate-limited', retryAfterMs: 9_000 } })
})
