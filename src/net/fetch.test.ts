// Does the pool behave like `fetch`, for grammY and for everybody else?
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { AbortController as GrammyAbortController } from 'abort-controller'
import { Api, InputFile } from 'grammy'
import { afterEach, expect, test } from 'vitest'
import { createFetch } from './fetch.ts'
import type { Outside } from './fetch.ts'

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

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void
async function serve(handle: Handler): Promise<{ url: string; connections: () => number; server: Server }> {
  let connections = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => handle(request, response, Buffer.concat(chunks).toString()))
  })
  server.on('connection', () => connections++)
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}`, connections: () => connections, server }
}
function open(env: Readonly<Record<string, string>> = {}): Outside {
  const outside = createFetch({ env })
  outsides.push(outside)
  return outside
}

test('posts JSON and reads the answer, over kept connections', async () => {
  const { url, connections } = await serve((request, response, body) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ method: request.method, type: request.headers['content-type'], body }))
  })
  const { fetch } = open()
  for (let i = 0; i < 10; i++) {
    const response = await fetch(`${url}/x`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', connection: 'keep-alive' },
      body: '{"a":1}',
    })
    expect(response.ok).toBe(true)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({ method: 'POST', type: 'application/json', body: '{"a":1}' })
  }
  expect(connections()).toBeLessThanOrEqual(2)
})

test('streams long answers, and gives short and empty ones whole', async () => {
  const long = '长'.repeat(100_000)
  const { url } = await serve((request, response) => {
    if (request.url === '/long') response.end(long)
    else response.writeHead(204).end()
  })
  const { fetch } = open()
  expect(await (await fetch(`${url}/long`)).text()).toBe(long)
  const empty = await fetch(`${url}/empty`)
  expect([empty.status, await empty.text()]).toEqual([204, ''])
})

test('ends with the reason of an aborted signal, before and in the middle of an answer', async () => {
  const controller = new AbortController()
  const { url } = await serve((_, response) => {
    response.writeHead(200, { 'content-length': 10 })
    response.write('half')
    controller.abort(new Error('stopped by the test'))
  })
  const { fetch } = open()
  await expect(fetch(url, { signal: controller.signal })).rejects.toThrow('stopped by the test')
  await expect(fetch(url, { signal: AbortSignal.abort(new Error('at once')) })).rejects.toThrow('at once')
})

test('sends forms, and bytes from a stream', async () => {
  const { url } = await serve((request, response, body) =>
    response.end(`${request.headers['content-type'] ?? ''} ${body}`),
  )
  const { fetch } = open()
  const form = new FormData()
  form.set('file', new Blob(['inside']), 'a.txt')
  expect(await (await fetch(url, { method: 'POST', body: form })).text()).toMatch(
    /^multipart\/form-data.*inside/s,
  )
  const stream = new Blob(['a', 'b']).stream()
  expect(await (await fetch(url, { method: 'POST', body: stream })).text()).toBe(' ab')
  const query = new URLSearchParams({ q: '1' })
  expect(await (await fetch(url, { method: 'POST', body: query })).text()).toMatch(/urlencoded.* q=1$/)
})

test('a refused connection keeps its code', async () => {
  const { url, server } = await serve(() => {})
  await new Promise((done) => server.close(done))
  await expect(open().fetch(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('grammY calls, uploads and aborts through it', async () => {
  const seen: { url: string; type: string; body: string }[] = []
  const { url } = await serve((request, response, body) => {
    seen.push({ url: request.url ?? '', type: request.headers['content-type'] ?? '', body })
    if (request.url?.endsWith('/getUpdates') === true) return
    response.end(JSON.stringify({ ok: true, result: { message_id: 7 } }))
  })
  const api = new Api('1:token', { apiRoot: url, fetch: open().fetch })
  await api.sendMessage(5, '你好')
  expect(seen[0]).toMatchObject({ url: '/bot1:token/sendMessage', type: 'application/json' })
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ chat_id: 5, text: '你好' })

  await api.sendDocument(5, new InputFile(Buffer.from('file content'), 'a.txt'))
  expect(seen[1]?.type).toMatch(/^multipart\/form-data; boundary=/)
  expect(seen[1]?.body).toContain('file content')

  const controller = new GrammyAbortController()
  const poll = api.raw.getUpdates({}, controller.signal)
  controller.abort()
  await expect(poll).rejects.toThrow()
})

test('goes through the proxy the environment names, but never to the machine itself', async () => {
  const { url } = await serve((_, response) => response.end('direct'))
  const proxied: string[] = []
  const proxy = await serve((request, response) => {
    proxied.push(request.url ?? '')
    response.end('through the proxy')
  })
  proxy.server.on('connect', (request: IncomingMessage, socket) => {
    proxied.push(request.url ?? '')
    const target = connect(Number(new URL(url).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      target.pipe(socket).pipe(target)
    })
  })
  const { fetch } = open({ http_proxy: proxy.url })
  expect(await (await fetch(url)).text()).toBe('direct')
  expect(proxied).toEqual([])
  await (await fetch('http://bridge.test/')).text()
  expect(proxied).toHaveLength(1)
  expect(proxied[0]).toContain('bridge.test')
})
