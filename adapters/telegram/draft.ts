// How does a reply grow as Telegram's own draft? A preview that is updated, and a real message at the end.
// https://core.telegram.org/bots/api#sendmessagedraft
//
// A draft is never stored and cannot be taken back: only a real message, or 30 s, clears it. So:
// 1. each frame is one draft under one id; 2. before the end, one last draft equal to the final text (a client turns the
// draft into the message only if their beginnings agree); 3. the message; 4. nothing after it. A chat that takes no
// drafts gets posts and edits from then on.
import type { MessageId } from '../../src/contract/event.ts'
import type { EditOptions, Outbox, Surface, SurfaceState } from '../../src/contract/platform.ts'
import { callAs, type BotApi } from './api.ts'
import { refusesDrafts } from './errors.ts'
import type { Place } from './place.ts'
import type { TelegramBody } from './runs.ts'

export interface DraftParts {
  readonly account: string
  readonly api: BotApi
  readonly outbox: Pick<Outbox<TelegramBody>, 'post' | 'edit' | 'renderer'>
  readonly chatId: number
  readonly place: Place
  readonly withoutDrafts: Set<number>
  readonly key: string
  readonly replyTo?: MessageId
  readonly resume?: SurfaceState
}

export function openDraft(parts: DraftParts): Surface<TelegramBody> {
  const { account, api, outbox, place, withoutDrafts } = parts
  const draftId = draftIdOf(parts.key)
  let messageId = messageIdOf(parts.resume)
  let finished = false
  let lastDraft: TelegramBody | undefined

  return {
    async update(body, frame, signal) {
      if (finished) return state()
      if (messageId === undefined && !withoutDrafts.has(place.chatId)) {
        try {
          await draft(body, signal)
          return state()
        } catch (error) {
          if (!refusesDrafts(error)) throw error
          withoutDrafts.add(place.chatId)
        }
      }
      await show(body, frame, signal)
      return state()
    },
    async finish(body, opts, signal) {
      if (messageId === undefined && !withoutDrafts.has(place.chatId)) await syncDraft(body, signal)
      const id = await show(body, opts, signal)
      finished = true
      return id
    },
    /** A draft goes by itself within 30 s; its text was never promised to stand. */
    async abandon() {
      finished = true
    },
  }

  async function draft(body: TelegramBody, signal: AbortSignal): Promise<void> {
    const payload = {
      chat_id: parts.chatId,
      draft_id: draftId,
      text: body.text,
      entities: [...body.entities] as never[],
      ...(place.threadId === undefined ? {} : { message_thread_id: place.threadId }),
    }
    await callAs(account, api, 'sendMessageDraft', payload, signal)
    lastDraft = body
  }

  async function syncDraft(body: TelegramBody, signal: AbortSignal): Promise<void> {
    if (lastDraft === undefined || outbox.renderer.equal(lastDraft, body)) return
    try {
      await draft(body, signal)
    } catch (error) {
      // Only looks are at stake; the message itself must go out.
      if (signal.aborted) throw error
    }
  }

  /** The message itself: posted once, edited after that. */
  async function show(body: TelegramBody, opts: EditOptions, signal: AbortSignal): Promise<MessageId> {
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
