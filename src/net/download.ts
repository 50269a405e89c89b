// How does a file that an answer names get here? One GET: guarded at every hop, bounded in size and time, with no credential.

import { request } from 'undici'
import type { Dispatcher } from 'undici'
import type { Clock } from '../contract/runtime.ts'
import { ForbiddenAddressError, isAllowedHost, refusalOf } from './guard.ts'
import { createGuardedAgent, REAL_NETWORK, type Network } from './guarded-agent.ts'
import { isNamed, nameOf, typeOf } from './response-name.ts'
import { createWatch, LateError, type Watch } from './watch.ts'

export type DownloadFailure =
  /** The guard will not have it. */
  | 'refused'
  /** 403, 404, 410: expired or deleted. */
  | 'gone'
  | 'too-large'
  /** The other side or the way there: perhaps later. */
  | 'unavailable'

/** `message` names the host at most, never a path or a query: signed addresses are secrets. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError'
  readonly kind: DownloadFailure

  constructor(kind: DownloadFailure, message: string) {
    super(message)
    this.kind = kind
  }
}

export interface Downloader {
  /**
   * Resolves with the head of the answer; the stream ends in a `DownloadError` where the rest fails. Whoever stops reading
   * ends the download by that. Throws `DownloadError`, or the signal's reason. Called for files in answers.
   */
  open(url: string, opts: { readonly maxBytes: number; readonly signal: AbortSignal }): Promise<Download>
  /** Ends what is under way. */
  close(): Promise<void>
}

export interface Download {
  readonly stream: AsyncIterable<Uint8Array>
  /** As announced; the stream gives exactly so many, or fails. */
  readonly sizeBytes?: number
  /** From the header or the path. Not yet cleaned: it may hold anything. */
  readonly name?: string
  /** The header said so: more than what a path happens to end with. */
  readonly isNamed?: true
  /** As announced, lower case, without parameters: a claim. */
  readonly mimeType?: string
}

/** Milliseconds. */
export interface DownloadDeadlines {
  readonly connectMs: number
  /** From a request to the head of its answer. */
  readonly headMs: number
  /** While we wait for the next bytes. */
  readonly silenceMs: number
  /** All hops and all bytes. */
  readonly wholeMs: number
}

export interface DownloaderOptions {
  /** `name` or `name:port`: fetched although they may be private. Redirects from there get no such trust. */
  readonly allowHosts: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly deadlines?: Partial<DownloadDeadlines>
  readonly network?: Network
}

/** Our choices: a reply waits for its pictures. */
const DEADLINES: DownloadDeadlines = {
  connectMs: 10_000,
  headMs: 20_000,
  silenceMs: 20_000,
  wholeMs: 120_000,
}
const MAX_REDIRECTS = 5
/** Longer ones are no addresses: a picture as `data:` is not fetched. */
const MAX_URL_CHARS = 8_192
/** All that is ever told about us. Never a cookie, a referer, an authorization. */
const HEADERS = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'coze-bridge' }

