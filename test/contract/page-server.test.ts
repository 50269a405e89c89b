// Is the playground's page for its own person alone? The key, hosts and origins, types and sizes, and where a token goes.

import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BridgeProcess } from '../../src/playground/process.ts'
import { openPage, type PageServer } from '../../src/playground/page/server.ts'
import { openPageClient, type PageClient } from '../support/page-client.ts'

const TOKEN = 'pat_a-real-secret-nobody-may-see'

/** Every bridge that was to be started, without one. */
const launched: {
  readonly env: Readonly<Record<string, string>>
  end(output: string, exitCode: number): void
}[] = []

function launch({ env }: { readonly env: Readonly<Record<string, string>> }): BridgeProcess {
  let output = ''
  let exitCode: number | undefined
  let resolve: (code: number) => void = () => undefined
  const ended = new Promise<number>((done) => {
    resolve = done
  })
  const end = (printed: string, code: number): void => {
    output += printed
    exitCode = code
    resolve(code)
  }
  launched.push({ env, end })
  return {
    pid: 1,
    ended,
    get output() {
      return output
    },
    get exitCode() {
      return exitCode
    },
    stop() {
      end('', 0)
      return ended
    },
    kill() {
      end('', 137)
      return Promise.resolve()
    },
  }
}

let page: PageServer
let client: PageClient

beforeAll(async () => {
  page = await openPage({ port: 0, launch })
  client = await openPageClient(page.address)
})
afterAll(async () => {
  client.close()
  await page.close()
})

interface Asked {
  readonly path?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** With any header one likes, as no browser would let one. */
async function ask({ path = '', method = 'GET', headers = {}, body }: Asked): Promise<{
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}> {
  const { port, pathname } = new URL(page.address)
  return await new Promise((resolve, reject) => {
    const asking = request(
      { host: '127.0.0.1', port, method, path: path.startsWith('/') ? path : `${pathname}${path}`, headers },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        )
      },
    )
    asking.once('error', reject)
    asking.end(body)
  })
}

const JSON_TYPE = { 'content-type': 'application/json' }
const BYTES_TYPE = { 'content-type': 'application/octet-stream' }

test('serves the page under its key, with headers that let nothing else in', async () => {
  const { status, headers, text } = await ask({})
  expect(status).toBe(200)
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
  })
  const policy = String(headers['content-security-policy'])
  expect(policy).toContain("default-src 'self'")
  expect(policy).not.toContain('unsafe')
  expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/)
  expect(page.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/$/)
})

test('has a new key at every start', async () => {
  const other = await openPage({ port: 0, launch })
  try {
    expect(new URL(other.address).pathname).not.toBe(new URL(page.address).pathname)
  } finally {
    await other.close()
  }
})

test.each(['/', '/events', '/AAAAAAAAAAAAAAAAAAAAAA/', '/AAAAAAAAAAAAAAAAAAAAAA/events', '//', '/%00/'])(
  'gives nothing without the key: %s',
  async (path) => {
    const { status, text } = await ask({ path })
    expect(status).toBe(404)
    expect(text).not.toContain(new URL(page.address).pathname.replaceAll('/', ''))
  },
)

test.each(['evil.example', '127.0.0.1', '127.0.0.1:1', '192.168.0.2:8790', 'localhost.evil.example:80'])(
  'answers to no other name: %s',
  async (host) => {
    expect((await ask({ headers: { host } })).status).toBe(421)
  },
)

test('refuses other origins, and lets its own in by either name', async () => {
  for (const origin of [
    'http://evil.example',
    'null',
    `https://127.0.0.1:${page.port}`,
    'http://127.0.0.1:1',
  ]) {
    const { status } = await ask({
      path: 'do',
      method: 'POST',
      headers: { ...JSON_TYPE, origin },
      body: '{}',
    })
    expect(status, origin).toBe(403)
  }
  for (const host of ['127.0.0.1', 'localhost']) {
    const origin = `http://${host}:${page.port}`
    expect((await ask({ headers: { origin, host: `${host}:${page.port}` } })).status).toBe(200)
  }
})

test('takes only what a form of another page could not send', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
    for (const path of ['do', 'files?name=x'])
      expect(
        (await ask({ path, method: 'POST', headers: { 'content-type': type }, body: '{}' })).status,
      ).toBe(415)
  for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH'])
    expect((await ask({ path: 'do', method })).status).toBe(405)
  expect((await ask({ path: 'do' })).status).toBe(404)
  expect((await ask({ path: 'elsewhere', method: 'POST', headers: JSON_TYPE, body: '{}' })).status).toBe(404)
})

test('has a bound for what comes', async () => {
  const long = Buffer.alloc((1 << 20) + 1, 32)
  expect((await ask({ path: 'do', method: 'POST', headers: JSON_TYPE, body: long })).status).toBe(413)
  const declared = { ...BYTES_TYPE, 'content-length': String((20 << 20) + 1) }
  const large = Buffer.alloc((20 << 20) + 1)
  expect((await ask({ path: 'files?name=x', method: 'POST', headers: declared, body: large })).status).toBe(
    413,
  )
})

test('leads out of its folder nowhere', async () => {
  const paths = [
    '../server.ts',
    '%2e%2e/server.ts',
    '..%2fserver.ts',
    'main.ts',
    'tsconfig.json',
    './/main.js',
    'styles/../main.ts',
  ]
  for (const path of [
    ...paths,
    'files/../server.ts',
    'files/x',
    'files/000000000000000000000000',
    'package.json',
  ])
    expect((await ask({ path })).status, path).toBe(404)
})

