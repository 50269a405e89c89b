// What has become of the pictures and files of one reply? Fetched beside it, as soon as they are named.

import type { Assistant } from '../../contract/assistant.ts'
import type { FileLimits, OutgoingFile } from '../../contract/platform.ts'
import type { Clock, Logger } from '../../contract/runtime.ts'
import type { Kept, Spool } from '../../media/spool.ts'
import type { Downloader } from '../../net/download.ts'
import { createWatch } from '../../net/watch.ts'
import type { FoundMedia, MediaSource, MediaState } from '../../reply/media.ts'
import { fetchAnswerFile } from './answer-fetch.ts'
import { createGate, type Gate } from '../gate.ts'

export interface AnswerMediaOptions {
  readonly downloader: Downloader
  readonly spool: Spool
  /** One for all replies of the process: `createGate(FETCHED_AT_ONCE)`. */
  readonly gate: Gate
  /** What `sendFiles` takes; absent: the place sends none. */
  readonly limits?: FileLimits
  /** `Outbox.prepareImage`, paced by the caller; absent: pictures have no place in the text. */
  readonly prepare?: (file: OutgoingFile, signal: AbortSignal) => Promise<string>
  readonly storedFile?: NonNullable<Assistant['storedFile']>
  readonly clock: Clock
  /** With the turn's fields. */
  readonly log: Logger
}

export interface AnswerMedia extends MediaSource {
  /** Files of the answer, as an event names them: from now on they are worth fetching. */
  knows(files: readonly { readonly url: string; readonly name?: string }[]): void
}

/** In the whole process. Our choice: 16 × 256 KiB of memory and of sockets. */
export const FETCHED_AT_ONCE = 16
const AT_ONCE_PER_REPLY = 4
const MOST_PER_REPLY = 20
/** From being wanted to being there, waiting for its turn and all: the reply waits with it. */
const WITHIN_MS = 30_000

/** Made for each reply by the bridge, and closed with it. Where nothing can be shown, nothing is fetched. */
export function createAnswerMedia(options: AnswerMediaOptions): AnswerMedia {
  const { limits, prepare, storedFile, gate, clock } = options
  const log = options.log
  const canShow = limits !== undefined || prepare !== undefined
  const ownGate = createGate(AT_ONCE_PER_REPLY)
  const closing = new AbortController()
  const states = new Map<string, MediaState>()
  const known = new Map<string, string | undefined>()
  const underWay = new Set<Promise<void>>()
  const kept: Kept[] = []
  let fetched = 0
  let listener: () => void = () => undefined

  return {
    knows(files) {
      for (const { url, name } of files) if (isAddress(url)) known.set(url, name ?? known.get(url))
    },
    // Without limits, files that are no pictures have no place anywhere.
    isFile: (url) =>
      limits !== undefined && isAddress(url) && (known.has(url) || storedFile?.(url) !== undefined),
    want(media) {
      const { url } = media
      if (states.has(url)) return
      if (!canShow || !isAddress(url) || fetched >= MOST_PER_REPLY || closing.signal.aborted) {
        states.set(url, { is: 'failed' })
        if (fetched >= MOST_PER_REPLY) log.info({ most: MOST_PER_REPLY }, 'more media than a reply may have')
        // After `want`, as with everything else that is told.
        queueMicrotask(() => listener())
        return
      }
      fetched += 1
      states.set(url, { is: 'pending' })
      const work = fetchOne(media).then((state) => {
        underWay.delete(work)
        if (closing.signal.aborted) return
        states.set(url, state)
        listener()
      })
      underWay.add(work)
    },
    stateOf: (url) => states.get(url) ?? { is: 'failed' },
    onChange(next) {
      listener = next
    },
    giveUp() {
      closing.abort(new Error('nobody wants more'))
      for (const [url, { is }] of states) if (is === 'pending') states.set(url, { is: 'failed' })
      listener()
    },
    async close() {
      listener = () => undefined
      closing.abort(new Error('the reply is over'))
      await Promise.all(underWay)
      await Promise.all(kept.splice(0).map((file) => file.release()))
    },
  }

  /** Never rejects. */
  async function fetchOne(media: FoundMedia): Promise<MediaState> {
    const fields = { host: URL.parse(media.url)?.host, kind: media.kind }
    const startedMs = clock.elapsed()
    const watch = createWatch(clock, WITHIN_MS, closing.signal)
    const { signal } = watch
    try {
      return await ownGate(signal, () => gate(signal, work))
    } catch (error) {
      if (!closing.signal.aborted) {
        log.warn({ ...fields, ...tookMs(), because: nameOf(error) }, 'media of an answer were not fetched')
      }
      return { is: 'failed' }
    } finally {
      watch.end()
    }

    async function work(): Promise<MediaState> {
      const told = known.get(media.url)
      const stored = storedFile?.(media.url)?.name
      const named = { ...(told === undefined ? {} : { told }), ...(stored === undefined ? {} : { stored }) }
      const made = await fetchAnswerFile(media, named, options, signal)
      if (!made.ok) {
        log.info({ ...fields, ...tookMs(), because: made.because }, 'media of an answer stay a link')
        return { is: 'failed' }
      }
      const { file, isImage } = made
      log.debug(
        { ...fields, ...tookMs(), sentAs: file.kind, sizeBytes: file.sizeBytes },
        'media of an answer are here',
      )
      if (prepare === undefined || !isImage || media.kind !== 'image') {
        kept.push(made.kept)
        return { is: 'ready', file }
      }
      try {
        return { is: 'inline', url: await watch.race(prepare(file, signal)) }
      } finally {
        await made.kept.release()
      }
    }
    function tookMs(): { readonly tookMs: number } {
      return { tookMs: Math.round(clock.elapsed() - startedMs) }
    }
  }
}

function isAddress(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url)
}

/** Not its message: that may name an address. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'kind' in error ? `${error.name} ${String(error.kind)}` : error.name
}
