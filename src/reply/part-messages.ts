// Which message shows which part? Opened when a part first shows something, finished once, and journaled before each call
// that needs it.

import { parse } from '../markdown/parse.ts'
import type { Control } from '../contract/platform.ts'
import type { PartRecord } from '../contract/turn.ts'
import type { MediaPart, ReplyPart } from './laid.ts'
import type { PartLog } from './part-log.ts'
import { sendMedia, type PlacedFile } from './send-media.ts'
import { openMessage, type GrowingMessage, type MessagePlace, type Shown } from './surface.ts'
import type { WriterOptions } from './writer.ts'

export interface PartMessages<Body> {
  /** The message that shows the open part. */
  readonly current: OpenMessage<Body> | undefined
  /** The platform ends its surface before long: what comes now goes into the next one. */
  readonly isOld: boolean
  /** Shows a state of the part; `newest` is asked once it may go. */
  update(
    part: Pick<ReplyPart<Body>, 'index' | 'from'>,
    newest: () => Shown<Body> | undefined,
    waitSignal: AbortSignal,
  ): Promise<void>
  /** Its last state; `rests`: the last for now. An empty one needs no message. */
  finish(part: ReplyPart<Body>, last: Shown<Body>, rests: boolean): Promise<void>
  /** `written`: what stands in the text for them, for what the platform takes in no form. */
  finishMedia(
    part: MediaPart,
    files: readonly PlacedFile[],
    written: string,
    controls: readonly Control[],
  ): Promise<void>
}

export interface OpenMessage<Body> {
  readonly index: number
  readonly message: GrowingMessage<Body>
  /** When it first showed something in this process. */
  shownAtMs?: number
}

/** `shown`: told when something of the reply stands. */
export function createPartMessages<Body>(
  place: MessagePlace<Body>,
  log: PartLog,
  { replyTo }: Pick<WriterOptions<Body>, 'replyTo'>,
  shown: () => void,
): PartMessages<Body> {
  const { renderer } = place.outbox
  let current: OpenMessage<Body> | undefined

  return {
    get current() {
      return current
    },
    get isOld() {
      const { surfaceLivesMs } = place.outbox.limits
      const shownAtMs = current?.shownAtMs
      if (surfaceLivesMs === undefined || shownAtMs === undefined) return false
      return place.clock.elapsed() - shownAtMs >= surfaceLivesMs
    },
    async update(part, newest, waitSignal) {
      const { message } = await openFor(part)
      let isBlank = log.recordOf(part).blank === true
      const look = (): Shown<Body> | undefined => {
        const next = newest()
        if (next) isBlank = next.isBlank === true
        return next
      }
      const surface = await message.update(look, waitSignal)
      if (current && surface) current.shownAtMs ??= place.clock.elapsed()
      if (surface) log.set(part.index, { ...textOf(part), surface, ...(isBlank ? { blank: true } : {}) })
      await log.save()
    },
    async finish(part, last, rests) {
      let { surface } = log.recordOf(part)
      if (!renderer.isEmpty(last.body)) {
        const { message } = await openFor(part)
        surface = await (rests ? message.rest(last) : message.finish(last))
        shown()
      }
      const end = rests ? {} : { to: part.to, done: true }
      log.set(part.index, { ...textOf(part), ...end, ...(surface === undefined ? {} : { surface }) })
      current = undefined
    },
    async finishMedia(part, files, written, controls) {
      const { index, from, to, media } = part
      const { key } = log.recordOf(part)
      log.set(index, { key, from, to, done: false, media })
      await log.save()
      const refused = await sendMedia(place, files, {
        key,
        controls,
        maybePosted: log.wasThere(index),
        ...(replyTo === undefined || !isFirst(index) ? {} : { replyTo }),
      })
      if (refused.length > 0 && written.trim() !== '') {
        const { message } = await openFor(part)
        await message.finish({ body: renderer.render(parse(written)), plain: written, controls })
      }
      log.set(index, { key, from, to, done: true, media })
      shown()
      current = undefined
    },
  }

  /** What may have been a picture in an earlier life is text now: its address has expired. */
  function textOf(part: Pick<ReplyPart<Body>, 'index' | 'from'>): PartRecord {
    const { blank: _blank, ...record } = log.recordOf(part)
    if (record.media === undefined) return record
    const { key, from, done } = record
    return { key, from, done }
  }

  function isFirst(index: number): boolean {
    return log.parts
      .slice(0, index)
      .every(({ surface, media }) => surface === undefined && media === undefined)
  }

  /** Opened, and journaled as about to be posted, when there is none. */
  async function openFor(part: Pick<ReplyPart<Body>, 'index' | 'from'>): Promise<OpenMessage<Body>> {
    if (current?.index === part.index) return current
    const { key, surface } = log.recordOf(part)
    await log.save()
    const message = openMessage(place, {
      key,
      maybePosted: log.wasThere(part.index),
      ...(surface === undefined ? {} : { resume: surface }),
      ...(replyTo === undefined || part.index > 0 ? {} : { replyTo }),
    })
    current = { index: part.index, message }
    return current
  }
}
