// What is an interaction answered with at once? From the inbox's Ack to Discord's callback. Pure.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object
import type { Form, Ack } from '../../src/contract/platform.ts'
import type { Words } from '../../src/contract/runtime.ts'
import { ALLOWED_MENTIONS } from './body.ts'
import type { Asked } from './inbound-interaction.ts'
import { rowsOf } from './keyboard.ts'
import { modalOf } from './modal.ts'

export interface Callback {
  readonly type: number
  readonly data?: Readonly<Record<string, unknown>>
}

export const callbackTypes = {
  pong: 1,
  message: 4,
  deferredMessage: 5,
  deferredUpdate: 6,
  update: 7,
  choices: 8,
  modal: 9,
} as const

/** Only the person sees it. */
export const EPHEMERAL = 1 << 6
/** https://discord.com/developers/docs/resources/message#create-message */
const MAX_CONTENT_CHARS = 2_000

export function callbackOf(ack: Ack, asked: Asked, words: Words): Callback {
  switch (ack.show) {
    case 'nothing':
      return deferral(asked, false)
    case 'waiting':
      return deferral(asked, ack.private)
    case 'notice':
      return { type: callbackTypes.message, data: noticeData(ack, asked, words) }
    case 'form':
      // A form cannot follow upon a form: a button for it does.
      return asked.kind === 'form'
        ? {
            type: callbackTypes.message,
            data: { ...formButtonData(ack.form, asked, words), flags: EPHEMERAL },
          }
        : { type: callbackTypes.modal, data: modalOf(ack.form, words, asked.locale) }
  }
}

/** "Thinking…" for a command, and for a button whose answer only the person shall see; else nothing that anybody sees. */
export function deferral(asked: Asked, isPrivate: boolean): Callback {
  if (asked.onMessage && !isPrivate) return { type: callbackTypes.deferredUpdate }
  return { type: callbackTypes.deferredMessage, data: isPrivate ? { flags: EPHEMERAL } : {} }
}

export function noticeData(
  ack: Extract<Ack, { show: 'notice' }>,
  asked: Asked,
  words: Words,
): Readonly<Record<string, unknown>> {
  return {
    content: words.say(ack.notice, asked.locale).slice(0, MAX_CONTENT_CHARS).toWellFormed(),
    flags: EPHEMERAL,
    allowed_mentions: { parse: [] },
  }
}

/** Where a form cannot be opened any more: its title, and a button that opens it. */
export function formButtonData(form: Form, asked: Asked, words: Words): Readonly<Record<string, unknown>> {
  const label = words.say({ key: 'control.answer' }, asked.locale)
  const title = form.title.trim().slice(0, MAX_CONTENT_CHARS).toWellFormed()
  return {
    content: title === '' ? label : title,
    allowed_mentions: ALLOWED_MENTIONS,
    components: rowsOf([{ kind: 'openForm', token: form.token, label }]),
  }
}
