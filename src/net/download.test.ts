// Does a download stay within its bounds, whatever the other side does?
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createDownloader, DownloadError, type Downloader, type DownloaderOptions } from './download.ts'
import { isForbiddenAddress } from './guard.ts'

const servers: Server[] = []
const downloaders: Downloader[] = []
afterEach(async () => {
  await Promise.all(downloaders.splice(0).map((each) => each.close()))
  await Promise.all(
    servers.splice(0).map((server) => {
      server.closeAllConnections()
      return new Promise((done) => server.close(done))
    }),
  )
})

type Handler = (request: IncomingMessage, response: ServerResponse) => void
interface Served {
  readonly host: string
  readonly port: number
  readonly requests: readonly IncomingMessage[]
}
async function serve(handle: Handler): Promise<Served> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    handle(request, response)
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { host: `127.0.0.1:${address.port}`, port: address.port, requests }
}

const time = createManualClock()
function open(options: Partial<DownloaderOptions> = {}): Downloader {
  const downloader = createDownloader({ allowHosts: [], env: {}, clock: time.clock, ...options })
  downloaders.push(downloader)
  return downloader
}
/** A network in which 127.0.0.1 stands for a public place; `names` answers each lookup in turn, the last one for ever. */
function networkOf(names: Readonly<Record<string, readonly string[]>>) {
  const asked: string[] = []
  const network = {
    resolve: async (name: string) => {
      const answers = names[name] ?? []
      const nth = asked.filter((each) => each === name).length
      asked.push(name)
      const address = answers[Math.min(nth, answers.length - 1)]
      if (address === undefined) throw new Error(`getaddrinfo ENOTFOUND ${name}`)
      return [{ address, family: address.includes(':') ? 6 : 4 }]
    },
    isForbidden: (address: string) => address !== '127.0.0.1' && isForbiddenAddress(address),
  }
  return { network, asked }
}

async function piecesOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  return pieces
}
const LIMIT = { maxBytes: 1_000_000, signal: AbortSignal.timeout(30_000) }
async function read(downloader: Downloader, url: string, opts = LIMIT): Promise<Buffer> {
  const { stream } = await downloader.open(url, opts)
  return Buffer.concat(await piecesOf(stream))
}
async function failureOf(promise: Promise<unknown>): Promise<DownloadError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof DownloadError) return error
  throw new Error('no DownloadError', { cause: error })
}
async function kindOf(promise: Promise<unknown>): Promise<string> {
  return (await failureOf(promise)).kind
}

test('gives the bytes, and what the answer says of them', async () => {
  const { host } = await serve((_, response) => {
    response.writeHead(200, {
      'content-type': 'Image/PNG; charset=binary',
      'content-length': 5,
      'content-disposition': `attachment; filename="x.png"; filename*=UTF-8''%E7%8C%AB.png`,
    })
    response.end('bytes')
  })
  const download = await open({ allowHosts: [host] }).open(`http://${host}/a?b=c`, LIMIT)
  expect(download).toMatchObject({ sizeBytes: 5, name: '猫.png', mimeType: 'image/png' })
  expect(Buffer.concat(await piecesOf(download.stream)).toString()).toBe('bytes')
  expect(time.sleepers).toBe(0)
})

test.each([
  ['/dir/%E7%8C%AB.png?x=1', undefined, '猫.png'],
  ['/obj/a.png~tplv-abc-image.image', undefined, 'a.png'],
  ['/x', 'inline; filename=report.pdf', 'report.pdf'],
  ['/x', 'attachment; filename="a \\"b\\".txt"', 'a "b".txt'],
  ['/%zz.png', undefined, '%zz.png'],
  ['/', undefined, undefined],
])('%s with %j is called %j', async (path, disposition, name) => {
  const { host } = await serve((_, response) => {
    if (disposition !== undefined) response.setHeader('content-disposition', disposition)
    response.end('x')
  })
  const download = await open({ allowHosts: [host] }).open(`http://${host}${path}`, LIMIT)
  expect(download.name).toBe(name)
  await piecesOf(download.stream)
})

