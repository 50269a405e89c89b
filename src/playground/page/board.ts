// What stands on the page? Rooms with their messages, people, commands; every change is told on.

import type {
  PageCommand,
  PageEvent,
  PageForm,
  PageMessage,
  PagePerson,
  PagePlatform,
  PageRoom,
} from './protocol.ts'

/** What a pane writes on. */
export interface Board {
  room(room: PageRoom): void
  /** New, or in place of the one with its id. */
  message(roomId: string, message: PageMessage): void
  messageOf(roomId: string, messageId: string): PageMessage | undefined
  deleted(roomId: string, messageId: string): void
  typing(roomId: string, untilMs: number): void
  form(roomId: string, personId: string, form: PageForm): void
  toast(platform: PagePlatform, personId: string, text: string): void
  commands(platform: PagePlatform, commands: readonly PageCommand[]): void
  person(person: PagePerson): void
  readonly people: readonly PagePerson[]
  readonly rooms: readonly PageRoom[]
  readonly allCommands: readonly PageCommand[]
  /** Every message, as events. */
  history(): readonly PageEvent[]
}

const MESSAGES_KEPT = 200
const ROOMS_KEPT = 100

export function createBoard(publish: (event: PageEvent) => void): Board {
  const people = new Map<string, PagePerson>()
  const rooms = new Map<string, PageRoom>()
  const messages = new Map<string, Map<string, PageMessage>>()
  const commands = new Map<PagePlatform, readonly PageCommand[]>()
  const allCommands = (): readonly PageCommand[] => [...commands.values()].flat()
  return {
    room(room) {
      if (rooms.size >= ROOMS_KEPT && !rooms.has(room.id)) return
      rooms.set(room.id, room)
      publish({ kind: 'room', room })
    },
    message(roomId, message) {
      if (!rooms.has(roomId)) return
      const here = messages.get(roomId) ?? new Map<string, PageMessage>()
      messages.set(roomId, here.set(message.id, message))
      if (here.size > MESSAGES_KEPT) here.delete(here.keys().next().value ?? '')
      publish({ kind: 'message', roomId, message })
    },
    messageOf: (roomId, messageId) => messages.get(roomId)?.get(messageId),
    deleted(roomId, messageId) {
      if (messages.get(roomId)?.delete(messageId) === true) publish({ kind: 'deleted', roomId, messageId })
    },
    typing: (roomId, untilMs) => publish({ kind: 'typing', roomId, untilMs }),
    form: (roomId, personId, form) => publish({ kind: 'form', roomId, personId, form }),
    toast: (platform, personId, text) => publish({ kind: 'toast', platform, personId, text }),
    commands(platform, list) {
      if (JSON.stringify(commands.get(platform) ?? []) === JSON.stringify(list)) return
      commands.set(platform, list)
      publish({ kind: 'commands', commands: allCommands() })
    },
    person(person) {
      people.set(person.id, person)
      publish({ kind: 'person', person })
    },
    get people() {
      return [...people.values()]
    },
    get rooms() {
      return [...rooms.values()]
    },
    get allCommands() {
      return allCommands()
    },
    history: () =>
      [...messages].flatMap(([roomId, here]) =>
        [...here.values()].map((message) => ({ kind: 'message', roomId, message }) as const),
      ),
  }
}
