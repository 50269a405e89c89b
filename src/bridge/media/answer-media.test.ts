// Do the pictures and files of an answer arrive as what they are, within their bounds, and nothing else?
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, expect, test } from 'vitest'
import { createManualClock } from '../../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../../test/support/quiet-logger.ts'
import type { FileLimits, OutgoingFile } from '../../contract/platform.ts'
import { createSpool, type Spool } from '../../media/spool.ts'
import { createDownloader, DownloadError, type Download, type Downloader } from '../../net/download.ts'
import type { MediaState } from '../../reply/media.ts'
import { createAnswerMedia, FETCHED_AT_ONCE, type AnswerMediaOptions } from './answer-media.ts'
import { createGate } from '../gate.ts'

const LIMITS: FileLimits = {
  maxBytes: 1_000_000,
  image: { maxBytes: 500_000, types: ['image/png', 'image/jpeg'], maxSidePx: 1_000 },
  imagesPerMessage: 10,
  takesControls: true,
  albumsTakeControls: true,
}
const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

function open(options: Partial<AnswerMediaOptions> & Pick<AnswerMediaOptions, 'downloader'>) {
  const time = createManualClock()
  const log = createQuietLogger()
  const spool = options.spool ?? createSpool({ dir: join(tmpdir(), 'never-made') })
  const media = createAnswerMedia({
    spool,
    gate: createGate(FETCHED_AT_ONCE),
    clock: time.clock,
    log,
    ...options,
  })
  closers.push(() => media.close())
  return { media, time, log, stateOf }

  /** Once it is no longer pending. */
  function stateOf(url: string, kind: 'image' | 'file' = 'image', label = ''): Promise<MediaState> {
    return new Promise((resolve) => {
      const look = (): void => {
        const state = media.stateOf(url)
        if (state.is !== 'pending') resolve(state)
      }
      media.onChange(look)
      media.want({ url, kind, label })
      look()
    })
  }
}
async function* streamOf(...pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces
}
/** Answers each address with what is at its path; a function answers anew each time. */
function placeOf(files: Readonly<Record<string, Partial<Download> & { readonly bytes: Uint8Array }>>) {
  const asked: string[] = []
  const downloader: Downloader = {
    async open(url, { maxBytes }) {
      asked.push(url)
      const file = files[new URL(url).pathname]
      if (file === undefined) throw new DownloadError('gone', 'gone')
      if (file.bytes.byteLength > maxBytes) throw new DownloadError('too-large', 'too large')
      const { bytes, ...head } = file
      return { stream: streamOf(bytes), name: new URL(url).pathname.slice(1), ...head }
    },
    async close() {},
  }
  return { downloader, asked }
}
function fileIn(state: MediaState): OutgoingFile {
  if (state.is !== 'ready') throw new Error(`it is ${state.is}`)
  return state.file
}
async function bytesOf(file: OutgoingFile): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of file.open()) pieces.push(piece)
  return Buffer.concat(pieces)
}
function plain(width: number, height: number) {
  return sharp({ create: { width, height, channels: 3, background: '#306090' } })
}
const PNG = await plain(40, 30).png().toBuffer()
const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n')
const MP4 = Buffer.from('\0\0\0\x18ftypisom\0\0\x02\0isomiso2mp41\0\0\0\x08free', 'latin1')
const HTML = Buffer.from('<!DOCTYPE html><html><body>Please log in</body></html>')
const SVG = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30"><path d="M0 0h9v9z"/></svg>',
)
const url = (path: string): string => `https://files.example.com${path}?x-signature=SECRET`

test('a picture comes as it is, with its alt text below it, and can be read as often as needed', async () => {
  const { stateOf, media } = open({
    downloader: placeOf({ '/8f2c': { bytes: PNG } }).downloader,
    limits: LIMITS,
  })
  media.want({ url: url('/8f2c'), kind: 'image', label: 'A cat' })
  expect(media.stateOf(url('/8f2c'))).toEqual({ is: 'pending' })
  const file = fileIn(await stateOf(url('/8f2c')))
  expect(file).toMatchObject({
    kind: 'image',
    name: 'A cat.png',
    caption: 'A cat',
    mimeType: 'image/png',
    sizeBytes: PNG.byteLength,
    widthPx: 40,
    heightPx: 30,
  })
  expect((await bytesOf(file)).equals(PNG)).toBe(true)
  expect((await bytesOf(file)).equals(PNG)).toBe(true)
})

