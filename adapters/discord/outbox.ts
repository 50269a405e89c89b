// How is a place on Discord written to? Post, edit, files, threads, typing, and how often that is allowed.
import { Routes } from 'discord.js'
import { PlatformError } from '../../src/contract/errors.ts'
import type { MessageId } from '../../src/contract/event.ts'
import type { Limits, Outbox, PostOptions, Renderer } from '../../src/contract/platform.ts'
import { sendAs } from './api.ts'
import { editOf, payloadOf, type DiscordBody } from './body.ts'
import { nonceOf, type Echoes } from './echoes.ts'
import { codes } from './errors.ts'
import { openInteraction, type InteractionParts, type Payload } from './interaction.ts'
import { channelLimits, fileLimits, interactionKey, interactionLimits } from './limits.ts'
import type { FilePart } from './multipart.ts'
import type { Place } from './place.ts'
import { asFileRefusal, fileMessageOf } from './send-file.ts'
import { startThread } from './thread.ts'
import { fieldsOf, readId, readList, readString } from '../common/read.ts'

/** What the outboxes of one account share. */
export interface OutboxParts extends InteractionParts {
  /** Over all channels together; 0 = no limit of our own. */
  readonly requestsPerSecond: number
  readonly renderer: Renderer<DiscordBody>
  /** Our own messages as the gateway tells of them, by nonce. */
  readonly echoes: Echoes
  /** Channels whose history we may not read: nothing can be a reply there. */
  readonly withoutReplies: Set<string>
  /** A server's boost tier, where it is known. */
  tierOf(guildId: string): number | undefined
}

/** How far back a post is looked for whose answer never came. */
const LOOK_BACK_MESSAGES = 100
const MAX_WITHOUT_REPLIES = 10_000

