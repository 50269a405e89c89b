// Keeps a reply growing on screen: the one loop, over whatever surface the platform has.
//
// 1. Text is appended as it comes; nothing waits for the screen, and the screen never waits for more text than it needs.
// 2. The first text waits for `minChars` or `maxWaitMs`, since a notification shows only the first post.
// 3. One call is in flight per reply. Whatever arrives meanwhile is shown by the next call: the newest, never a queue.
// 4. A part that is full is sealed, brought to its last state, and never touched again; the next one opens.
// 5. What a restart needs (where each part begins, which message shows it) is saved before the call that needs it.
// 6. Pictures and files are messages of their own where they stood in the text, as soon as they are fetched (gallery.ts).
// 7. What the model thinks stands above the first part where there is room, which tool is at work below the newest (beside.ts).
// 8. At the end a frame still in line makes way; every part is finished exactly once.

import { PlatformError } from '../contract/errors.ts'
import type { Control } from '../contract/platform.ts'
import { createBell } from './bell.ts'
import { createBeside } from './beside.ts'
import { createReplyDocument } from './document.ts'
import { isMediaPart } from './laid.ts'
import type { LaidPart, ReplyPart } from './laid.ts'
import { createFirstText } from './first-text.ts'
import { createGallery } from './gallery.ts'
import { createPartLog, owedMedia } from './part-log.ts'
import { createPartMessages } from './part-messages.ts'
import type { Shown } from './surface.ts'
import { keepTyping } from './typing.ts'
import type { ReplyWriter, WriterOptions } from './writer.ts'

export { firstPart } from './part-log.ts'
export type { ReplyWriter, WriterOptions } from './writer.ts'

/** After a frame that found the platform down. */
const PAUSE_AFTER_FAILED_FRAME_MS = 1_000
/** A message that thought until it was old is not left behind with fewer characters of its answer. Our choice. */
const LEAST_OF_OLD_CHARS = 200
const CLOSING = new Error('the reply is complete')