export function createDownloader(options: DownloaderOptions): Downloader {
  const { allowHosts, env, clock, network = REAL_NETWORK } = options
  const deadlines = { ...DEADLINES, ...options.deadlines }
  const agent = createGuardedAgent({ env, network, connectMs: deadlines.connectMs })
  const closing = new AbortController()

  return {
    async open(address, { maxBytes, signal }) {
      signal.throwIfAborted()
      let url = readUrl(address)
      const watch = createWatch(clock, deadlines.wholeMs, AbortSignal.any([signal, closing.signal]))
      try {
        for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
          const answer = await get(url, watch)
          const next = nextOf(answer, url)
          if (next === undefined) return toDownload(answer, { url, maxBytes, watch, fault: faultOf })
          url = next
        }
        throw new DownloadError('unavailable', `${url.host}: too many redirects`)
      } catch (error) {
        watch.end()
        throw faultOf(error, url)
      }

      function faultOf(error: unknown, at: URL): unknown {
        if (signal.aborted) return signal.reason
        return toDownloadError(error, at)
      }
    },
    async close() {
      closing.abort(new DownloadError('unavailable', 'closed'))
      await agent.close()
    },
  }

  async function get(url: URL, watch: Watch): Promise<Dispatcher.ResponseData> {
    watch.waitAtMost(deadlines.headMs)
    const isAllowed = isAllowedHost(url, allowHosts)
    if (!isAllowed) {
      const refusal = refusalOf(url, network.isForbidden)
      if (refusal !== undefined) throw new ForbiddenAddressError(refusal)
      await watch.race(agent.check(url))
    }
    const answer = await request(url, {
      dispatcher: isAllowed ? agent.allowed : agent.guarded,
      method: 'GET',
      headers: HEADERS,
      signal: watch.signal,
    })
    // A body that is let go of fails with nobody listening.
    answer.body.on('error', () => undefined)
    watch.rest()
    return answer
  }

  function toDownload({ statusCode, headers, body }: Dispatcher.ResponseData, to: Reading): Download {
    const { url, maxBytes } = to
    const fault = statusFault(statusCode) ?? encodingFault(headers['content-encoding'])
    if (fault !== undefined) {
      body.destroy()
      throw new DownloadError(fault, `${url.host}: status ${statusCode}`)
    }
    const announced = Number(headers['content-length'] ?? Number.NaN)
    if (announced > maxBytes) {
      body.destroy()
      throw tooLarge(url, maxBytes)
    }
    const disposition = headers['content-disposition']
    const name = nameOf(disposition, url)
    const mimeType = typeOf(headers['content-type'])
    return {
      stream: leavable(bounded(body, to), () => {
        body.destroy()
        to.watch.end()
      }),
      ...(Number.isSafeInteger(announced) && announced >= 0 ? { sizeBytes: announced } : {}),
      ...(name === undefined ? {} : { name }),
      ...(isNamed(disposition) ? { isNamed: true as const } : {}),
      ...(mimeType === undefined ? {} : { mimeType }),
    }
  }

  async function* bounded(
    body: AsyncIterable<Uint8Array>,
    { url, maxBytes, watch, fault }: Reading,
  ): AsyncGenerator<Uint8Array> {
    let sizeBytes = 0
    try {
      watch.waitAtMost(deadlines.silenceMs)
      for await (const piece of body) {
        sizeBytes += piece.byteLength
        if (sizeBytes > maxBytes) throw tooLarge(url, maxBytes)
        // The time a reader takes is not the other side's silence.
        watch.rest()
        yield piece
        watch.waitAtMost(deadlines.silenceMs)
      }
    } catch (error) {
      throw fault(error, url)
    } finally {
      watch.end()
    }
  }
}

/** A generator that nobody has begun to read does not notice that it is left. */
function leavable(pieces: AsyncGenerator<Uint8Array>, leave: () => void): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => pieces.next(),
      return() {
        leave()
        return pieces.return(undefined)
      },
    }),
  }
}

interface Reading {
  readonly url: URL
  readonly maxBytes: number
  readonly watch: Watch
  readonly fault: (error: unknown, url: URL) => unknown
}

function readUrl(address: string): URL {
  if (address.length > MAX_URL_CHARS || !URL.canParse(address)) {
    throw new DownloadError('refused', 'no address')
  }
  return new URL(address)
}

/** Where a redirect leads, once its own body is let go of. Undefined: it is none. */
function nextOf({ statusCode, headers, body }: Dispatcher.ResponseData, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return undefined
  body.destroy()
  const { location } = headers
  if (typeof location !== 'string' || location.length > MAX_URL_CHARS || !URL.canParse(location, from.href)) {
    throw new DownloadError('unavailable', `${from.host}: a redirect to nowhere`)
  }
  return new URL(location, from)
}

function statusFault(status: number): DownloadFailure | undefined {
  if (status === 200 || status === 203) return undefined
  return status === 403 || status === 404 || status === 410 ? 'gone' : 'unavailable'
}

/** Bytes in a coding that was not asked for are not the file's. */
function encodingFault(encoding: string | string[] | undefined): DownloadFailure | undefined {
  return encoding === undefined || encoding === '' || encoding === 'identity' ? undefined : 'unavailable'
}

function tooLarge(url: URL, maxBytes: number): DownloadError {
  return new DownloadError('too-large', `${url.host}: more than ${maxBytes} bytes`)
}

/** Of the network's own errors only the code is kept: some messages name the whole address. */
function toDownloadError(error: unknown, url: URL): DownloadError {
  if (error instanceof DownloadError) return error
  if (error instanceof ForbiddenAddressError) {
    return new DownloadError('refused', `${url.host}: ${error.message}`)
  }
  if (error instanceof LateError) return new DownloadError('unavailable', `${url.host}: too slow`)
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed'
  return new DownloadError('unavailable', `${url.host}: ${code}`)
}
