// How does a conversation get a thread of its own? On the message that began it, whose id the thread then has.
// https://discord.com/developers/docs/resources/channel#start-thread-from-message
import { Routes } from 'discord.js'
import { PlatformError } from '../../src/contract/errors.ts'
import type { ChatId, MessageId, ReplyTarget, ThreadId, ChatAddress } from '../../src/contract/event.ts'
import { sendAs, type DiscordApi } from './api.ts'
import { codes } from './errors.ts'
import { placeToJson, type Place } from './place.ts'
import { fieldsOf, readString } from '../common/read.ts'

const MAX_NAME_CHARS = 100
/** A day without a word, and it is put away; the next message brings it back. */
const ARCHIVE_AFTER_MINUTES = 1_440
const PUBLIC_THREAD = 11

/** Safe to repeat on a message: a thread that stands there already is the answer. */
export async function startThread(
  parts: { readonly account: string; readonly api: DiscordApi },
  place: Place,
  opts: { readonly title: string; readonly messageId?: MessageId },
  signal: AbortSignal,
): Promise<{ readonly address: ChatAddress; readonly replyTarget: ReplyTarget }> {
  const { account } = parts
  const threadId = await startOrFind(parts, place, opts, signal)
  return {
    // Border: ids are minted from the server's answers.
    address: { account, chatId: place.channelId as ChatId, threadId: threadId as ThreadId },
    replyTarget: {
      account,
      place: placeToJson({
        channelId: threadId,
        direct: false,
        ...(place.guildId === undefined ? {} : { guildId: place.guildId }),
        parentId: place.channelId,
      }),
    },
  }
}

async function startOrFind(
  { account, api }: { readonly account: string; readonly api: DiscordApi },
  place: Place,
  { title, messageId }: { readonly title: string; readonly messageId?: MessageId },
  signal: AbortSignal,
): Promise<string> {
  const body = {
    name: nameOf(title),
    auto_archive_duration: ARCHIVE_AFTER_MINUTES,
    ...(messageId === undefined ? { type: PUBLIC_THREAD } : {}),
  }
  try {
    const route = Routes.threads(place.channelId, messageId)
    const thread = fieldsOf(await sendAs(account, api, { method: 'POST', route, body }, signal))
    const id = readString(thread['id'])
    if (id !== undefined) return id
  } catch (error) {
    const stands = error instanceof PlatformError && error.code === codes.threadExists
    if (!stands || messageId === undefined) throw error
    return messageId
  }
  throw new PlatformError(account, 'unavailable', 'the answer to a new thread has no id', {
    outcome: 'unknown',
  })
}

/** One line, and never empty. */
function nameOf(title: string): string {
  const name = title
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  if (name === '') return '…'
  if (name.length <= MAX_NAME_CHARS) return name
  return `${name.slice(0, MAX_NAME_CHARS - 1).replace(/[\uD800-\uDBFF]$/u, '')}…`
}