export function createReplyWriter<Body>(options: WriterOptions<Body>): ReplyWriter {
  const { outbox, pacer, clock, log, metrics, signal } = options
  const { renderer } = outbox
  const partLog = createPartLog(options.keyBase, options.resume?.parts, (saved) => options.saveParts(saved))
  const { parts } = partLog
  const bell = createBell(clock)
  const place = { account: options.account, outbox, pacer, clock, signal }
  const messages = createPartMessages(place, partLog, options, shown)
  const standing = parts.filter((part) => part.done)
  const owed = owedMedia(parts[standing.length])
  const imageUrls = new Map<string, string>()
  const { media } = options
  const text = createReplyDocument(
    renderer,
    { from: standing.at(-1)?.to ?? 0, index: standing.length, source: options.resume?.text ?? '' },
    media ? { looks: { isFile: (url) => media.isFile(url), imageUrls } } : {},
  )

  /** There is no word of it yet. */
  const isBlank = (): boolean => text.source.trim() === ''
  const sealed: LaidPart<Body>[] = []
  let open: ReplyPart<Body> | undefined

  let changed = text.source !== ''
  let closing: 'finish' | 'rest' | undefined
  let { controls } = options
  const beside = createBeside(renderer)
  const firstText = createFirstText(
    options,
    bell,
    parts.some((part) => part.surface !== undefined),
  )
  const framesEnd = new AbortController()
  const endFrames = (): void => framesEnd.abort(signal.reason)
  signal.addEventListener('abort', endFrames, { once: true })

  const over = new AbortController()
  const takesControls = outbox.limits.files?.takesControls === true
  const gallery =
    media &&
    createGallery({
      source: media,
      text,
      imageUrls,
      filesLast: !takesControls,
      ...(owed === undefined ? {} : { owed }),
      clock,
      signal: over.signal,
      leavesNothing,
      changed: mark,
    })

  const typing = keepTyping({ ...options, until: framesEnd.signal })
  const done = grow().finally(async () => {
    typing.stop()
    over.abort(CLOSING)
    signal.removeEventListener('abort', endFrames)
    if (signal.aborted || isBlank()) await messages.current?.message.abandon().catch(noted)
  })
  // Its failure belongs to whoever calls `finish`; until then it must not count as unhandled.
  done.catch(() => undefined)

  return {
    get text() {
      return text.source
    },
    append(more) {
      if (more === '') return
      firstText.began()
      beside.setStatus(undefined, isBlank())
      text.append(more)
      mark()
    },
    replace(whole) {
      firstText.began()
      if (text.replace(whole) === 'same') return
      beside.setStatus(undefined, false)
      mark()
    },
    setControls(next) {
      controls = next
      if (open) mark()
    },
    setStatus(next) {
      if (beside.setStatus(next, isBlank())) mark()
    },
    setThought(next) {
      if (!beside.setThought(next)) return
      firstText.began()
      mark()
    },
    finish: (last = []) => close('finish', last),
    rest: (last) => close('rest', last),
    async letGo() {
      await done.catch(() => undefined)
    },
  }

  async function close(how: 'finish' | 'rest', last: readonly Control[]): Promise<void> {
    closing = how
    controls = last
    beside.setStatus(undefined, false)
    // While a picture is still on its way, the text in front of it may be shown.
    advance()
    if (gallery?.isPending !== true) framesEnd.abort(CLOSING)
    mark()
    await done
  }

  function noted(error: unknown): void {
    const kind = error instanceof PlatformError ? error.kind : 'unknown'
    log.debug({ account: options.account, kind }, 'a message may look busy until it expires')
  }

  function mark(): void {
    if (changed) firstText.overtaken()
    changed = true
    bell.ring()
  }

  async function grow(): Promise<void> {
    for (;;) {
      const keepAliveMs = messages.current ? outbox.limits.keepAliveMs : undefined
      if (!changed && sealed.length === 0) await bell.next(keepAliveMs, signal)
      if (!beside.hasStatus || !isBlank()) {
        await firstText.enough(
          () => text.source.trim().length + beside.thoughtLength,
          () => closing !== undefined,
        )
      }
      changed = false
      const limit = advance()
      const last = closing !== undefined && gallery?.isPending !== true
      if (last) {
        gallery?.takeRest()
        text.finish()
        framesEnd.abort(CLOSING)
      } else if (messages.isOld && text.source.length - text.openFrom >= LEAST_OF_OLD_CHARS) text.rotate()
      layOut(last ? undefined : limit)
      if (last) sealBlank()
      while (sealed.length > 0) await finishNext()
      if (last) break
      if (open && !renderer.isEmpty(open.body)) await showOpen()
      else await showBlank()
    }
    await partLog.save()
  }

  /** Pictures that are there get their place. */
  function advance(): number | undefined {
    const arranged = gallery?.advance(closing !== undefined)
    if (arranged && arranged.sealed.length > 0) {
      sealed.push(...arranged.sealed)
      open = undefined
    }
    return arranged?.limit
  }

  /** A message of the open part stands, and has nothing of its own to say before `from`. */
  function leavesNothing(from: number): boolean {
    const stands =
      messages.current !== undefined || parts.some(({ done, surface }) => !done && surface !== undefined)
    return stands && sealed.length === 0 && text.source.slice(text.openFrom, from).trim() === ''
  }

  /** Text that has arrived becomes parts. */
  function layOut(limit?: number): void {
    const frame = text.frame(limit)
    sealed.push(...frame.sealed)
    open = frame.open
  }

  async function showOpen(): Promise<void> {
    if (!open) return
    const { index } = open
    const stands = await showFrame(open, () => {
      layOut(advance())
      const next = sealed.find((part) => part.index === index) ?? open
      return next === undefined || isMediaPart(next) || next.index !== index ? undefined : shownOf(next)
    })
    if (stands) shown()
  }

  /** Before there is a word of the reply: what keeps it, what is thought. */
  async function showBlank(): Promise<void> {
    const [first] = parts
    if (closing !== undefined || !isBlank() || !first || first.done || !beside.alone()) return
    const stands = await showFrame({ index: 0, from: first.from }, () => {
      const alone = isBlank() ? beside.alone() : undefined
      return alone && { ...alone, controls }
    })
    if (!stands || beside.thoughtLength === 0 || messages.current?.shownAtMs === undefined) return
    typing.stop()
    firstText.shown(false)
  }

  /** A reply without a word, of which a message stands: it is no longer under way. What is but a draft goes by itself. */
  function sealBlank(): void {
    const [first] = parts
    if (sealed.length > 0 || !isBlank() || first?.surface === undefined || first.done) return
    if (beside.thoughtLength === 0 && first.surface['messageId'] === undefined) return
    sealed.push({ index: 0, from: 0, to: 0, sealed: true, ...beside.wordless() })
  }

  async function showFrame(
    part: ReplyPart<Body> | Pick<ReplyPart<Body>, 'index' | 'from'>,
    newest: () => Shown<Body> | undefined,
  ): Promise<boolean> {
    try {
      await messages.update(part, newest, framesEnd.signal)
      return true
    } catch (error) {
      await forgiveFrame(error, !('body' in part))
      return false
    }
  }

  /** A frame may fail: the next one shows more. Only what will never work ends the reply. */
  async function forgiveFrame(error: unknown, wasBlank: boolean): Promise<void> {
    signal.throwIfAborted()
    if (framesEnd.signal.aborted && !(error instanceof PlatformError)) return
    if (!(error instanceof PlatformError)) throw error
    metrics.count('bridge_frames_skipped_total', { platform: options.account, because: 'refused' })
    changed = true
    if (error.kind === 'rate-limited') return
    if (error.kind === 'rejected' && wasBlank) {
      beside.refused()
      return
    }
    if (error.kind !== 'unavailable') throw error
    log.debug({ account: options.account, kind: error.kind }, 'frame not shown')
    await clock.sleep(PAUSE_AFTER_FAILED_FRAME_MS, framesEnd.signal).catch(() => undefined)
  }

  async function finishNext(): Promise<void> {
    const part = sealed[0]
    if (!part) return
    if (isMediaPart(part)) {
      const written = text.source.slice(part.from, part.to)
      const last = part === lastOfAll() ? controls : []
      await messages.finishMedia(part, gallery?.filesOf(part) ?? [], written, last)
    } else {
      await messages.finish(part, shownOf(part), closing === 'rest' && part === lastOfAll())
    }
    sealed.shift()
  }

  /** Buttons stand below the newest part alone. */
  function shownOf(part: ReplyPart<Body>): Shown<Body> {
    return { ...beside.shownOf(part), controls: !part.sealed || part === lastOfAll() ? controls : [] }
  }

  /** The part that ends the reply; undefined until all of its text is laid out. */
  function lastOfAll(): LaidPart<Body> | undefined {
    if (closing === undefined || open !== undefined) return undefined
    return takesControls ? sealed.at(-1) : sealed.findLast((part) => !isMediaPart(part))
  }

  function shown(): void {
    firstText.shown(!isBlank())
    typing.stop()
  }
}
