// Which elements does the page use so often that they have names of their own?

import { h, type ComponentChildren, type ButtonHTMLAttributes } from 'preact'

type Attributes = ButtonHTMLAttributes
type Children = readonly ComponentChildren[]

const named =
  (name: string) =>
  (look: string, ...children: Children) =>
    h(name, look === '' ? null : { class: look }, ...children)

export const [div, span, p, b, small, h2] = ['div', 'span', 'p', 'b', 'small', 'h2'].map(named) as [
  Tag,
  Tag,
  Tag,
  Tag,
  Tag,
  Tag,
]
type Tag = ReturnType<typeof named>

export function button(look: string, onClick: () => void, more: Attributes, ...children: Children) {
  return h('button', { type: 'button', class: look, onClick, ...more }, ...children)
}

/** A button that is a drawing alone; its words are for those who point at it or listen. */
export function symbol(name: IconName, title: string, onClick: () => void, look = '', more: Attributes = {}) {
  return button(`ghost ${look}`, onClick, { title, 'aria-label': title, ...more }, icon(name))
}

/** Strokes on a grid of 24, in the colour of the text round them. */
const PATHS = {
  add: 'M12 5v14M5 12h14',
  at: 'M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0v1.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-4 7.5',
  auto: 'M12 3a9 9 0 1 0 0 18zm0 0a9 9 0 0 1 0 18',
  bot: 'M5 9h14v10H5zM12 9V5m-3 9h.01M15 14h.01M2 13v3m20-3v3',
  chevron: 'm6 9 6 6 6-6',
  clip: 'm20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 5 5l-8.5 8.5a1.7 1.7 0 0 1-2.5-2.5L15 7',
  close: 'M6 6l12 12M18 6 6 18',
  dark: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
  file: 'M14 3H6v18h12V7zm0 0v4h4',
  group:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zm-7 9c0-4 3-6 7-6s7 2 7 6m0-9a3 3 0 0 0 0-6m3 15c0-3-1-5-3-6',
  light:
    'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm0-14v2m0 16v2M2 12h2m16 0h2M5 5l1.4 1.4m11.2 11.2L19 19M5 19l1.4-1.4M17.6 6.4 19 5',
  reply: 'M9 7 4 12l5 5m-5-5h9c4 0 7 2 7 6',
  send: 'M4 12 3 4l18 8-18 8 1-8zm0 0h8',
  thread: 'M4 5h16v11H9l-5 4zm4 4h8m-8 3h5',
  tools:
    'M4 7h9m4 0h3M4 17h3m4 0h9M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
}
export type IconName = keyof typeof PATHS

export function icon(name: IconName) {
  return h('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': true }, h('path', { d: PATHS[name] }))
}

const HUES = 6

/** What stands for a person; for the bot, its drawing. */
export function avatar(name: string, isBot = false) {
  const letter = String.fromCodePoint(name.codePointAt(0) ?? 63).toUpperCase()
  const look = isBot ? 'robot' : `hue${((name.codePointAt(0) ?? 0) + name.length) % HUES}`
  return h('span', { class: `avatar ${look}`, 'aria-hidden': true }, isBot ? icon('bot') : letter)
}

export function dots() {
  return h('span', { class: 'dots', 'aria-hidden': true }, h('i', null), h('i', null), h('i', null))
}

/** The first field in an element that has just come. */
export function focusFirst(element: HTMLElement | null): void {
  element?.querySelector<HTMLElement>('input, select, textarea')?.focus()
}
