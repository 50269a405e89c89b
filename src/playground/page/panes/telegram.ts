// What do people on Telegram see and do? Messages and drafts that grow, inline buttons, typed commands, answers to a question.

import type {
  Chat,
  Frame,
  Person,
  Press,
  ShownFile,
  ShownMessage,
  TelegramEmulator,
} from '../../../emulators/telegram/index.ts'
import { recordsIn, textIn } from '../blocks/json.ts'
import { telegramBlocks } from '../blocks/telegram.ts'
import { telegramRich } from '../blocks/telegram-rich.ts'
import { sinceEpochMs, type Pane, type PaneParts, type Where } from '../pane.ts'
import type { PageCommand, PageControl, PageFile, PageMessage, PagePerson } from '../protocol.ts'
import { contentTypeOf, type GivenFile } from '../shelf.ts'
import { Wrong } from '../wrong.ts'
import { createGuests, createSoon, quoteOf, since, type Guest } from './common.ts'

const LANGUAGES = { en: 'en', zh: 'zh-hans' } as const
/** https://core.telegram.org/bots/api#sendchataction: 5 seconds or less. */
const TYPING_MS = 5_000
/** The button below a draft. */
const STOP = 'stop'
/** An answer that takes longer comes too late to be shown. */
const PRESSES_KEPT = 100

export function createTelegramPane(telegram: TelegramEmulator, { board, shelf }: PaneParts): Pane {
  const guests = createGuests<Person>()
  const presses = new Map<Press, string>()
  let group: Chat | undefined
  let action = telegram.store.actions.at(-1)

  const onFrame = (frame: Frame): void => {
    const { kind, chatId, threadId, messageId, draftId, atMs, byBot } = frame
    const roomId = roomIdOf(chatId, threadId)
    knowRoom(chatId, threadId)
    const id = messageId === undefined ? draftIdOf(draftId ?? 0) : String(messageId)
    if (kind === 'delete') {
      board.deleted(roomId, id)
      return
    }
    const shown = messageId === undefined ? undefined : telegram.message({ chatId, messageId })
    const content = shown === undefined ? draftOf(frame) : drawn(shown)
    if (content === undefined) return
    const before = board.messageOf(roomId, id)
    board.message(roomId, {
      id,
      ...content,
      postedAtMs: before?.postedAtMs ?? atMs,
      changedAtMs: sinceEpochMs(frame.atPerfMs),
      edits: before === undefined ? 0 : before.edits + 1,
    })
    if (!byBot || kind !== 'post') return
    board.typing(roomId, atMs)
    // A message takes the place of the drafts before it, without a word of the server.
    const left = new Set(telegram.drafts(chatId, threadId).map((draft) => draftIdOf(draft.draftId)))
    for (const draft of draftsIn(roomId)) if (!left.has(draft)) board.deleted(roomId, draft)
  }
  const drafts = new Map<string, Set<string>>()
  const draftsIn = (roomId: string): readonly string[] => [...(drafts.get(roomId) ?? [])]

  type Content = Omit<PageMessage, 'id' | 'postedAtMs' | 'changedAtMs' | 'edits'>
  const bot: PageMessage['author'] = { name: telegram.username, isBot: true }

  const draftOf = ({ chatId, threadId, draftId = 0, text, entities }: Frame): Content => {
    const roomId = roomIdOf(chatId, threadId)
    drafts.set(roomId, (drafts.get(roomId) ?? new Set()).add(draftIdOf(draftId)))
    const draft = telegram.drafts(chatId, threadId).find((one) => one.draftId === draftId)
    const stop: PageControl = { kind: 'button', id: STOP, label: '⏹', look: 'plain', isDisabled: false }
    return {
      author: bot,
      state: 'draft',
      blocks: telegramBlocks(text, entities),
      files: [],
      controls: draft?.canStop === true ? [[stop]] : [],
    }
  }

  /** Service messages show nothing. */
  const drawn = (shown: ShownMessage): Content | undefined => {
    const { text, entities, file, message, forceReply, from } = shown
    const rich = message.rich_message
    if (text === '' && file === undefined && rich === undefined) return undefined
    const person = guests.byAccount(String(from?.id ?? ''))?.person
    return {
      author: shown.byBot
        ? bot
        : {
            name: from?.first_name ?? '',
            isBot: false,
            ...(person === undefined ? {} : { personId: person.id }),
          },
      state: 'final',
      ...quoteOf(board.messageOf(roomIdOf(shown.chatId, shown.threadId), String(shown.replyTo))),
      blocks: rich === undefined ? telegramBlocks(text, entities) : telegramRich(rich['blocks']),
      files: file === undefined ? [] : [offer(file)],
      controls: keyboardOf(shown),
      ...(forceReply === undefined ? {} : { wantsReply: true }),
    }
  }

  const offer = ({ fileId, name, mimeType, sizeBytes, kind }: ShownFile): PageFile => {
    const bytes = (): Buffer | undefined => telegram.fileBytes(fileId)
    const contentType = kind === 'photo' ? contentTypeOf(name, bytes()) : mimeType
    return shelf.offer({ key: `telegram ${fileId}`, name, contentType, sizeBytes, bytes })
  }

  const knowRoom = (chatId: number, threadId: number | undefined): void => {
    if (threadId === undefined) return
    const id = roomIdOf(chatId, threadId)
    if (board.rooms.some((room) => room.id === id)) return
    const title = telegram.store.chats.get(chatId)?.topics.get(threadId)?.name ?? `#${threadId}`
    board.room({ id, platform: 'telegram', kind: 'thread', title })
  }

  const look = createSoon(() => {
    for (const [press, personId] of presses) {
      const answer = press.answer()
      if (answer === undefined) continue
      presses.delete(press)
      if (answer.text !== '') board.toast('telegram', personId, answer.text)
    }
    for (const { chatId, threadId, atMs } of since(telegram.store.actions, action))
      board.typing(roomIdOf(chatId, threadId), atMs + TYPING_MS)
    action = telegram.store.actions.at(-1)
    board.commands('telegram', menuOf(telegram, guests.all))
  })
  const stops = [telegram.onFrame(onFrame), telegram.onChange(look)]

  const at = ({ roomId, personId }: Where) => {
    const [, chat = '', thread] = /^telegram:(-?\d+)(?::(\d+))?$/.exec(roomId) ?? []
    if (!telegram.store.chats.has(Number(chat))) throw new Wrong('There is no such room.')
    return {
      ...guests.of(personId),
      chatId: Number(chat),
      ...(thread === undefined ? {} : { threadId: Number(thread) }),
    }
  }

  return {
    platform: 'telegram',
    join(person: PagePerson) {
      const account = telegram.person({ firstName: person.name, languageCode: LANGUAGES[person.locale] })
      guests.add(person, account, String(account.id))
      const { id } = telegram.privateChat(account)
      const title = bot.name
      board.room({ id: roomIdOf(id), platform: 'telegram', kind: 'direct', title, personId: person.id })
      if (group !== undefined) {
        telegram.join(account, group)
        return
      }
      group = telegram.group({ title: 'Lab', members: [account] })
      board.room({ id: roomIdOf(group.id), platform: 'telegram', kind: 'group', title: 'Lab' })
    },
    say({ text, mention, replyTo, files, ...where }) {
      const { account, chatId, threadId } = at(where)
      const words = mention ? `@${telegram.username} ${text}`.trim() : text
      const options = {
        ...(threadId === undefined ? {} : { threadId }),
        ...(replyTo === undefined ? {} : { replyTo: Number(replyTo) }),
      }
      const pictures = files.filter(isPhoto)
      const others = files.filter((file) => !isPhoto(file))
      if (files.length === 0) telegram.say(account, chatId, words, options)
      const [first] = pictures
      if (first !== undefined && pictures.length === 1)
        telegram.sendPhoto(account, chatId, first, { ...options, caption: words })
      else if (pictures.length > 1)
        telegram.sendAlbum(
          account,
          chatId,
          pictures.slice(0, 10).map((photo, n) => (n === 0 ? { photo, caption: words } : { photo })),
          options,
        )
      for (const [n, document] of others.entries())
        telegram.say(account, chatId, n === 0 && pictures.length === 0 ? words : '', { ...options, document })
    },
    press({ messageId, controlId, ...where }) {
      const { account, person, chatId, threadId } = at(where)
      const draftId = /^draft (\d+)$/.exec(messageId)?.[1]
      if (draftId !== undefined) {
        telegram.stopDraft(account, Number(draftId), threadId === undefined ? {} : { threadId })
        return
      }
      const press = telegram.press(account, { chatId, messageId: Number(messageId) }, controlId)
      presses.set(press, person.id)
      if (presses.size > PRESSES_KEPT) presses.delete(presses.keys().next().value ?? press)
      look()
    },
    command() {
      throw new Wrong('On Telegram a command is a line of text: type it.')
    },
    submit() {
      throw new Wrong('Telegram has no forms: answer the message.')
    },
    close() {
      for (const stop of stops) stop()
    },
  }
}

