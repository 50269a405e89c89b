// What do people on Feishu see and do? Cards that grow, their buttons and forms, texts with pictures and files.

import type {
  Chat,
  ClickAnswer,
  FeishuEmulator,
  Frame,
  Person,
  ShownForm,
  ShownMessage,
  StoredFile,
} from '../../../emulators/feishu/index.ts'
import { feishuWords, type FeishuNames } from '../blocks/feishu.ts'
import { feishuCard } from '../blocks/feishu-card.ts'
import { feishuPost } from '../blocks/feishu-post.ts'
import { isJson, textIn, type Json } from '../blocks/json.ts'
import { sinceEpochMs, type Pane, type PaneParts, type Where } from '../pane.ts'
import type { PageCommand, PageField, PageFile, PageForm, PageMessage, PagePerson } from '../protocol.ts'
import { contentTypeOf } from '../shelf.ts'
import { Wrong } from '../wrong.ts'
import { clipped, createGuests, createSoon, quoteOf } from './common.ts'

const LOCALES = { en: 'en_us', zh: 'zh_cn' } as const

export function createFeishuPane(feishu: FeishuEmulator, { board, shelf }: PaneParts): Pane {
  const guests = createGuests<Person>()
  let group: Chat | undefined

  const offer = (file: StoredFile): PageFile =>
    shelf.offer({
      key: `feishu ${file.key}`,
      name: file.name,
      contentType: contentTypeOf(file.type === 'opus' ? 'voice.ogg' : file.name, file.bytes),
      sizeBytes: file.sizeBytes,
      bytes: () => feishu.file(file.key)?.bytes,
    })
  const names: FeishuNames = {
    person: (id) => (id === feishu.botOpenId ? feishu.botName : guests.byAccount(id)?.person.name),
    picture(key, alt) {
      const file = feishu.file(key)
      return file === undefined ? undefined : { ...offer(file), name: alt === '' ? file.name : alt }
    },
  }

  const onFrame = ({ kind, messageId, atMs, atPerfMs }: Frame): void => {
    const shown = feishu.message(messageId)
    if (shown === undefined) return
    const roomId = knownRoom(shown)
    if (kind === 'recall' || shown.recalled) {
      board.deleted(roomId, messageId)
      return
    }
    const before = board.messageOf(roomId, messageId)
    board.message(roomId, {
      ...drawn(shown),
      postedAtMs: before?.postedAtMs ?? atMs,
      changedAtMs: sinceEpochMs(atPerfMs),
      edits: before === undefined ? 0 : before.edits + 1,
    })
  }

  /** What answers in a thread stands there; its first message stands in the room. */
  const knownRoom = ({ chatId, threadId, replyTo, text }: ShownMessage): string => {
    if (threadId === undefined || replyTo === undefined) return roomIdOf(chatId)
    const id = roomIdOf(chatId, threadId)
    if (!board.rooms.some((room) => room.id === id)) {
      const first = feishu.message(replyTo)?.text ?? text
      board.room({ id, platform: 'feishu', kind: 'thread', title: clipped(first, 40) })
    }
    return id
  }

  const drawn = (shown: ShownMessage): Omit<PageMessage, 'postedAtMs' | 'changedAtMs' | 'edits'> => {
    const { messageId, chatId, threadId, replyTo, byBot, senderId, form, generating, file } = shown
    const person = guests.byAccount(senderId)?.person
    return {
      id: messageId,
      author: {
        name: byBot ? feishu.botName : (person?.name ?? ''),
        isBot: byBot,
        ...(person === undefined ? {} : { personId: person.id }),
      },
      state: generating ? 'growing' : 'final',
      // In a thread everything answers its first message.
      ...(threadId === undefined ? quoteOf(board.messageOf(roomIdOf(chatId), replyTo ?? '')) : {}),
      ...contentOf(shown),
      files: file === undefined ? [] : [offer(file)],
      ...(form === undefined ? {} : { form: formOf(form) }),
    }
  }

  const contentOf = ({
    msgType,
    messageId,
    cardId,
    content,
    text,
    images,
  }: ShownMessage): Pick<PageMessage, 'blocks' | 'controls'> => {
    if (msgType === 'interactive')
      return feishuCard(feishu.store.cards.get(cardId ?? '')?.card ?? parsed(content), names)
    if (msgType === 'post') {
      const mentions = feishu.store.messages.get(messageId)?.mentions ?? []
      const mentioned = (key: string): string | undefined => mentions.find((one) => one.key === key)?.name
      return { blocks: feishuPost(parsed(content), names, mentioned), controls: [] }
    }
    if (msgType === 'image')
      return {
        blocks: images.flatMap(({ file }) =>
          file === undefined ? [] : [{ kind: 'picture', file: offer(file) } as const],
        ),
        controls: [],
      }
    return {
      blocks: msgType === 'text' ? [{ kind: 'paragraph', spans: feishuWords(text, names) }] : [],
      controls: [],
    }
  }

  const look = createSoon(() => board.commands('feishu', commandsOf(feishu)))
  const stops = [feishu.onFrame(onFrame), feishu.onChange(look)]

  const at = ({ roomId, personId }: Where) => {
    const [, chatId = '', thread] = /^feishu:([^:]+)(?::(.+))?$/.exec(roomId) ?? []
    if (!feishu.store.chats.has(chatId)) throw new Wrong('There is no such room.')
    return { ...guests.of(personId), chatId, ...(thread === undefined ? {} : { thread }) }
  }
  const tell = (personId: string, answer: ClickAnswer): void => {
    if (!answer.ok) throw new Wrong(`Feishu says: ${answer.because} (${answer.code}).`)
    if (answer.toast !== undefined) board.toast('feishu', personId, answer.toast.content)
  }

  return {
    platform: 'feishu',
    join(person: PagePerson) {
      const account = feishu.person({ name: person.name, locale: LOCALES[person.locale] })
      guests.add(person, account, account.id)
      const { id } = feishu.p2p(account)
      const title = feishu.botName
      board.room({ id: roomIdOf(id), platform: 'feishu', kind: 'direct', title, personId: person.id })
      if (group !== undefined) {
        feishu.join(account, group)
        return
      }
      group = feishu.group({ name: 'Lab', members: [account] })
      board.room({ id: roomIdOf(group.id), platform: 'feishu', kind: 'group', title: 'Lab' })
    },
    say({ text, mention, replyTo, files, ...where }) {
      const { account, chatId, thread } = at(where)
      const options = {
        mention,
        ...(replyTo === undefined ? {} : { replyTo }),
        ...(thread === undefined ? {} : { thread }),
      }
      const images = files.filter(({ name, bytes }) => contentTypeOf(name, bytes).startsWith('image/'))
      const others = files.filter((file) => !images.includes(file))
      const [image] = images
      if (images.length > 1) feishu.say(account, chatId, text, { ...options, images })
      else if (image !== undefined) feishu.say(account, chatId, text, { ...options, image })
      // No words stand beside a file.
      for (const file of others) feishu.say(account, chatId, '', { ...options, mention: false, file })
      if (images.length === 0 && text !== '') feishu.say(account, chatId, text, options)
    },
    async press({ messageId, controlId, ...where }) {
      const { account, person } = at(where)
      tell(person.id, await feishu.clickButton(account, { messageId }, valueOf(controlId)))
    },
    command() {
      throw new Wrong('On Feishu a command is a line of text: type it.')
    },
    async submit({ messageId, values, ...where }) {
      const { account, person } = at(where)
      if (messageId === undefined) throw new Wrong('Say in which message the form stands.')
      tell(person.id, await feishu.submitForm(account, { messageId }, values))
    },
    close() {
      for (const stop of stops) stop()
    },
  }
}

