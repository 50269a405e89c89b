// How do controls look on Feishu? Buttons of a card 2.0 below its words.
// https://open.feishu.cn/document/feishu-cards/card-json-v2-components/interactive-components/button
import type { Control } from '../../src/contract/platform.ts'
import type { Place } from './place.ts'

/** Each takes up to 400 of the card's bytes. */
export const MAX_CONTROLS = 10
/** 100 would be taken; nobody reads them on a phone. */
const MAX_LABEL_CHARS = 40

export type Element = Readonly<Record<string, unknown>>

/** A callback names neither the kind of chat nor the thread: a button brings them back with its token. */
export type ButtonPlace = Pick<Place, 'direct' | 'threadId'>

/** Choices one below the other, as their labels may be long; stop, again and thumbs share the last row. */
export function keyboardOf(controls: readonly Control[], place: ButtonPlace): readonly Element[] {
  const shown = controls.filter(isButton).slice(0, MAX_CONTROLS)
  const tall = shown.filter((control) => !isSmall(control)).flatMap((control) => buttonsOf(control, place))
  const small = shown.filter(isSmall).flatMap((control) => buttonsOf(control, place))
  return small.length === 0 ? tall : [...tall, rowOf(small)]
}

/** Not what only opens an input elsewhere. */
export function isButton({ kind }: Control): boolean {
  return kind !== 'reply'
}

function isSmall({ kind }: Control): boolean {
  return kind === 'stop' || kind === 'again' || kind === 'thumbs'
}

function buttonsOf(control: Control, place: ButtonPlace): readonly Element[] {
  switch (control.kind) {
    case 'suggestion':
    case 'choice':
    case 'openForm':
    case 'stop':
    case 'again':
      return [button(control.label, callback(control.token, place))]
    case 'thumbs':
      return [
        button('👍', callback(control.upToken, place)),
        button('👎', callback(control.downToken, place)),
      ]
    case 'link':
      return [button(control.label, { type: 'open_url', default_url: control.url })]
    case 'reply':
      return []
  }
}

/**
 * For a message of text, which has no buttons: what could be pressed, to be read. The number of a choice is taken as the
 * answer.
 */
export function keysInWords(controls: readonly Control[]): string {
  let choices = 0
  return controls
    .flatMap((control) => {
      switch (control.kind) {
        case 'choice':
          choices += 1
          return [`${choices}. ${control.label}`]
        case 'suggestion':
          return [`• ${control.label}`]
        case 'link':
          return [`${control.label}: ${control.url}`]
        case 'openForm':
        case 'stop':
        case 'again':
        case 'thumbs':
        case 'reply':
          return []
      }
    })
    .join('\n')
}

/** A `value` beside `behaviors`, as cards 1.0 have it, is ignored without a word: the button would be dead. */
function button(label: string, behavior: Element): Element {
  const content =
    label.length > MAX_LABEL_CHARS ? `${label.slice(0, MAX_LABEL_CHARS - 1).toWellFormed()}…` : label
  return { tag: 'button', text: { tag: 'plain_text', content }, behaviors: [behavior] }
}

/** What a press brings back. */
export function callback(token: string, { direct, threadId }: ButtonPlace): Element {
  return { type: 'callback', value: { token, direct, ...(threadId === undefined ? {} : { threadId }) } }
}

function rowOf(buttons: readonly Element[]): Element {
  return {
    tag: 'column_set',
    flex_mode: 'flow',
    columns: buttons.map((each) => ({ tag: 'column', width: 'auto', elements: [each] })),
  }
}
