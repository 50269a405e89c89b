// Keeps a reply growing on screen: the one loop, over whatever surface the platform has.
//
// 1. Text is appended as it comes; nothing waits for the screen, and the screen never waits for more text than it needs.
// 2. The first text waits for `minChars` or `maxWaitMs`, since a notification shows only the first post.
// 3. One call is in flight per reply. Whatever arrives meanwhile is shown by the next call: the newest, never a queue.
// 4. A part that is full is sealed, brought to its last state, and never touched again; the next one opens.
// 5. What a restart needs (where each part begins, which message shows it) is saved before the call that needs it.
// 6. At the end a frame still in line makes way; every part is finished exactly once.

import { PlatformError } from '../contract/errors.ts'
import type { Control } from '../contract/platform.ts'
import type { PartRecord } from '../contract/turn.ts'
import { createReplyDocument, type ReplyPart } from './document.ts'
import { openMessage, type GrowingMessage, type Shown } from './surface.ts'
import { keepTyping } from './typing.ts'
import { atMost, untilAborted } from './wait.ts'
import type { ReplyWriter, WriterOptions } from './writer.ts'

export type { ReplyWriter, WriterOptions } from './writer.ts'

interface OpenMessage<Body> {
  readonly index: number
  readonly message: GrowingMessage<Body>
  /** When it first showed something in this process. */
  shownAtMs?: number
}

/** What is journaled before the first post of a reply can be made. */
export function firstPart(keyBase: string): PartRecord {
  return { key: `${keyBase}p0`, from: 0, done: false }
}

/** After a frame that found the platform down. */
const PAUSE_AFTER_FAILED_FRAME_MS = 1_000
const CLOSING = new Error('the reply is complete')