/** What the button's press brings back. */
function valueOf(controlId: string): unknown {
  try {
    return JSON.parse(controlId) as unknown
  } catch {
    throw new Wrong('There is no such button.')
  }
}

function commandsOf(feishu: FeishuEmulator): readonly PageCommand[] {
  return [...feishu.store.slashCommands.values()].map(({ command, description }) => {
    const { default_value: standard, i18n } = description
    const zh = isJson(i18n) ? i18n['zh_cn'] : undefined
    const en = isJson(i18n) ? i18n['en_us'] : undefined
    return {
      platform: 'feishu',
      name: command,
      description: textIn(en ?? standard),
      ...(typeof zh === 'string' ? { descriptionZh: zh } : {}),
      options: [],
    }
  })
}

function formOf({ name, fields, submit }: ShownForm): PageForm {
  return {
    id: name,
    title: '',
    submitLabel: submit.label,
    fields: fields.map((field): PageField => {
      const { label, placeholder, required, options } = field
      const value = typeof field.value === 'string' ? field.value : (field.value[0] ?? '')
      const kind = field.kind === 'long' ? 'text' : options.length > 0 ? 'choice' : 'line'
      return {
        name: field.name,
        label: label.replace(/\*\*|<[^<>]*>| ?\*$/g, '').trim(),
        kind,
        isRequired: required,
        ...(value === '' ? {} : { value }),
        ...(placeholder === '' ? {} : { placeholder }),
        ...(kind === 'choice' ? { choices: options } : {}),
      }
    }),
  }
}

function parsed(content: string): Json {
  try {
    const value: unknown = JSON.parse(content)
    return isJson(value) ? value : {}
  } catch {
    return {}
  }
}

function roomIdOf(chatId: string, threadId?: string): string {
  return threadId === undefined ? `feishu:${chatId}` : `feishu:${chatId}:${threadId}`
}
