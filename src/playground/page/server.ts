// What is served to the page, and to nobody else? Its files, the stream of events, what people do, and files both ways.
//
// Whoever runs on this machine may reach the port, and any page of the web may try: so every address begins with a key
// that is new at each start, the host must be this machine by name, and a page of another origin is refused.

import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { carryOut, readAction } from './actions.ts'
import { startBridgeProcess } from '../process.ts'
import { createAssets } from './assets.ts'
import type { Launch } from './bridge.ts'
import { answer, HEADERS, readBody, refuse } from './http.ts'
import { createHub, MAX_PAGES, type Hub } from './hub.ts'
import { openPlay, type Play } from './play.ts'
import { MAX_FILE_BYTES } from './shelf.ts'
import { Wrong } from './wrong.ts'

export interface PageServer {
  /** What a person opens: `http://127.0.0.1:8790/<key>/`. */
  readonly address: string
  readonly port: number
  readonly play: Play
  close(): Promise<void>
}

export interface PageServerOptions {
  /** 0: any free one. */
  readonly port: number
  /** How the bridge is started; as its own process when left out. */
  readonly launch?: Launch
}

const MAX_ACTION_BYTES = 1 << 20
const REQUEST_MS = 60_000

/** Resolves when the page can be opened; the bridge is still starting then. Rejects where the port is taken. */
export async function openPage({
  port,
  launch = startBridgeProcess,
}: PageServerOptions): Promise<PageServer> {
  const key = randomBytes(16).toString('base64url')
  const assets = createAssets()
  // Taken first: a port that is not free must not cost the start of everything else.
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const taken = (server.address() as AddressInfo).port
  const opening: { hub?: Hub } = {}
  const play = await openPlay((event) => opening.hub?.publish(event), launch).catch((error: unknown) => {
    server.close()
    throw error
  })
  const hub = createHub(() => play.everything())
  opening.hub = hub
  const site: Site = { key, port: taken, assets, hub, play }
  server.requestTimeout = REQUEST_MS
  server.on('request', (request, response) => {
    serve(site, request, response).catch(() => {
      if (!response.headersSent) refuse(response, 500, 'Something went wrong inside the playground.')
      else response.destroy()
    })
  })
  return {
    address: `http://127.0.0.1:${taken}/${key}/`,
    port: taken,
    play,
    async close() {
      site.hub.close()
      await play.close()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

interface Site {
  readonly key: string
  readonly port: number
  readonly assets: ReturnType<typeof createAssets>
  readonly hub: Hub
  readonly play: Play
}

async function serve(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', headers } = request
  const hosts = [`127.0.0.1:${site.port}`, `localhost:${site.port}`]
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
  if (!hosts.includes(headers.host ?? '')) {
    refuse(response, 421, 'This server is known as 127.0.0.1 and localhost only.')
    return
  }
  const origin = headers.origin
  if (origin !== undefined && !hosts.some((host) => origin === `http://${host}`)) {
    refuse(response, 403, 'Pages of other origins are refused.')
    return
  }
  const url = URL.parse(request.url ?? '/', `http://${headers.host ?? ''}`)
  const [, key, ...rest] = url?.pathname.split('/') ?? []
  if (url === null || key !== site.key) {
    refuse(response, 404, 'There is nothing here. Open the address that the playground printed.')
    return
  }
  if (rest.length === 0) {
    response.writeHead(308, { location: `/${site.key}/` }).end()
    return
  }
  const path = rest.join('/')
  if (method === 'POST') await bring(site, path, url.searchParams, request, response)
  else if (method === 'GET' || method === 'HEAD') await hand(site, path, response, method === 'HEAD')
  else refuse(response, 405, 'Only GET and POST are known here.', { allow: 'GET, HEAD, POST' })
}

async function hand(
  { assets, hub, play }: Site,
  path: string,
  response: ServerResponse,
  headOnly: boolean,
): Promise<void> {
  if (path === 'events') {
    if (headOnly) response.writeHead(200, { 'content-type': 'text/event-stream' }).end()
    else streamTo(hub, response)
    return
  }
  const shown = /^files\/([0-9a-f]{24})$/.exec(path)?.[1]
  if (shown !== undefined) {
    handFile(play, shown, response, headOnly)
    return
  }
  const asset = await assets.find(path)
  if (asset === undefined) {
    refuse(response, 404, 'There is no such file.')
    return
  }
  response.writeHead(200, { 'content-type': asset.contentType, 'content-length': asset.body.length })
  response.end(headOnly ? undefined : asset.body)
}

function streamTo(hub: Hub, response: ServerResponse): void {
  if (hub.pages >= MAX_PAGES) {
    refuse(response, 503, 'The playground is open in too many tabs: close one.')
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' })
  response.write('retry: 1000\n\n')
  hub.open({
    write: (text) => response.write(text),
    onDrain: (listener) => void response.on('drain', listener),
    onClose: (listener) => void response.on('close', listener),
    end: () => response.end(),
  })
}

/** What a browser shows in place; everything else is only saved, whatever it calls itself. */
const IN_PLACE = /^(?:image\/(?:png|jpeg|gif|webp)|audio\/(?:ogg|mpeg|wav|mp4)|video\/(?:mp4|webm))$/

function handFile(play: Play, id: string, response: ServerResponse, headOnly: boolean): void {
  const file = play.shelf.find(id)
  const bytes = file?.bytes()
  if (file === undefined || bytes === undefined) {
    refuse(response, 404, 'The file is no longer there.')
    return
  }
  const isInPlace = IN_PLACE.test(file.contentType)
  response.writeHead(200, {
    'content-type': isInPlace ? file.contentType : 'application/octet-stream',
    'content-length': bytes.length,
    'content-disposition': `${isInPlace ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(file.name.toWellFormed())}`,
    'content-security-policy': "default-src 'none'; sandbox",
    // The bytes of an id never change.
    'cache-control': 'private, max-age=3600, immutable',
  })
  response.end(headOnly ? undefined : bytes)
}

async function bring(
  { play }: Site,
  path: string,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  const wanted =
    path === 'do' ? 'application/json' : path === 'files' ? 'application/octet-stream' : undefined
  if (wanted === undefined) {
    refuse(response, 404, 'There is no such address.')
    return
  }
  if (type !== wanted) {
    refuse(response, 415, `The body of this request is ${wanted}.`)
    return
  }
  const body = await readBody(request, path === 'do' ? MAX_ACTION_BYTES : MAX_FILE_BYTES)
  if (body === undefined) {
    refuse(response, 413, path === 'do' ? 'That is too long.' : 'Files of up to 20 MB, please.', {
      connection: 'close',
    })
    return
  }
  try {
    if (path === 'files') answer(response, 200, play.shelf.bring(query.get('name') ?? '', body))
    else answer(response, 200, await carryOut(play, readAction(parsed(body))))
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError || !(error instanceof Error)) throw error
    // The emulators' own sentences are for people, too: "the form has no field x".
    refuse(response, 400, error.message)
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch {
    throw new Wrong('The body of this request is no JSON.')
  }
}