test('tells the other side nothing: no login, no cookie, no referer, also after a redirect', async () => {
  const served = await serve((request, response) => {
    if (request.url === '/1') response.writeHead(302, { location: '/2', 'set-cookie': 'a=b' }).end()
    else response.end('x')
  })
  await read(open({ allowHosts: [served.host] }), `http://${served.host}/1`)
  expect(served.requests).toHaveLength(2)
  for (const { headers } of served.requests) {
    const told = ['accept', 'accept-encoding', 'connection', 'host', 'user-agent']
    expect(Object.keys(headers).filter((name) => !told.includes(name))).toEqual([])
    expect(headers['accept-encoding']).toBe('identity')
  }
})

test.each([
  'http://127.0.0.1:PORT/',
  'http://2130706433:PORT/',
  'http://0x7f.1:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/',
  'http://localhost:PORT/',
  'http://user:pw@example.com/',
  'file:///etc/passwd',
  'data:text/plain,hello',
  'no address at all',
  `http://example.com/${'a'.repeat(9_000)}`,
])('%.60s is refused, and nobody is asked', async (address) => {
  const { port, requests } = await serve((_, response) => response.end('SECRET'))
  expect(await kindOf(open().open(address.replace('PORT', String(port)), LIMIT))).toBe('refused')
  expect(requests).toEqual([])
})

test.each(['10.0.0.1', '169.254.169.254', '::1', 'fd00:ec2::254', '::ffff:127.0.0.1'])(
  'a name that means %s is refused',
  async (address) => {
    const { network } = networkOf({ 'evil.example.com': [address] })
    expect(await kindOf(open({ network }).open('http://evil.example.com/', LIMIT))).toBe('refused')
  },
)

test('a name that means something else the second time is reached where it was checked, once', async () => {
  const { port, requests } = await serve((_, response) =>
    response.setHeader('connection', 'close').end('public'),
  )
  const { network, asked } = networkOf({ 'rebind.example.com': ['127.0.0.1', '10.0.0.1'] })
  const downloader = open({ network })
  const url = `http://rebind.example.com:${port}/`
  expect((await read(downloader, url)).toString()).toBe('public')
  expect(asked).toHaveLength(1)
  expect(await kindOf(downloader.open(url, LIMIT))).toBe('refused')
  expect(requests).toHaveLength(1)
})

test.each([
  'http://169.254.169.254/latest/meta-data/',
  'http://127.1:1/',
  'http://[::1]:1/',
  'http://localhost:1/',
  'http://home.example.com/',
  'http://user:pw@other.example.com/',
  'file:///etc/passwd',
  '//10.0.0.1/',
])('a redirect to %s is refused', async (location) => {
  const { host, port, requests } = await serve((_, response) => response.writeHead(302, { location }).end())
  const { network } = networkOf({ 'public.example.com': ['127.0.0.1'], 'home.example.com': ['10.0.0.1'] })
  // The owner's trust in one place is no trust in where it leads.
  const trusting = open({ allowHosts: [host], network: { ...network, isForbidden: isForbiddenAddress } })
  expect(await kindOf(trusting.open(`http://${host}/`, LIMIT))).toBe('refused')
  const url = `http://public.example.com:${port}/`
  if (!location.includes('127.1')) expect(await kindOf(open({ network }).open(url, LIMIT))).toBe('refused')
  expect(requests.length).toBeGreaterThan(0)
})

test('an allowed place may not send us to its neighbour', async () => {
  const neighbour = await serve((_, response) => response.end('SECRET'))
  const { host } = await serve((_, response) =>
    response.writeHead(307, { location: `http://${neighbour.host}/` }).end(),
  )
  expect(await kindOf(open({ allowHosts: [host] }).open(`http://${host}/`, LIMIT))).toBe('refused')
  expect(neighbour.requests).toEqual([])
})

test('five redirects are followed, six are not', async () => {
  const { host } = await serve((request, response) => {
    const left = Number(request.url?.slice(1))
    if (left === 0) response.end('there')
    else response.writeHead(301, { location: `/${left - 1}` }).end('moved')
  })
  const downloader = open({ allowHosts: [host] })
  expect((await read(downloader, `http://${host}/5`)).toString()).toBe('there')
  expect(await kindOf(downloader.open(`http://${host}/6`, LIMIT))).toBe('unavailable')
})