test('a picture of another type, or too large, is drawn to fit', async () => {
  const webp = await plain(2_000, 1_000).webp().toBuffer()
  const { stateOf } = open({ downloader: placeOf({ '/a.webp': { bytes: webp } }).downloader, limits: LIMITS })
  const file = fileIn(await stateOf(url('/a.webp')))
  expect(file).toMatchObject({
    kind: 'image',
    name: 'a.jpg',
    mimeType: 'image/jpeg',
    widthPx: 1_000,
    heightPx: 500,
  })
  const drawn = await bytesOf(file)
  expect(drawn.byteLength).toBe(file.sizeBytes)
  expect(await sharp(drawn).metadata()).toMatchObject({ format: 'jpeg', width: 1_000 })
})

test('what cannot be drawn to fit is sent as a file, if it is small enough for one', async () => {
  const narrow = await plain(900, 3).png().toBuffer()
  const big = Buffer.concat([narrow, Buffer.alloc(1_000_000)])
  const limits = { ...LIMITS, image: { ...LIMITS.image, maxRatio: 20 } }
  const files = { '/narrow.png': { bytes: narrow }, '/big.png': { bytes: big } }
  const { stateOf, log } = open({ downloader: placeOf(files).downloader, limits })
  expect(fileIn(await stateOf(url('/narrow.png')))).toMatchObject({ kind: 'file', mimeType: 'image/png' })
  expect(await stateOf(url('/big.png'))).toEqual({ is: 'failed' })
  expect(log.lines.at(-1)?.fields).toMatchObject({ because: 'too-large' })
})