export function createOutbox(place: Place, parts: OutboxParts): Outbox<DiscordBody> {
  const { account, api, echoes, renderer, withoutReplies } = parts
  const { channelId } = place
  const { interaction } = place
  const line = interaction === undefined ? undefined : openInteraction(interaction, parts)
  const { requestsPerSecond } = parts
  const limits = limitsHere()

  const outbox: Outbox<DiscordBody> = {
    limits,
    renderer,
    post: async (body, opts, signal) =>
      readMessageId(account, await send(payloadOf(body, opts.controls), opts, signal)),
    async edit(id, body, { controls }, signal) {
      const payload = editOf(body, controls)
      if ((await line?.edit(id, payload, signal)) !== undefined) return
      const route = Routes.channelMessage(channelId, id)
      await sendAs(account, api, { method: 'PATCH', route, body: payload }, signal).catch(
        (error: unknown) => {
          throw isCode(error, codes.threadArchived) ? asGone(error) : error
        },
      )
    },
    async findPosted(key, signal) {
      const message = await line?.find(key, signal)
      const id =
        readString(fieldsOf(message)['id']) ?? echoes.find(channelId, key) ?? (await lookFor(key, signal))
      // Border: ids are minted from the server's answers.
      return id as MessageId | undefined
    },
    async sendFiles(files, opts, signal) {
      const maxBytes = limits.files?.maxBytes ?? 0
      const { parts: bytes, payload } = fileMessageOf(account, files, opts.controls, maxBytes)
      const answer = await send(payload, opts, signal, bytes).catch((error: unknown) => {
        throw asFileRefusal(error, maxBytes)
      })
      return [readMessageId(account, answer)]
    },
  }
  // An interaction shows "thinking…" by itself, and the channel may be one the bot is not in.
  if (line?.isBound() === true) return outbox
  return {
    ...outbox,
    async showTyping(signal) {
      if ((await line?.isPrivate(signal)) === true) return
      await sendAs(account, api, { method: 'POST', route: Routes.channelTyping(channelId) }, signal)
    },
    // Private chats have no threads, and threads none of their own.
    ...(place.direct || place.parentId !== undefined
      ? {}
      : {
          async openThread(opts, signal) {
            if ((await line?.isPrivate(signal)) !== true)
              return startThread({ account, api }, place, opts, signal)
            throw new PlatformError(account, 'unsupported', 'a private answer has no thread')
          },
        }),
  }

  function limitsHere(): Limits {
    const tier = place.guildId === undefined ? undefined : parts.tierOf(place.guildId)
    const files = fileLimits(tier === undefined ? {} : { tier })
    const inChannel = channelLimits({ account, channelId, requestsPerSecond, files })
    if (interaction === undefined || line?.isBound() !== true) return inChannel
    const { id, maxFileBytes: told } = interaction
    const inAnswer = told === undefined ? files : fileLimits({ told })
    return interactionLimits(interactionKey(account, id), line.isOpen, inChannel, inAnswer)
  }

  /** To the interaction while it is open, then to the channel. Resolves with the message. */
  async function send(
    payload: Payload,
    opts: PostOptions,
    signal: AbortSignal,
    files: readonly FilePart[] = [],
  ): Promise<unknown> {
    const answer = await line?.post(payload, opts.key, signal, files)
    if (answer !== undefined) return answer
    try {
      return await sendToChannel(payload, opts, signal, files)
    } catch (error) {
      const isDenied = error instanceof PlatformError && error.kind === 'denied'
      if (!isDenied || line?.stay() !== true) throw error
      const inAnswer = await line.post(payload, opts.key, signal, files)
      if (inAnswer === undefined) throw error
      return inAnswer
    }
  }

  async function sendToChannel(
    payload: Payload,
    opts: PostOptions,
    signal: AbortSignal,
    files: readonly FilePart[],
  ): Promise<unknown> {
    const call = { method: 'POST', route: Routes.channelMessages(channelId), files } as const
    // Within some minutes the server makes one message of two with the same nonce.
    const body = { ...payload, nonce: opts.key, enforce_nonce: true }
    try {
      return await sendAs(account, api, { ...call, body: { ...body, ...referenceTo(opts.replyTo) } }, signal)
    } catch (error) {
      if (!isCode(error, codes.noHistory) || withoutReplies.has(channelId)) throw error
      if (withoutReplies.size < MAX_WITHOUT_REPLIES) withoutReplies.add(channelId)
    }
    return sendAs(account, api, { ...call, body }, signal)
  }

  /** The message that began a thread stands outside it. A deleted one makes a message that replies to nothing. */
  function referenceTo(replyTo: MessageId | undefined): object {
    if (replyTo === undefined || replyTo === channelId || withoutReplies.has(channelId)) return {}
    return { message_reference: { message_id: replyTo, channel_id: channelId, fail_if_not_exists: false } }
  }

  /** Not found, or not to be looked for: posted again under its nonce it still is one message. */
  async function lookFor(key: string, signal: AbortSignal): Promise<string | undefined> {
    // Follow-ups bear no nonce, and what is private is in no history.
    if (line !== undefined && (place.interaction?.away === true || (await line.isPrivate(signal))))
      return undefined
    try {
      const query = { limit: String(LOOK_BACK_MESSAGES) }
      const route = Routes.channelMessages(channelId)
      const messages = readList(await sendAs(account, api, { method: 'GET', route, query }, signal))
      const found = messages.find((message) => nonceOf(message) === key)
      return readString(fieldsOf(found)['id'])
    } catch (error) {
      if (error instanceof PlatformError && (error.kind === 'denied' || error.kind === 'unsupported')) {
        return undefined
      }
      throw error
    }
  }
}

function isCode(error: unknown, code: number): error is PlatformError {
  return error instanceof PlatformError && error.code === code
}

/** An archived thread takes no edits, but a new message brings it back. */
function asGone(error: PlatformError): PlatformError {
  return new PlatformError(
    error.account,
    'gone',
    'PATCH /channels/:id/messages/:id: the thread is archived',
    {
      code: codes.threadArchived,
    },
  )
}

function readMessageId(account: string, answer: unknown): MessageId {
  const { id } = fieldsOf(answer)
  const read = readString(id) ?? readId(id)
  // Border: ids are minted from the server's answers.
  if (read !== undefined) return read as MessageId
  throw new PlatformError(account, 'unavailable', 'the answer to a post has no message id', {
    outcome: 'unknown',
  })
}