test.each([
  [403, 'gone'],
  [404, 'gone'],
  [410, 'gone'],
  [401, 'unavailable'],
  [429, 'unavailable'],
  [500, 'unavailable'],
  [204, 'unavailable'],
  [206, 'unavailable'],
  [302, 'unavailable'],
])('status %i without more is %s', async (status, kind) => {
  const { host } = await serve((_, response) => response.writeHead(status).end())
  const failure = await failureOf(
    open({ allowHosts: [host] }).open(`http://${host}/path?x-signature=SECRET`, LIMIT),
  )
  expect(failure.kind).toBe(kind)
  expect(failure.message).not.toMatch(/SECRET|path/)
})

test('an answer that is packed although nobody asked for it is not the file', async () => {
  const { host } = await serve((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
  )
  expect(await kindOf(open({ allowHosts: [host] }).open(`http://${host}/`, LIMIT))).toBe('unavailable')
})

test('what says it is too large is not read', async () => {
  const { host } = await serve((_, response) => {
    response.writeHead(200, { 'content-length': 1_001 })
    response.write('x')
  })
  const opts = { ...LIMIT, maxBytes: 1_000 }
  expect(await kindOf(open({ allowHosts: [host] }).open(`http://${host}/`, opts))).toBe('too-large')
})

test('exactly as much as allowed is fine; an endless body is left', async () => {
  const { host } = await serve((request, response) => {
    if (request.url === '/exact') {
      response.end('x'.repeat(100_000))
      return
    }
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      response.once('drain', more)
    }
    more()
  })
  const downloader = open({ allowHosts: [host] })
  const opts = { ...LIMIT, maxBytes: 100_000 }
  expect(await read(downloader, `http://${host}/exact`, opts)).toHaveLength(100_000)
  expect(await kindOf(read(downloader, `http://${host}/endless`, opts))).toBe('too-large')
  expect(time.sleepers).toBe(0)
})

