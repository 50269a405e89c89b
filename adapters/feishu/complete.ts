// What does a message only refer to? Quotes and merged forwards fetched, senders named: each as far as it can be had.
// https://open.feishu.cn/document/server-docs/im-v1/message/get
import type { ChatEvent, MessageEvent, MessageId, QuotedRef } from '../../src/contract/event.ts'
import type { Logger } from '../../src/contract/runtime.ts'
import { callAs, type FeishuApi } from './api.ts'
import { readMentions, type Self } from './mentions.ts'
import type { Names } from './names.ts'
import type { OwnMessages } from './own.ts'
import { fieldsOf, readList, readString, type Fields } from '../common/read.ts'
import { wordsOf, type WordsOf } from './words-of.ts'

export interface CompleteParts {
  readonly account: string
  readonly appId: string
  readonly api: FeishuApi
  readonly log: Logger
  readonly names: Names
  readonly own: OwnMessages
  me(): Self | undefined
}

/** What a merged forward may bring: enough to be read, little enough to be asked about. */
const MAX_CHILDREN = 100
const MAX_FORWARD_CHARS = 20_000
const MAX_THREADS = 5_000

type Forwarded = Pick<WordsOf, 'text' | 'attachments'>

/** Rejects only when `signal` aborts: what cannot be fetched is left as it is. */
export function createCompleter(
  parts: CompleteParts,
): (event: ChatEvent, signal: AbortSignal) => Promise<ChatEvent> {
  const { account, api, appId, log, names, own } = parts
  const told = new Set<string>()

  return async (event, signal) => {
    if (event.kind !== 'message') return event
    const named = await withSender(event, signal)
    const forward = named.quoted === undefined ? await readForward(named, signal) : undefined
    const whole = forward === undefined ? named : { ...named, ...forward }
    const completed = await withQuote(whole, signal)
    const { incomplete: _, ...rest } = completed
    return rest
  }

  async function withSender(event: MessageEvent, signal: AbortSignal): Promise<MessageEvent> {
    if (event.sender.name !== undefined || event.sender.isBot) return event
    const name = (await names.of([event.sender.id], signal)).get(event.sender.id)
    return name === undefined ? event : { ...event, sender: { ...event.sender, name } }
  }

  /** Each message in a thread names the thread's root: it is quoted once, to whoever asks there first. */
  async function withQuote(event: MessageEvent, signal: AbortSignal): Promise<MessageEvent> {
    const { quoted, ...rest } = event
    if (quoted?.messageId === undefined) return event
    const thread = event.address.threadId
    if (thread !== undefined && told.has(thread)) return rest
    const read = await readQuote(quoted.messageId, signal)
    if (read === undefined) return event
    if (thread !== undefined) tell(thread)
    return { ...event, quoted: read, repliesToBot: event.repliesToBot || read.fromBot }
  }

  async function readQuote(messageId: MessageId, signal: AbortSignal): Promise<QuotedRef | undefined> {
    const items = await itemsOf(messageId, signal)
    const [item] = items
    if (item === undefined) return undefined
    const sender = fieldsOf(item['sender'])
    const senderId = readString(sender['id']) ?? ''
    const fromBot = own.has(messageId) || (sender['id_type'] === 'app_id' && senderId === appId)
    if (fromBot) own.add(messageId)
    const words = wordsIn(item)
    const { text, attachments } =
      items.length > 1 ? await readChildren(items.slice(1), messageId, signal) : words
    const senderName = fromBot ? parts.me()?.name : (await names.of([senderId], signal)).get(senderId)
    return {
      messageId,
      fromBot,
      ...(senderName === undefined ? {} : { senderName }),
      ...(text === '' ? {} : { text }),
      ...(attachments.length === 0 ? {} : { attachments }),
    }
  }

  /** Pushed is only a placeholder; a forward that carries text or files of its own is none. */
  async function readForward(event: MessageEvent, signal: AbortSignal): Promise<Forwarded | undefined> {
    if (event.incomplete !== true || event.text !== '' || event.attachments.length > 0) return undefined
    const items = await itemsOf(event.messageId, signal)
    return items.length > 1 ? readChildren(items.slice(1), event.messageId, signal) : undefined
  }

  /** Who said what, with files named where they stand. A forward inside it brings no children of its own. */
  async function readChildren(
    items: readonly Fields[],
    parent: string,
    signal: AbortSignal,
  ): Promise<Forwarded> {
    const children = items
      .filter((item) => (readString(item['upper_message_id']) ?? parent) === parent)
      .slice(0, MAX_CHILDREN)
    const ids = children.map((item) => readString(fieldsOf(item['sender'])['id']) ?? '')
    const known = await names.of(ids, signal)
    const strangers = [...new Set(ids.filter((id) => !known.has(id)))]
    const said = children.map((item) => wordsIn(item, parent))
    const lines = children.map((item, i) => {
      const id = ids[i] ?? ''
      const name = known.get(id) ?? readString(item['sender_name']) ?? `Person ${strangers.indexOf(id) + 1}`
      return `${id === appId ? (parts.me()?.name ?? name) : name}: ${lineOf(item, said[i])}`
    })
    return {
      text: lines.join('\n').slice(0, MAX_FORWARD_CHARS).toWellFormed(),
      attachments: said.flatMap(({ attachments }) => attachments),
    }
  }

  function lineOf(item: Fields, said: WordsOf | undefined): string {
    const files = (said?.attachments ?? []).map(({ kind, name }) =>
      name === undefined ? `[${kind}]` : `[${kind}: ${name}]`,
    )
    const words = [said?.text ?? '', ...files].filter((part) => part !== '').join(' ')
    return words === '' ? `[${readString(item['msg_type']) ?? '?'}]` : words
  }

  function wordsIn(item: Fields, parentId?: string): WordsOf {
    const said = {
      messageId: readString(item['message_id']) ?? '',
      ...(parentId === undefined ? {} : { parentId }),
      type: readString(item['msg_type']) ?? '',
      content: item['deleted'] === true ? undefined : fieldsOf(item['body'])['content'],
      mentions: readMentions(item['mentions']),
    }
    return wordsOf(said, parts.me())
  }

  /** The message, and behind it the children of a merged forward. None where it cannot be had. */
  async function itemsOf(messageId: string, signal: AbortSignal): Promise<readonly Fields[]> {
    try {
      const answer = await callAs(
        account,
        api,
        {
          method: 'GET',
          path: '/open-apis/im/v1/messages/:message_id',
          ids: { message_id: messageId },
          // Of a card what its maker sent, not the few words older clients show.
          query: { user_id_type: 'open_id', card_msg_content_type: 'user_card_content' },
        },
        signal,
      )
      return readList(answer['items']).map(fieldsOf)
    } catch (error) {
      signal.throwIfAborted()
      log.warn({}, 'a message that is referred to could not be read', error)
      return []
    }
  }

  function tell(thread: string): void {
    told.add(thread)
    const [oldest] = told
    if (told.size > MAX_THREADS && oldest !== undefined) told.delete(oldest)
  }
}