export function createReplyWriter<Body>(options: WriterOptions<Body>): ReplyWriter {
  const { outbox, pacer, clock, log, metrics, settings, signal } = options
  const { renderer } = outbox
  const parts: PartRecord[] = [...(options.resume?.parts ?? [firstPart(options.keyBase)])]
  const standing = parts.filter((part) => part.done)
  const text = createReplyDocument(renderer, {
    from: standing.at(-1)?.to ?? 0,
    index: standing.length,
    source: options.resume?.text ?? '',
  })

  const sealed: ReplyPart<Body>[] = []
  let open: ReplyPart<Body> | undefined
  let current: OpenMessage<Body> | undefined
  let savedAs = JSON.stringify(parts)

  let changed = text.source !== ''
  let closing: 'finish' | 'rest' | undefined
  let { controls } = options
  let wake: (() => void) | undefined
  let firstTextAtMs: number | undefined
  let nothingShown = parts.every((part) => part.surface === undefined)
  const framesEnd = new AbortController()
  const endFrames = (): void => framesEnd.abort(signal.reason)
  signal.addEventListener('abort', endFrames, { once: true })

  const typing = keepTyping({ ...options, until: framesEnd.signal })
  const done = grow().finally(async () => {
    typing.stop()
    signal.removeEventListener('abort', endFrames)
    if (signal.aborted) await current?.message.abandon().catch(noted)
  })
  // Its failure belongs to whoever calls `finish`; until then it must not count as unhandled.
  done.catch(() => undefined)

  return {
    get text() {
      return text.source
    },
    append(more) {
      if (more === '') return
      firstTextAtMs ??= clock.elapsed()
      text.append(more)
      mark()
    },
    replace(whole) {
      firstTextAtMs ??= clock.elapsed()
      if (text.replace(whole) !== 'same') mark()
    },
    setControls(next) {
      controls = next
      if (open) mark()
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
    text.finish()
    framesEnd.abort(CLOSING)
    mark()
    await done
  }

  function noted(error: unknown): void {
    const kind = error instanceof PlatformError ? error.kind : 'unknown'
    log.debug({ account: options.account, kind }, 'a message may look busy until it expires')
  }

  function mark(): void {
    changed = true
    wake?.()
  }

  async function grow(): Promise<void> {
    for (;;) {
      if (!changed && sealed.length === 0) await somethingNew()
      await enoughToBegin()
      const last = closing !== undefined
      changed = false
      if (!last && isOld(current)) text.rotate()
      layOut()
      while (sealed.length > 0) await finishNext()
      if (last) break
      if (open && !renderer.isEmpty(open.body)) await showOpen()
    }
    await save()
  }

  /** The platform ends its surface before long: what comes now goes into the next one. */
  function isOld(message: OpenMessage<Body> | undefined): boolean {
    const { surfaceLivesMs } = outbox.limits
    return (
      surfaceLivesMs !== undefined &&
      message?.shownAtMs !== undefined &&
      clock.elapsed() - message.shownAtMs >= surfaceLivesMs
    )
  }

  /** Text that has arrived becomes parts. */
  function layOut(): void {
    const frame = text.frame()
    sealed.push(...frame.sealed)
    open = frame.open
  }

  async function showOpen(): Promise<void> {
    if (!open) return
    const { index } = open
    try {
      const message = await messageFor(open)
      const surface = await message.update(() => {
        layOut()
        const next = sealed.find((part) => part.index === index) ?? open
        return next && shownOf(next)
      }, framesEnd.signal)
      if (current) current.shownAtMs ??= clock.elapsed()
      shown()
      const part = parts[index]
      if (surface && part) parts[index] = { ...part, surface }
      await save()
    } catch (error) {
      await forgiveFrame(error)
    }
  }

  /** A frame may fail: the next one shows more. Only what will never work ends the reply. */
  async function forgiveFrame(error: unknown): Promise<void> {
    signal.throwIfAborted()
    if (framesEnd.signal.aborted && !(error instanceof PlatformError)) return
    if (!(error instanceof PlatformError)) throw error
    metrics.count('bridge_frames_skipped_total', { platform: options.account })
    changed = true
    if (error.kind === 'rate-limited') return
    if (error.kind !== 'unavailable') throw error
    log.debug({ account: options.account, kind: error.kind }, 'frame not shown')
    await clock.sleep(PAUSE_AFTER_FAILED_FRAME_MS, framesEnd.signal).catch(() => undefined)
  }

  async function finishNext(): Promise<void> {
    const part = sealed[0]
    if (!part) return
    const rests = closing === 'rest' && part === lastOfAll()
    let surface = parts[part.index]?.surface
    if (!renderer.isEmpty(part.body)) {
      const message = await messageFor(part)
      surface = await (rests ? message.rest(shownOf(part)) : message.finish(shownOf(part)))
      shown()
    }
    const known = parts[part.index] ?? { key: keyOf(part.index), from: part.from, done: false }
    const end = rests ? {} : { to: part.to, done: true }
    parts[part.index] = { ...known, ...end, ...(surface === undefined ? {} : { surface }) }
    current = undefined
    sealed.shift()
  }

  /** Buttons stand below the newest part alone. */
  function shownOf(part: ReplyPart<Body>): Shown<Body> {
    const { body, plain } = part
    return { body, plain, controls: !part.sealed || part === lastOfAll() ? controls : [] }
  }

  /** The part that ends the reply; undefined until all of its text is laid out. */
  function lastOfAll(): ReplyPart<Body> | undefined {
    return closing !== undefined && open === undefined ? sealed.at(-1) : undefined
  }

  /** The message that shows this part; opened, and journaled as about to be posted, when there is none. */
  async function messageFor(part: ReplyPart<Body>): Promise<GrowingMessage<Body>> {
    if (current?.index === part.index) return current.message
    const known = parts[part.index]
    const record = known ?? { key: keyOf(part.index), from: part.from, done: false }
    parts[part.index] = record
    await save()
    const message = openMessage(
      { account: options.account, outbox, pacer, clock, signal },
      {
        key: record.key,
        maybePosted: known !== undefined && options.resume !== undefined,
        ...(record.surface === undefined ? {} : { resume: record.surface }),
        ...(options.replyTo === undefined || part.index > 0 ? {} : { replyTo: options.replyTo }),
      },
    )
    current = { index: part.index, message }
    return message
  }

  function keyOf(index: number): string {
    return `${options.keyBase}p${index}`
  }

  async function save(): Promise<void> {
    const asText = JSON.stringify(parts)
    if (asText === savedAs) return
    await options.saveParts([...parts])
    savedAs = asText
  }

  function shown(): void {
    metrics.count('bridge_frames_sent_total', { platform: options.account })
    if (!nothingShown) return
    nothingShown = false
    typing.stop()
    metrics.observe('bridge_first_text_ms', clock.elapsed() - options.askedAtMs, {
      platform: options.account,
    })
  }

  async function somethingNew(): Promise<void> {
    const keepAliveMs = current ? outbox.limits.keepAliveMs : undefined
    if (keepAliveMs === undefined) await untilAborted(nextMark(), signal)
    else await atMost(keepAliveMs, nextMark(), clock, signal)
  }

  function nextMark(): Promise<void> {
    return new Promise((resolve) => {
      wake = resolve
    })
  }

  async function enoughToBegin(): Promise<void> {
    if (!nothingShown) return
    const latestMs = (firstTextAtMs ?? clock.elapsed()) + settings.maxWaitMs
    while (closing === undefined && text.source.trim().length < settings.minChars) {
      const leftMs = latestMs - clock.elapsed()
      if (leftMs <= 0) return
      await atMost(leftMs, nextMark(), clock, signal)
    }
  }
}
