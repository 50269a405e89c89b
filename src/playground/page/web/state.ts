// What does the page know? Pure: each event makes the next state of the last, and keeps what it does not touch as it is.

import type {
  PageBehaviour,
  PageBridge,
  PageCommand,
  PageCoze,
  PageEvent,
  PageHint,
  PageMessage,
  PagePerson,
  PageRoom,
} from '../protocol.ts'

export interface PageState {
  readonly people: readonly PagePerson[]
  readonly rooms: readonly PageRoom[]
  readonly commands: readonly PageCommand[]
  readonly behaviours: readonly PageBehaviour[]
  readonly hints: readonly PageHint[]
  readonly coze: PageCoze
  readonly bridge: PageBridge
  readonly talks: Readonly<Record<string, Talk>>
  /** Modals that wait for their person, oldest first. */
  readonly forms: readonly OpenForm[]
  readonly toasts: readonly Toast[]
}

/** What was said in one room. */
export interface Talk {
  readonly messages: readonly PageMessage[]
  readonly typingUntilMs: number
}
export type OpenForm = Extract<PageEvent, { kind: 'form' }>
export type Toast = Extract<PageEvent, { kind: 'toast' }>

export const NOTHING_SAID: Talk = { messages: [], typingUntilMs: 0 }

export const AT_FIRST: PageState = {
  people: [],
  rooms: [],
  commands: [],
  behaviours: [],
  hints: [],
  coze: { kind: 'emulated', behaviour: '' },
  bridge: { state: 'starting' },
  talks: {},
  forms: [],
  toasts: [],
}

/** A page that stays open for days keeps no more than this of one room. */
const MAX_MESSAGES = 500

/** The wire has its own log (wire.ts): it is no part of what is drawn with each event. */
export function next(state: PageState, event: Exclude<PageEvent, { kind: 'wire' }>): PageState {
  switch (event.kind) {
    case 'hello': {
      const { kind: _, ...told } = event
      return { ...AT_FIRST, ...told }
    }
    case 'person':
      return { ...state, people: put(state.people, event.person) }
    case 'room':
      return { ...state, rooms: put(state.rooms, event.room) }
    case 'message':
      return withTalk(state, event.roomId, ({ messages, typingUntilMs }) => {
        const after = put(messages, event.message)
        const isAnswer = after.length > messages.length && event.message.author.isBot
        return { messages: after.slice(-MAX_MESSAGES), typingUntilMs: isAnswer ? 0 : typingUntilMs }
      })
    case 'deleted':
      return withTalk(state, event.roomId, (talk) => ({
        ...talk,
        messages: talk.messages.filter(({ id }) => id !== event.messageId),
      }))
    case 'typing':
      return withTalk(state, event.roomId, (talk) => ({ ...talk, typingUntilMs: event.untilMs }))
    case 'form':
      return { ...state, forms: [...state.forms.filter(({ form }) => form.id !== event.form.id), event] }
    case 'toast':
      return { ...state, toasts: [...state.toasts, event] }
    case 'commands':
      return { ...state, commands: event.commands }
    case 'coze':
      return { ...state, coze: event.coze }
    case 'bridge':
      return { ...state, bridge: event.bridge }
  }
}

function withTalk(state: PageState, roomId: string, change: (talk: Talk) => Talk): PageState {
  return { ...state, talks: { ...state.talks, [roomId]: change(state.talks[roomId] ?? NOTHING_SAID) } }
}

/** In the place of the one with its id, or at the end. What grows is mostly the last: looked for from there. */
function put<T extends { readonly id: string }>(all: readonly T[], one: T): readonly T[] {
  const at = all.findLastIndex(({ id }) => id === one.id)
  return at < 0 ? [...all, one] : all.with(at, one)
}
