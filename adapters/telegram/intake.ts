// How does an update become a stored event? Read, offered to the inbox, its button press answered. For both modes.
import { PlatformError } from '../../src/contract/errors.ts'
import type { Inbox } from '../../src/contract/platform.ts'
import type { ChatEvent } from '../../src/contract/event.ts'
import type { Ack } from '../../src/contract/platform.ts'
import type { NoticeKey } from '../../src/contract/notice.ts'
import type { Clock, Logger, Words } from '../../src/contract/runtime.ts'
import { createTakenAlbums } from './albums.ts'
import { callAs, type BotApi } from './api.ts'
import { withDeadline } from '../common/deadline.ts'
import { createInOrder } from '../common/in-order.ts'
import { readUpdate, type Reading } from './inbound.ts'
import { createRoles } from './roles.ts'
import { fieldsOf, readId, readString, readWhole } from '../common/read.ts'

export interface Intake {
  /**
   * Resolves when the update is stored, or nothing to us; rejects when it shall be offered again. Updates of one chat go
   * one by one. `album`: the other items of the album whose caption is a command.
   */
  offer(update: unknown, album?: readonly unknown[]): Promise<void>
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>
}

export interface IntakeParts {
  readonly account: string
  readonly api: BotApi
  readonly clock: Clock
  readonly log: Logger
  readonly words: Words
  readonly inbox: Inbox
  reading(): Reading
  /** Told of each event before it is offered. */
  saw(event: ChatEvent): void
  /** Absent: nobody asks for `Sender.roles`. `untilKnown`: see roles.ts. */
  readonly roles?: { readonly untilKnown: boolean }
  /** Aborts when no new update is taken in: roles are not asked for any more. */
  readonly stopping: AbortSignal
  /** Outlives `stopping`: what was fetched is still stored. */
  readonly signal: AbortSignal
}

/** A query expires within tens of seconds; an answer later than this helps nobody. */
const ANSWER_PRESS_WITHIN_MS = 10_000
/** https://core.telegram.org/bots/api#answercallbackquery */
const MAX_ANSWER_CHARS = 200

export function createIntake(parts: IntakeParts): Intake {
  const { account, api, clock, inbox, log, signal, words } = parts
  const order = createInOrder()
  const takenAlbums = createTakenAlbums()
  const roles =
    parts.roles === undefined
      ? undefined
      : createRoles({ account, api, clock, log, ...parts.roles, keep: order.keep, signal: parts.stopping })

  return {
    offer: (update, album = []) => order.run(chatOf(update), () => take(update, album)),
    settled: () => order.settled(),
  }

  async function take(update: unknown, album: readonly unknown[]): Promise<void> {
    const { my_chat_member: ours, chat_member: theirs } = fieldsOf(update)
    const changedIn = readId(fieldsOf(fieldsOf(ours ?? theirs)['chat'])['id'])
    if (changedIn !== undefined) roles?.forget(changedIn)
    const event = read(update, album)
    if (event?.kind === 'message' && takenAlbums.has(update)) {
      log.debug({ event: event.id }, 'an item of an album came after its command had begun')
      return
    }
    if (event !== undefined) parts.saw(event)
    const ack: Ack = event === undefined ? { show: 'nothing' } : await inbox(await withRoles(event), signal)
    if (event?.kind === 'command') takenAlbums.add(update)
    const press = fieldsOf(fieldsOf(update)['callback_query'])
    const pressId = readString(press['id'])
    if (pressId === undefined) return
    order.keep(answerPress(pressId, ack, readString(fieldsOf(press['from'])['language_code'])))
  }

  /** An update that breaks its reader would break it each time it is offered, and hold up all that come after it. */
  function read(update: unknown, album: readonly unknown[]): ChatEvent | undefined {
    try {
      return readUpdate(update, parts.reading(), album)
    } catch (error) {
      const id = readWhole(fieldsOf(update)['update_id'])
      log.error({ update: id }, 'an update could not be read and is left out', error)
      return undefined
    }
  }

  async function withRoles(event: ChatEvent): Promise<ChatEvent> {
    if (roles === undefined || !('sender' in event) || event.chatKind === 'direct') return event
    const known = await roles.of(event.address.chatId, event.sender.id)
    return known === undefined ? event : { ...event, sender: { ...event.sender, roles: known } }
  }

  /** Without an answer the button keeps spinning. Best effort: the press itself is stored. */
  async function answerPress(id: string, ack: Ack, locale: string | undefined): Promise<void> {
    const limit = { account, clock, ms: ANSWER_PRESS_WITHIN_MS, what: 'answerCallbackQuery' }
    try {
      const text =
        ack.show === 'notice' ? words.say(ack.notice, locale).slice(0, MAX_ANSWER_CHARS).toWellFormed() : ''
      const alert = ack.show === 'notice' && mustBeRead(ack.notice.key)
      const payload = {
        callback_query_id: id,
        ...(text === '' ? {} : { text }),
        ...(alert && text !== '' ? { show_alert: true } : {}),
      }
      await withDeadline(limit, signal, async (within) => {
        const answer = () => callAs(account, api, 'answerCallbackQuery', payload, within)
        await answer().catch(async (error: unknown) => {
          if (!(error instanceof PlatformError) || error.kind !== 'rate-limited') throw error
          // While the person looks at the button: within the deadline, or not at all.
          await clock.sleep(error.retryAfterMs ?? 1_000, within)
          await answer()
        })
      })
    } catch (error) {
      log.debug(
        { reason: error instanceof Error ? error.message : 'unknown' },
        'a button press stayed unanswered',
      )
    }
  }
}

/** A refusal is nowhere else to be read: a box to be closed. What was done is seen in the chat: words that fade. */
function mustBeRead(key: NoticeKey): boolean {
  return /^(?:access|budget|failure|file|input|lane|option)\./.test(key) || REFUSALS.has(key)
}

const REFUSALS: ReadonlySet<NoticeKey> = new Set([
  'action.expired',
  'action.notYours',
  'turn.expired',
  'turn.tooOld',
])

/** Updates of one chat keep their order; those without a chat share a queue. */
export function chatOf(update: unknown): string {
  const fields = fieldsOf(update)
  const holder = fieldsOf(
    fields['message'] ??
      fieldsOf(fields['callback_query'])['message'] ??
      fields['my_chat_member'] ??
      fields['chat_member'] ??
      fields['stopped_message_generation'],
  )
  return readId(fieldsOf(holder['chat'])['id']) ?? ''
}
