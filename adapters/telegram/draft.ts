// How does a reply grow as Telegram's own draft? A preview that is updated, and a real message at the end.
// https://core.telegram.org/bots/api#sendmessagedraft
//
// A draft is never stored and cannot be taken back: only a real message, or 30 s, clears it. So:
// 1. each frame is one draft under one id; 2. before the end, one last draft equal to the final text (a client turns the
// draft into the message only if their beginnings agree); 3. the message; 4. nothing after it. A chat that takes no
// drafts gets posts and edits from then on. Of the controls a draft shows Stop alone; the message shows the others.
import type { MessageId } from '../../src/contract/event.ts'
import type { Control, EditOptions, Outbox, Surface, SurfaceState } from '../../src/contract/platform.ts'
import type { Clock } from '../../src/contract/runtime.ts'
import { callAs, type BotApi } from './api.ts'
import { refusesDrafts, toPlatformError } from './errors.ts'
import type { Place } from './place.ts'
import type { TelegramBody } from './runs.ts'

export interface DraftParts {
  readonly account: string
  readonly api: BotApi
  readonly clock: Clock
  readonly outbox: Pick<Outbox<TelegramBody>, 'post' | 'edit' | 'renderer'>
  readonly chatId: number
  readonly place: Place
  readonly withoutDrafts: Set<number>
  readonly stops: Stops
  readonly key: string
  readonly replyTo?: MessageId
  readonly resume?: SurfaceState
}

/** Which token the Stop button under a growing draft stands for. After a restart the next frame says it again. */
export interface Stops {
  readonly tokenOf: (chatId: number, draftId: number) => string | undefined
  set(chatId: number, draftId: number, token: string | undefined): void
}

export function createStops(): Stops {
  const tokens = new Map<string, string>()
  return {
    tokenOf: (chatId, draftId) => tokens.get(`${chatId}:${draftId}`),
    set(chatId, draftId, token) {
      if (token === undefined) tokens.delete(`${chatId}:${draftId}`)
      else tokens.set(`${chatId}:${draftId}`, token)
    },
  }
}

/** Edits of a message share the budget of posts; the pauses between frames are made for drafts. */
const EDIT_GAP_MS = 1_100

export function openDraft(parts: DraftParts): Surface<TelegramBody> {
  const { account, api, chatId, clock, outbox, place, stops, withoutDrafts } = parts
  const draftId = draftIdOf(parts.key)
  let messageId = messageIdOf(parts.resume)
  let finished = false
  let lastDraft: TelegramBody | undefined
  let editedAtMs = -Infinity

  return {
    async update(body, frame, signal) {
      if (finished) return state()
      if (messageId === undefined && !withoutDrafts.has(place.chatId)) {
        try {
          await draft(body, frame.controls, signal)
          return state()
        } catch (error) {
          if (!refusesDrafts(error)) throw error
          withoutDrafts.add(place.chatId)
        }
      }
      const pauseMs = EDIT_GAP_MS - (clock.elapsed() - editedAtMs)
      if (messageId !== undefined && pauseMs > 0) await pause(pauseMs, signal)
      await show(body, frame, signal)
      editedAtMs = clock.elapsed()
      return state()
    },
    async finish(body, opts, signal) {
      if (messageId === undefined && !withoutDrafts.has(place.chatId)) await syncDraft(body, signal)
      const id = await show(body, opts, signal)
      over()
      return id
    },
    /** A draft goes by itself within 30 s; its text was never promised to stand. */
    async abandon() {
      over()
    },
  }

  async function pause(ms: number, signal: AbortSignal): Promise<void> {
    try {
      await clock.sleep(ms, signal)
    } catch (error) {
      throw toPlatformError(account, 'editMessageText', error, signal)
    }
  }

  function over(): void {
    finished = true
    stops.set(chatId, draftId, undefined)
  }

  async function draft(body: TelegramBody, controls: readonly Control[], signal: AbortSignal): Promise<void> {
    const stop = controls.find(({ kind }) => kind === 'stop')
    stops.set(chatId, draftId, stop?.kind === 'stop' ? stop.token : undefined)
    const payload = {
      chat_id: chatId,
      draft_id: draftId,
      text: body.text,
      entities: [...body.entities] as never[],
      ...(place.threadId === undefined ? {} : { message_thread_id: place.threadId }),
      // What stands stays until the message is there.
      ...(stop === undefined ? {} : { can_stop: true, keep_on_stop: true }),
    }
    await callAs(account, api, 'sendMessageDraft', payload, signal)
    lastDraft = body
  }

  async function syncDraft(body: TelegramBody, signal: AbortSignal): Promise<void> {
    if (lastDraft === undefined || outbox.renderer.equal(lastDraft, body)) return
    try {
      await draft(body, [], signal)
    } catch (error) {
      // Only looks are at stake; the message itself must go out.
      if (signal.aborted) throw error
    }
  }

  /** The message itself: posted once, edited after that. */
  async function show(
    body: TelegramBody,
    { controls }: EditOptions,
    signal: AbortSignal,
  ): Promise<MessageId> {
    // A message that opened a text field could never be edited again.
    const opts = { controls: controls.filter(({ kind }) => kind !== 'reply') }
    if (messageId !== undefined) {
      await outbox.edit(messageId, body, opts, signal)
      return messageId
    }
    const replyTo = parts.replyTo === undefined ? {} : { replyTo: parts.replyTo }
    messageId = await outbox.post(body, { ...opts, key: parts.key, ...replyTo }, signal)
    return messageId
  }

  function state(): SurfaceState {
    return messageId === undefined ? { draftId } : { messageId }
  }
}

function messageIdOf(state: SurfaceState | undefined): MessageId | undefined {
  const id = state?.['messageId']
  // Border: minted by this adapter, journaled, read back.
  return typeof id === 'string' ? (id as MessageId) : undefined
}

/** Positive, 32 bits, not 0, and the same after a restart. FNV-1a over the key. */
function draftIdOf(key: string): number {
  let hash = 0x811c9dc5
  for (const char of key) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193)
  return (hash >>> 1) | 1
}