function isPhoto({ name, bytes }: GivenFile): boolean {
  return /^image\/(?:png|jpeg|webp)$/.test(contentTypeOf(name, bytes))
}

function keyboardOf({ markup }: ShownMessage): readonly (readonly PageControl[])[] {
  return (markup?.inline_keyboard ?? [])
    .map((row) => recordsIn(row).flatMap(controlOf))
    .filter((row) => row.length > 0)
}

function controlOf(button: Readonly<Record<string, unknown>>): readonly PageControl[] {
  const label = textIn(button['text'])
  const { callback_data: id, url, style } = button
  if (typeof id === 'string') {
    const look = style === 'danger' ? 'danger' : style === 'primary' ? 'primary' : 'plain'
    return [{ kind: 'button', id, label, look, isDisabled: false }]
  }
  return typeof url === 'string' && /^https?:/i.test(url) ? [{ kind: 'link', url, label }] : []
}

/** As the first person of each language reads it in their private chat. */
function menuOf(telegram: TelegramEmulator, guests: readonly Guest<Person>[]): readonly PageCommand[] {
  const inLanguage = (locale: PagePerson['locale']) => {
    const guest = guests.find(({ person }) => person.locale === locale)
    return guest === undefined ? [] : telegram.menu(guest.account, guest.account.id)
  }
  const chinese = new Map(inLanguage('zh').map(({ command, description }) => [command, description]))
  const menu = inLanguage('en')
  return (menu.length > 0 ? menu : inLanguage('zh')).map(({ command, description }) => {
    const zh = chinese.get(command)
    return {
      platform: 'telegram',
      name: command,
      description,
      ...(zh === undefined ? {} : { descriptionZh: zh }),
      options: [],
    }
  })
}

function roomIdOf(chatId: number, threadId?: number): string {
  return threadId === undefined ? `telegram:${chatId}` : `telegram:${chatId}:${threadId}`
}

function draftIdOf(draftId: number): string {
  return `draft ${draftId}`
}