test('less than announced is a failure, more than announced is not read', async () => {
  const raw = createTcpServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (head) => {
      const body = head.toString().startsWith('GET /short') ? 'half' : 'whole and more'
      socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${body === 'half' ? 10 : 5}\r\n\r\n${body}`)
    })
  })
  await new Promise<void>((done) => raw.listen(0, '127.0.0.1', done))
  const address = raw.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const host = `127.0.0.1:${address.port}`
  const downloader = open({ allowHosts: [host] })
  expect(await kindOf(read(downloader, `http://${host}/short`))).toBe('unavailable')
  const long = await read(downloader, `http://${host}/long`).then(String, (error: unknown) => error)
  expect(long instanceof DownloadError ? long.kind : long).toMatch(/^(whole|unavailable)$/)
  await downloader.close()
  await new Promise((done) => raw.close(done))
})

test('a place that never answers is left after 20 s', async () => {
  const asked = Promise.withResolvers<undefined>()
  const { host } = await serve(() => asked.resolve(undefined))
  const kind = kindOf(open({ allowHosts: [host] }).open(`http://${host}/`, LIMIT))
  await asked.promise
  await time.advance(20_000)
  expect(await kind).toBe('unavailable')
  expect(time.sleepers).toBe(0)
})

test('a place that falls silent in the middle is left after 20 s', async () => {
  const halfRead = Promise.withResolvers<undefined>()
  const { host } = await serve((_, response) => response.write('half'))
  const { stream } = await open({ allowHosts: [host] }).open(`http://${host}/`, LIMIT)
  const reading = (async () => {
    for await (const _ of stream) halfRead.resolve(undefined)
  })()
  const kind = kindOf(reading)
  await halfRead.promise
  await time.advance(20_000)
  expect(await kind).toBe('unavailable')
  expect(time.sleepers).toBe(0)
})

test('a slow reader is no silence of the other side', async () => {
  const { host } = await serve((_, response) => response.end('x'.repeat(500_000)))
  const { stream } = await open({ allowHosts: [host] }).open(`http://${host}/`, LIMIT)
  let sizeBytes = 0
  let isFirst = true
  for await (const piece of stream) {
    if (isFirst) await time.advance(60_000)
    isFirst = false
    sizeBytes += piece.byteLength
  }
  expect(sizeBytes).toBe(500_000)
})

test('a body that drips for ever is left when the whole time is up', async () => {
  const { host } = await serve((_, response) => {
    const drip = (): void => {
      if (!response.destroyed) response.write('x', () => setImmediate(drip))
    }
    drip()
  })
  const { stream } = await open({ allowHosts: [host] }).open(`http://${host}/`, { ...LIMIT, maxBytes: 1e9 })
  const slowly = async (): Promise<void> => {
    // Each piece takes less than a silence: only the whole is too long.
    for await (const _ of stream) await time.advance(10_000)
  }
  expect(await kindOf(slowly())).toBe('unavailable')
  expect(time.sleepers).toBe(0)
})

test('whoever stops reading ends the download; whoever aborts gets the reason', async () => {
  const closed = Promise.withResolvers<undefined>()
  const { host } = await serve((request, response) => {
    response.write('x')
    if (request.url === '/left') response.on('close', () => closed.resolve(undefined))
  })
  const downloader = open({ allowHosts: [host] })
  const { stream } = await downloader.open(`http://${host}/left`, LIMIT)
  for await (const _ of stream) break
  await closed.promise
  const unread = await downloader.open(`http://${host}/unread`, LIMIT)
  await unread.stream[Symbol.asyncIterator]().return?.()
  const stop = new AbortController()
  const other = await downloader.open(`http://${host}/stopped`, { ...LIMIT, signal: stop.signal })
  const reading = piecesOf(other.stream)
  stop.abort(new Error('stopped by the test'))
  await expect(reading).rejects.toThrow('stopped by the test')
  await expect(downloader.open(`http://${host}/`, { ...LIMIT, signal: stop.signal })).rejects.toThrow(
    'by the test',
  )
  expect(time.sleepers).toBe(0)
})

test('a place that is not there, a name nobody knows: unavailable, without the address', async () => {
  const { network } = networkOf({ 'down.example.com': ['127.0.0.1'] })
  const downloader = open({ network })
  for (const host of ['down.example.com:1', 'unknown.example.com']) {
    const failure = await failureOf(downloader.open(`http://${host}/a?sig=SECRET`, LIMIT))
    expect(failure.kind).toBe('unavailable')
    expect(`${failure.message} ${String(failure.cause)}`).not.toContain('SECRET')
  }
})

test('a proxy in the environment is asked only after the name was checked, and reached although it is private', async () => {
  const proxy = await serve((request, response) => response.end(`for ${request.url ?? ''}`))
  const env = { HTTP_PROXY: `http://${proxy.host}` }
  const names = { 'public.example.com': ['93.184.216.34'], 'home.example.com': ['10.0.0.1'] }
  const { network, asked } = networkOf(names)
  const downloader = open({ env, network })
  expect((await read(downloader, 'http://public.example.com/a')).toString()).toBe(
    'for http://public.example.com/a',
  )
  expect(asked).toEqual(['public.example.com'])
  for (const host of ['home.example.com', '10.0.0.1', '[::1]', 'localhost', 'metadata.google.internal']) {
    expect(await kindOf(downloader.open(`http://${host}/`, LIMIT))).toBe('refused')
  }
  expect(proxy.requests).toHaveLength(1)
})

test('what goes past the proxy is guarded by its own connection', async () => {
  const { port, requests } = await serve((_, response) => response.end('SECRET'))
  const env = { http_proxy: 'http://127.0.0.1:1', no_proxy: 'rebind.example.com' }
  // Public when it is checked, private when it is connected to.
  const { network } = networkOf({ 'rebind.example.com': ['93.184.216.34', '10.0.0.1'] })
  expect(await kindOf(open({ env, network }).open(`http://rebind.example.com:${port}/`, LIMIT))).toBe(
    'refused',
  )
  expect(requests).toEqual([])
})

test('when all is closed, what is under way ends', async () => {
  const { host } = await serve((_, response) => response.write('x'))
  const downloader = open({ allowHosts: [host] })
  const { stream } = await downloader.open(`http://${host}/`, LIMIT)
  const reading = kindOf(piecesOf(stream))
  await downloader.close()
  expect(await reading).toBe('unavailable')
  expect(await kindOf(downloader.open(`http://${host}/`, LIMIT))).toBe('unavailable')
})