test.each([
  ['a page', { bytes: HTML }, 'page'],
  ['a page that says it is a picture', { bytes: HTML, mimeType: 'image/png' }, 'page'],
  ['nothing', { bytes: Buffer.alloc(0) }, 'empty'],
  ['words', { bytes: Buffer.from('{"error":"expired"}') }, 'no-picture'],
  ['who knows what', { bytes: Buffer.from([1, 2, 3, 0, 255, 254, 0, 9]) }, 'no-picture'],
  [
    'a broken drawing',
    { bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" he') },
    'no-picture',
  ],
])('a picture’s address that gives %s stays a link', async (_, file, because) => {
  const { stateOf, log } = open({ downloader: placeOf({ '/a.png': file }).downloader, limits: LIMITS })
  expect(await stateOf(url('/a.png'))).toEqual({ is: 'failed' })
  expect(log.lines.map(({ fields }) => fields)).toMatchObject([{ host: 'files.example.com', because }])
})

test('a drawing in SVG becomes a picture', async () => {
  const { stateOf } = open({ downloader: placeOf({ '/a.svg': { bytes: SVG } }).downloader, limits: LIMITS })
  expect(fileIn(await stateOf(url('/a.svg')))).toMatchObject({
    kind: 'image',
    name: 'a.png',
    mimeType: 'image/png',
  })
})

test.each([
  ['/a.mp4', MP4, 'video', 'a.mp4', 'video/mp4'],
  ['/a.bin', MP4, 'video', 'a.mp4', 'video/mp4'],
  ['/report', PDF, 'file', 'report.pdf', 'application/pdf'],
  [
    '/song.mp3',
    Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0'), Buffer.from([0xff, 0xfb, 0x90, 0x64])]),
    'audio',
    'song.mp3',
    'audio/mpeg',
  ],
  ['/table.csv', Buffer.from('a,b\n1,2\n'), 'file', 'table.csv', 'text/csv'],
  ['/chart', PNG, 'image', 'chart.png', 'image/png'],
  ['/draw.svg', SVG, 'file', 'draw.svg', 'image/svg+xml'],
  ['/page.html', HTML, 'file', 'page.html', 'text/html'],
  ['/data', Buffer.from([1, 2, 3, 0, 255, 254, 0, 9]), 'file', 'data.bin', 'application/octet-stream'],
])('a link to %s is sent as what it holds', async (path, bytes, kind, name, mimeType) => {
  const { stateOf } = open({ downloader: placeOf({ [path]: { bytes } }).downloader, limits: LIMITS })
  const file = fileIn(await stateOf(url(path), 'file', 'here'))
  expect({ kind: file.kind, name: file.name, mimeType: file.mimeType }).toEqual({ kind, name, mimeType })
  expect((await bytesOf(file)).equals(bytes)).toBe(true)
  if (kind !== 'image') expect(file).not.toHaveProperty('caption')
})

test('a link that leads to a login is left a link', async () => {
  const files = { '/a.pdf': { bytes: HTML }, '/a.csv': { bytes: HTML, mimeType: 'text/html' } }
  const { stateOf } = open({ downloader: placeOf(files).downloader, limits: LIMITS })
  expect(await stateOf(url('/a.pdf'), 'file')).toEqual({ is: 'failed' })
  expect(await stateOf(url('/a.csv'), 'file')).toEqual({ is: 'failed' })
})

test('names from strangers lead nowhere', async () => {
  const files = { '/a': { bytes: PDF, name: '../../etc/passwd\u202Efdp.exe' } }
  const { stateOf } = open({ downloader: placeOf(files).downloader, limits: LIMITS })
  expect(fileIn(await stateOf(url('/a'), 'file')).name).toBe('passwdfdp.pdf')
})

test('files are those the backend names or stores; other links stay links', () => {
  const storedFile = (each: string) => (each.includes('stored') ? {} : undefined)
  const { downloader } = placeOf({})
  const { media } = open({ downloader, limits: LIMITS, storedFile })
  media.knows([{ url: url('/named') }, { url: 'data:text/plain,hello' }])
  const is = ['/named', '/stored', '/other'].map((path) => media.isFile(url(path)))
  expect(is).toEqual([true, true, false])
  expect(media.isFile('data:text/plain,hello')).toBe(false)
  // Where no files can be sent, all of them stay links.
  const other = open({ downloader, storedFile, prepare: async () => 'img' }).media
  other.knows([{ url: url('/named') }])
  expect(other.isFile(url('/named')) || other.isFile(url('/stored'))).toBe(false)
})

test('the name the backend tells is the file’s', async () => {
  const { downloader } = placeOf({ '/1': { bytes: PDF }, '/2': { bytes: PDF } })
  const storedFile = () => ({ name: 'stored.pdf' })
  const { stateOf, media } = open({ downloader, limits: LIMITS, storedFile })
  media.knows([{ url: url('/1'), name: '年报.pdf' }])
  expect(fileIn(await stateOf(url('/1'), 'file')).name).toBe('年报.pdf')
  expect(fileIn(await stateOf(url('/2'), 'file')).name).toBe('stored.pdf')
})

test('where pictures stand in the text, they are prepared and let go of; links to pictures are not', async () => {
  const { downloader } = placeOf({ '/a.png': { bytes: PNG }, '/b.png': { bytes: PNG } })
  const prepared: OutgoingFile[] = []
  const prepare = async (file: OutgoingFile): Promise<string> => {
    expect((await bytesOf(file)).equals(PNG)).toBe(true)
    prepared.push(file)
    return 'img_1'
  }
  const { stateOf } = open({ downloader, limits: LIMITS, prepare })
  expect(await stateOf(url('/a.png'))).toEqual({ is: 'inline', url: 'img_1' })
  expect(fileIn(await stateOf(url('/b.png'), 'file')).kind).toBe('image')
  expect(prepared).toHaveLength(1)
  await expect(bytesOf(prepared[0]!)).rejects.toThrow('released')
})

test('a picture that could not be prepared stays a link', async () => {
  const { downloader } = placeOf({ '/a.png': { bytes: PNG } })
  const prepare = (): Promise<string> => Promise.reject(new Error(`no: ${url('/a.png')}`))
  const { stateOf, log } = open({ downloader, limits: LIMITS, prepare })
  expect(await stateOf(url('/a.png'))).toEqual({ is: 'failed' })
  expect(JSON.stringify(log.lines)).not.toMatch(/SECRET|a\.png/)
})

test('where nothing can be shown, nothing is fetched; nor is what is no address', async () => {
  const place = placeOf({ '/a.png': { bytes: PNG } })
  expect(await open({ downloader: place.downloader }).stateOf(url('/a.png'))).toEqual({ is: 'failed' })
  const { stateOf, media } = open({ downloader: place.downloader, limits: LIMITS })
  expect(await stateOf('data:image/png;base64,AAAA')).toEqual({ is: 'failed' })
  expect(media.stateOf('https://never.example.com/wanted')).toEqual({ is: 'failed' })
  expect(place.asked).toEqual([])
})

test('what failed is told like what succeeded: after it was wanted', async () => {
  const { media, time } = open({ downloader: placeOf({}).downloader })
  const told: string[] = []
  media.onChange(() => told.push(media.stateOf(url('/a')).is))
  media.want({ url: url('/a'), kind: 'image', label: '' })
  expect(told).toEqual([])
  await time.settle()
  expect(told).toEqual(['failed'])
})

test('each address is fetched once, at most twenty of them, four at a time', async () => {
  const asked: string[] = []
  const waiting: (() => void)[] = []
  const downloader: Downloader = {
    async open(address) {
      asked.push(address)
      await new Promise<void>((go) => waiting.push(go))
      return { stream: streamOf(PNG) }
    },
    async close() {},
  }
  const { media, time } = open({ downloader, limits: LIMITS })
  for (let nth = 0; nth < 25; nth++) {
    media.want({ url: url(`/${nth}`), kind: 'image', label: '' })
    media.want({ url: url(`/${nth}`), kind: 'file', label: 'again' })
  }
  await time.settle()
  expect(asked).toHaveLength(4)
  expect(media.stateOf(url('/20'))).toEqual({ is: 'failed' })
  let most = 0
  while (waiting.length > 0) {
    most = Math.max(most, waiting.length)
    waiting.shift()?.()
    await time.settle()
  }
  expect(most).toBe(4)
  expect(new Set(asked).size).toBe(20)
  expect(asked).toHaveLength(20)
})

test('all replies together share what the process allows', async () => {
  let inside = 0
  let most = 0
  const waiting: (() => void)[] = []
  const downloader: Downloader = {
    async open() {
      most = Math.max(most, ++inside)
      await new Promise<void>((go) => waiting.push(go))
      inside -= 1
      return { stream: streamOf(PNG) }
    },
    async close() {},
  }
  const gate = createGate(6)
  const replies = [1, 2, 3].map(() => open({ downloader, limits: LIMITS, gate }))
  for (const { media } of replies) {
    for (let nth = 0; nth < 5; nth++) media.want({ url: url(`/${nth}`), kind: 'image', label: '' })
  }
  for (let nth = 0; nth < 15; nth++) {
    await replies[0]!.time.settle()
    waiting.shift()?.()
  }
  await replies[0]!.time.settle()
  expect(most).toBe(6)
  for (const { media } of replies) expect(media.stateOf(url('/4')).is).toBe('ready')
})

test('a moment’s failure is tried once more; what is gone is not', async () => {
  const asked: string[] = []
  const downloader: Downloader = {
    async open(address) {
      asked.push(address)
      if (address.includes('gone')) throw new DownloadError('gone', 'gone')
      if (asked.length === 1) throw new DownloadError('unavailable', 'down')
      return { stream: streamOf(PNG) }
    },
    async close() {},
  }
  const { stateOf, time } = open({ downloader, limits: LIMITS })
  const state = stateOf(url('/a'))
  await time.settle()
  await time.advance(1_000)
  expect((await state).is).toBe('ready')
  expect(await stateOf(url('/gone'))).toEqual({ is: 'failed' })
  expect(asked).toHaveLength(3)
  expect(time.sleepers).toBe(0)
})

test('after half a minute a picture is given up, also where the platform takes no end to prepare it', async () => {
  const { downloader } = placeOf({ '/a.png': { bytes: PNG } })
  const begun = Promise.withResolvers<undefined>()
  const prepare = (): Promise<string> => {
    begun.resolve(undefined)
    return new Promise(() => undefined)
  }
  const { stateOf, time, log } = open({ downloader, limits: LIMITS, prepare })
  const state = stateOf(url('/a.png'))
  await begun.promise
  await time.advance(29_999)
  await time.advance(1)
  expect(await state).toEqual({ is: 'failed' })
  expect(log.lines.at(-1)?.fields).toMatchObject({ because: 'LateError' })
  expect(time.sleepers).toBe(0)
})

test('when the reply is over, nothing goes on and nothing is kept', async () => {
  const spool = createSpool({ dir: join(tmpdir(), 'never-made'), totalBytes: PNG.byteLength })
  const isAborted = Promise.withResolvers<undefined>()
  const { downloader } = placeOf({ '/a.png': { bytes: PNG } })
  const hanging: Downloader = {
    ...downloader,
    open: (address, opts) =>
      address.includes('/a.png')
        ? downloader.open(address, opts)
        : new Promise((_, reject) => {
            opts.signal.addEventListener('abort', () => {
              isAborted.resolve(undefined)
              reject(new Error('aborted'))
            })
          }),
  }
  const { media, stateOf, time, log } = open({ downloader: hanging, limits: LIMITS, spool })
  const file = fileIn(await stateOf(url('/a.png')))
  media.want({ url: url('/hangs'), kind: 'image', label: '' })
  await time.settle()
  await media.close()
  await isAborted.promise
  await expect(bytesOf(file)).rejects.toThrow('released')
  await expectRoom(spool)
  media.want({ url: url('/late'), kind: 'image', label: '' })
  expect(media.stateOf(url('/late'))).toEqual({ is: 'failed' })
  expect(log.lines.filter(({ level }) => level !== 'debug')).toEqual([])
  expect(time.sleepers).toBe(0)
})
async function expectRoom(spool: Spool): Promise<void> {
  const opts = { maxBytes: PNG.byteLength, signal: new AbortController().signal }
  await (await spool.keep(streamOf(PNG), opts)).release()
}

async function serve(handle: (path: string, response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => handle(request.url ?? '', response))
  closers.push(() => {
    server.closeAllConnections()
    return new Promise((done) => server.close(done))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `127.0.0.1:${address.port}`
}

test('over the wire: what is allowed arrives, what is not never leaves, and the log tells neither path nor query', async () => {
  const asked: string[] = []
  const host = await serve((path, response) => {
    asked.push(path)
    if (path.startsWith('/expired')) response.writeHead(403).end()
    else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(PNG)
  })
  const { clock } = createManualClock()
  const downloader = createDownloader({ allowHosts: [host], env: {}, clock })
  closers.push(() => downloader.close())
  const { stateOf, log } = open({ downloader, limits: LIMITS })
  const file = fileIn(await stateOf(`http://${host}/%E7%8C%AB.png?x-signature=SECRET`))
  expect(file.name).toBe('猫.png')
  expect((await bytesOf(file)).equals(PNG)).toBe(true)
  expect(await stateOf(`http://${host}/expired/hidden.png?x-signature=SECRET`)).toEqual({ is: 'failed' })
  expect(await stateOf(`http://localhost:${host.split(':')[1] ?? ''}/hidden.png`)).toEqual({ is: 'failed' })
  expect(asked).toHaveLength(2)
  expect(log.lines.map(({ fields }) => fields['because'])).toEqual([undefined, 'gone', 'refused'])
  expect(JSON.stringify(log.lines)).not.toMatch(/SECRET|hidden|%E7|猫/)
})