test.each([
  ['no JSON at all', '{'],
  ['no action', '{}'],
  ['an action nobody knows', '{"do":"dance"}'],
  ['a field too many', '{"do":"killBridge","twice":true}'],
  ['a wrong room', '{"do":"say","roomId":"irc:1","personId":"person-1","text":"hi"}'],
  ['nothing to say', '{"do":"say","roomId":"telegram:42","personId":"person-1","text":" "}'],
  ['a behaviour nobody has', '{"do":"behave","behaviour":"rude"}'],
  [
    'a control id that is no JSON',
    '{"do":"press","roomId":"feishu:oc_1","personId":"person-1","messageId":"x","controlId":"{"}',
  ],
])('answers %s with 400 and a sentence', async (_, body) => {
  const { status, text } = await ask({ path: 'do', method: 'POST', headers: JSON_TYPE, body })
  expect(status).toBe(400)
  const { ok, because } = JSON.parse(text) as { ok: boolean; because: string }
  expect(ok).toBe(false)
  expect(because).toMatch(/^[A-Z].*\.$/)
})

test('serves its scripts as JavaScript, with Preact from its package', async () => {
  const main = await ask({ path: 'main.js' })
  expect(main.headers['content-type']).toBe('text/javascript; charset=utf-8')
  const preact = await ask({ path: 'preact.js' })
  expect(preact.status).toBe(200)
  expect(preact.text).not.toContain('sourceMappingURL')
  expect(main.text).not.toMatch(/(?:from|import)\s*["'](?!\.{0,2}\/)/)
  expect(main.text).not.toMatch(/\.ts["']/)
})

test("a real Coze's token goes into the bridge's environment and nowhere else", async () => {
  const before = launched.length
  const said = await client.act({
    do: 'useCoze',
    apiBase: 'https://api.coze.com/',
    token: TOKEN,
    botId: '7300000000000000001',
  })
  expect(said).toEqual({ ok: true })
  await client.sees('the page is told of it', () =>
    client.events.some(
      (event) =>
        event.kind === 'coze' && event.coze.kind === 'real' && event.coze.apiBase === 'https://api.coze.com',
    ),
  )
  const bridge = launched[before]
  expect(bridge?.env).toMatchObject({
    COZE_API_BASE: 'https://api.coze.com',
    COZE_API_TOKEN: TOKEN,
    COZE_BOT_ID: '7300000000000000001',
  })
  bridge?.end(`{"level":"error","message":"refused: ${TOKEN}"}\n`, 1)
  const log = await client.sees('its end', () =>
    client.events
      .flatMap((event) =>
        event.kind === 'bridge' && event.bridge.state === 'ended' ? [event.bridge.log] : [],
      )
      .at(-1),
  )
  expect(log).toContain('refused: ***')
  await client.act({ do: 'killBridge' })
  expect(launched.at(-1)?.env['COZE_API_TOKEN']).toBe(TOKEN)
  expect(await client.act({ do: 'useEmulated' })).toEqual({ ok: true })
  expect(JSON.stringify(launched.at(-1)?.env)).not.toContain(TOKEN)
  const again = await openPageClient(page.address)
  again.close()
  expect(client.raw + again.raw).not.toContain(TOKEN)
})

test.each([
  'http://api.coze.com',
  'ftp://127.0.0.1',
  'https://user:x@api.coze.com',
  'api.coze.com',
  'https://api.coze.com/?a=1',
])('sends no token to %s', async (apiBase) => {
  const before = launched.length
  const body = JSON.stringify({ do: 'useCoze', apiBase, token: TOKEN, botId: '7300000000000000001' })
  const { status, text } = await ask({ path: 'do', method: 'POST', headers: JSON_TYPE, body })
  expect(status).toBe(400)
  expect(text).not.toContain(TOKEN)
  expect(launched.length).toBe(before)
})

test('a file that is no picture is saved, never shown in place', async () => {
  const room = client.direct('discord')
  const brought = await client.bring('../evil.svg', Buffer.from('<svg onload="alert(1)"/>'))
  expect(brought.name).toBe('.._evil.svg')
  await client.act({ do: 'say', roomId: room, personId: 'person-1', text: '', fileIds: [brought.fileId] })
  const file = await client.sees('the file', () =>
    client
      .messages(room)
      .flatMap(({ files }) => files)
      .at(-1),
  )
  const { headers } = await ask({ path: file.path ?? '' })
  expect(headers['content-type']).toBe('application/octet-stream')
  expect(String(headers['content-disposition'])).toMatch(/^attachment;/)
  expect(headers['content-security-policy']).toBe("default-src 'none'; sandbox")
  const twice = await client.act({
    do: 'say',
    roomId: room,
    personId: 'person-1',
    text: '',
    fileIds: [brought.fileId],
  })
  expect(twice).toMatchObject({ ok: false })
})

test('a file whose message was refused can be sent all the same', async () => {
  const { fileId } = await client.bring('notes.txt', Buffer.from('notes'))
  const saying = { do: 'say', personId: 'person-1', text: '', fileIds: [fileId] } as const
  const room = client.direct('discord')
  expect(await client.act({ ...saying, roomId: 'discord:1' })).toMatchObject({ ok: false })
  expect(await client.act({ ...saying, roomId: room, personId: 'nobody' })).toMatchObject({ ok: false })
  expect(await client.act({ ...saying, roomId: room })).toEqual({ ok: true })
  expect(await client.act({ ...saying, roomId: room })).toMatchObject({ ok: false })
})

test('as many pages as leave a browser a connection for what people do, and no more', async () => {
  const more: PageClient[] = []
  for (let n = 0; n < 4; n += 1) more.push(await openPageClient(page.address))
  expect((await ask({ path: 'events' })).status).toBe(503)
  for (const each of more) each.close()
})
